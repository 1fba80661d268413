import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { DESKTOP, launch, mockDaemon, open, PHONE } from "./browser";

let browser: Browser;
let mock: Mock;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
});

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "secrets are written, kept, replaced and shown to who says who they are (%s)",
  async (size, options) => {
    mock = await mockDaemon();
    const { page, context, complaints } = await open(browser, mock, options);
    page.setDefaultTimeout(10_000);
    await page.goto(`${mock.url}/settings`);
    await page.getByRole("button", { name: "New env set" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("production");
    await dialog.getByLabel("Another variable").fill("2BAD");
    await dialog.getByLabel("Its value").fill("first-secret");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("is no name of a variable").waitFor();
    await dialog.getByLabel("Another variable").fill("TOKEN");
    await dialog.getByLabel("Or the lines").fill("ONE=1\nTWO=2");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("TOKEN, ONE, TWO").waitFor();

    await page.getByRole("button", { name: "Edit production" }).click();
    await dialog.getByRole("button", { name: "Show the value of TOKEN" }).click();
    const look = page.getByRole("dialog", { name: "Is it you?" });
    await look.getByLabel("Password").fill("codepiper");
    await look.getByRole("button", { name: "Confirm" }).click();
    await dialog.getByText("first-secret").waitFor();
    await dialog.getByRole("button", { name: "Replace the value of ONE" }).click();
    await dialog.getByLabel("New value of ONE").fill("uno");
    await dialog.getByRole("button", { name: "Remove TWO" }).click();
    await dialog.getByText("will be removed").waitFor();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/env-${size}.png` });
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("TOKEN, ONE").waitFor();
    const kept = mock.world.envSets.find(({ name }) => name === "production");
    expect(kept?.vars).toEqual({ TOKEN: "first-secret", ONE: "uno" });

    await page.getByRole("button", { name: "Delete staging" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("The staging server").waitFor({ state: "detached" });
    expect(mock.world.envSets.map(({ name }) => name)).toEqual(["production"]);
    const refusals = complaints.filter((text) => !/status of (400|403)/.test(text));
    expect(refusals).toEqual([]);
    await context.close();
    await mock.stop();
  },
);

test("a new session gets the sets that are chosen", async () => {
  mock = await mockDaemon();
  const { page, context } = await open(browser, mock, PHONE);
  page.setDefaultTimeout(10_000);
  const asked = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/api/sessions"),
  );
  await page.goto(`${mock.url}/?new=true`);
  const form = page.getByRole("dialog");
  await form.getByRole("group", { name: "Env sets" }).getByLabel("staging").check();
  await form.getByRole("button", { name: "Start", exact: true }).click();
  expect((await asked).postDataJSON().envSetIds).toEqual([mock.world.envSets[0]?.id]);
  await context.close();
  await mock.stop();
});
