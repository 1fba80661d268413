import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { launch, mockDaemon, open } from "./browser";

let browser: Browser;
let mock: Mock;
beforeAll(async () => {
  browser = await launch();
  mock = await mockDaemon();
});
afterAll(async () => {
  await browser?.close();
  await mock?.stop();
});

test("sums are exact on hover, as a table and as a file, and days are those of the person", async () => {
  const { page, context } = await open(browser, mock, {
    viewport: { width: 1280, height: 1400 },
    timezoneId: "Europe/Berlin",
  });
  page.setDefaultTimeout(10_000);
  const asked: URL[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname.startsWith("/api/analytics")) asked.push(url);
  });
  await page.goto(`${mock.url}/analytics?range=30d`);
  const tokens = page.getByRole("region", { name: "Tokens by day" });
  const chart = page.locator(".recharts-surface").first();
  await chart.waitFor();
  const box = await chart.boundingBox();
  if (!box) throw new Error("the chart is nowhere");
  await page.mouse.move(box.x + box.width - 12, box.y + box.height / 2);
  await page
    .getByText(/^\d{4}-\d{2}-\d{2}$/)
    .first()
    .waitFor();

  await page.getByRole("button", { name: "Tokens by day as a table" }).click();
  const cells = await tokens.getByRole("row").nth(1).getByRole("cell").allTextContents();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Tokens by day as CSV" }).click();
  const download = await file;
  expect(download.suggestedFilename()).toBe("tokens-by-day.csv");
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  expect(lines[0]).toBe("Day,Input,Output,Cache read,Cache write");
  expect(lines).toHaveLength(32);
  expect(lines).toContain(cells.map((cell) => cell.replaceAll(",", "")).join(","));

  // A model without a price, a sum that lacks one, and no zero dollars anywhere.
  const models = page.getByRole("region", { name: "Models" });
  await models.getByRole("row", { name: /local-llama no price/ }).waitFor();
  await page.getByText(/partial: \d+ of [\d,]+ answers have no price/).waitFor();
  expect(await page.getByRole("cell", { name: "$0.00" }).count()).toBe(0);

  await page.getByRole("button", { name: "Today" }).click();
  await page.getByText("Tokens by hour").waitFor();
  await page.waitForURL(/range=today/);
  await page.getByLabel("First day").fill("2020-01-02");
  await page.getByLabel("Last day").fill("2020-01-01");
  await page.getByText("The first day is after the last.").waitFor();
  await page.getByLabel("Last day").fill("2020-01-03");
  await page.getByText("No tool was used in this time.").waitFor();
  expect(new Set(asked.map((url) => url.searchParams.get("timeZone")))).toEqual(
    new Set(["Europe/Berlin"]),
  );
  await context.close();
});

test("own prices that are left out are told", async () => {
  const { page, context } = await open(browser, mock, { viewport: { width: 360, height: 800 } });
  page.setDefaultTimeout(10_000);
  const problem = "`/home/mia/.codepiper/prices.toml`, line 4: unknown field `outputs`";
  await page.route("**/api/analytics/overview*", async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, pricesProblem: problem } });
  });
  await page.goto(`${mock.url}/analytics?range=30d`);
  const note = page.getByRole("alert").filter({ hasText: "line 4: unknown field outputs" });
  await note.waitFor();
  const fits = (element: Element) => element.scrollWidth <= element.clientWidth;
  expect(await note.evaluate(fits)).toBe(true);
  await context.close();
});
