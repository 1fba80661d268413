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

const SIZES: [string, typeof DESKTOP | typeof PHONE][] = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
];

test.each(SIZES)(
  "workspaces are made, changed and forgotten, and worktrees finished (%s)",
  async (size, options) => {
    mock = await mockDaemon();
    const { page, context, complaints } = await open(browser, mock, options);
    page.setDefaultTimeout(10_000);
    await page.goto(`${mock.url}/workspaces`);
    await page.getByRole("button", { name: "New workspace" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Reports");
    await dialog.getByLabel("Directory").fill("/nowhere");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("does not exist").waitFor();
    await dialog.getByLabel("Directory").fill("/home/mia/reports");
    await dialog.getByLabel("Agent").selectOption("codex");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("/home/mia/reports · codex").waitFor();

    await page.getByRole("button", { name: "Edit Reports" }).click();
    await dialog.getByLabel("Run in each new worktree").fill("tools/setup");
    await dialog.getByRole("button", { name: "Save" }).click();
    const look = page.getByRole("dialog", { name: "Is it you?" });
    await look.getByLabel("Password").fill("codepiper");
    await look.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("runs tools/setup").waitFor();
    await page.getByRole("button", { name: "Delete The shop" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("The shop").waitFor({ state: "detached" });
    expect(mock.world.workspaces.map(({ name }) => name)).toEqual(["Reports"]);

    await page.getByRole("button", { name: "Remove what is done" }).click();
    await dialog.getByText("shop-worktrees/docs").waitFor();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("shop-worktrees/docs").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Finish feature/cart" }).click();
    await dialog.getByRole("button", { name: "Merge and remove" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("feature-cart").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Finish fix/login" }).click();
    const remove = dialog.getByRole("button", { name: "Remove" });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel("Remove it with what is in no commit").check();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/worktree-${size}.png` });
    await remove.click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("fix-login").waitFor({ state: "detached" });
    expect(mock.world.worktrees).toEqual([]);
    const refusals = complaints.filter((text) => !/status of (400|403)/.test(text));
    expect(refusals).toEqual([]);
    await context.close();
    await mock.stop();
  },
);

test.each(SIZES)("a new session is what its workspace says (%s)", async (size, options) => {
  mock = await mockDaemon();
  const { page, context } = await open(browser, mock, options);
  page.setDefaultTimeout(10_000);
  const asked = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/api/sessions"),
  );
  await page.goto(`${mock.url}/?new=true`);
  const form = page.getByRole("dialog");
  await form.getByLabel("Workspace").selectOption("The shop");
  expect(await form.getByLabel("Directory", { exact: true }).inputValue()).toBe("/home/mia/shop");
  expect(await form.getByLabel("In a git worktree of its own").isChecked()).toBe(true);
  await form.getByLabel("Branch").fill("fix/search");
  await form.getByLabel("Begins at").fill("origin/main");
  if (process.env.PICTURES)
    await page.screenshot({ path: `${process.env.PICTURES}/new-session-${size}.png` });
  await form.getByRole("button", { name: "Start", exact: true }).click();
  const body = (await asked).postDataJSON();
  expect(body.workspaceId).toBe(mock.world.workspaces[0]?.id);
  expect(body.worktree).toEqual({ branch: "fix/search", startPoint: "origin/main" });
  expect(body.model).toBeUndefined();
  await page.getByText("own worktree").first().waitFor();
  await context.close();
  await mock.stop();
});
