import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { idOf, launch, mockDaemon, open, PHONE } from "./browser";

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

test("what is set for all counts at once, and sums are then asked for in the daemon's zone", async () => {
  const { page, context, complaints } = await open(browser, mock, {
    viewport: { width: 1280, height: 1400 },
    timezoneId: "Europe/Berlin",
  });
  page.setDefaultTimeout(10_000);
  await page.goto(`${mock.url}/settings`);
  await page.getByRole("checkbox", { name: /Show the context/ }).check();
  await expect.poll(() => mock.world.settings.statusLine).toBe(true);
  const zone = page.getByRole("combobox", { name: "Days begin in the time zone" });
  await zone.selectOption("Asia/Tokyo");
  await expect.poll(() => mock.world.settings.timeZone).toBe("Asia/Tokyo");

  const asked: URL[] = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  await page.getByRole("link", { name: "Analytics" }).click();
  const rules = page.getByRole("region", { name: "Decisions by rule" });
  await rules.getByRole("row", { name: "balanced-dangers / downloads 0 2 0 0" }).waitFor();
  await rules.getByRole("row", { name: /^No rule decided 0 0 7/ }).waitFor();
  const sums = asked.filter(({ pathname }) => pathname.startsWith("/api/analytics"));
  expect(sums.length).toBeGreaterThan(5);
  expect(sums.filter(({ searchParams }) => searchParams.has("timeZone"))).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("lines that could not be read are told where they were, with every character seen", async () => {
  const { page, context } = await open(browser, mock, PHONE);
  page.setDefaultTimeout(10_000);
  await page.goto(
    `${mock.url}/sessions/${idOf(mock, "Explain the billing module")}?tab=conversation`,
  );
  await page.getByRole("button", { name: "1 unreadable line" }).click();
  const lines = page.getByRole("region", { name: "Lines that could not be read" });
  await lines.getByText("48,213").waitFor();
  await lines.getByText("\\u{202e}").waitFor();
  await page.goto(`${mock.url}/sessions/${idOf(mock, "Try the new linter")}?tab=conversation`);
  await page.getByText("Nothing was said yet").waitFor();
  expect(await page.getByText("unreadable").count()).toBe(0);
  await context.close();
});

test("every setting says what it is for and who said it, and is changed and taken back", async () => {
  const { page, context, complaints } = await open(browser, mock, PHONE);
  page.setDefaultTimeout(10_000);
  await page.goto(`${mock.url}/settings`);
  const row = (name: string) =>
    page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
  await row("httpPort")
    .getByText("set in config.toml, with CODEPIPER_HTTP_PORT or --port")
    .waitFor();
  await row("retentionDays").getByText("default").waitFor();
  await row("retentionDays").getByLabel("retentionDays (days)").fill("30");
  await row("retentionDays").getByRole("button", { name: "Save" }).click();
  await row("retentionDays").getByText("set here").waitFor();
  expect(mock.world.settings.retentionDays).toBe(30);
  await row("defaultPolicyAction").getByRole("combobox").selectOption("deny");
  await expect.poll(() => mock.world.settings.defaultPolicyAction).toBe("deny");
  if (process.env.PICTURES)
    await page.screenshot({ path: `${process.env.PICTURES}/settings-phone.png`, fullPage: true });
  await row("retentionDays").getByRole("button", { name: "Take back retentionDays" }).click();
  await row("retentionDays").getByText("default").waitFor();
  expect(mock.world.settings.retentionDays).toBe(null);
  expect(complaints).toEqual([]);
  await context.close();
});
