import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { DESKTOP, launch, mockDaemon, open, PHONE } from "./browser";

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

const VIEWS = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
] as const;

test.each(VIEWS)(
  "inputs are asked for by their types, and refused ones named: %s",
  async (_, view) => {
    const { page, context, complaints } = await open(browser, mock, view);
    page.setDefaultTimeout(10_000);
    await page.goto(`${mock.url}/workflows`);
    await page.getByRole("button", { name: "Run Ship the fix" }).click();
    const form = page.getByRole("dialog");
    const run = form.getByRole("button", { name: "Run", exact: true });
    await form.getByLabel("files").fill("src/a.ts");
    await form.getByLabel("rounds").fill("many");
    await run.click();
    await form.getByText("It is needed.").waitFor();
    await form.getByText("It has to be a number.").waitFor();
    await form.getByText(/^That is no JSON/).waitFor();
    await form.getByLabel("files").fill('["src/a.ts"]');
    await form.getByLabel("rounds").fill("5");
    await form.getByLabel("task").fill("nothing");
    await form.getByRole("switch", { name: "fast" }).uncheck();
    await form.getByRole("switch", { name: /^Rehearse/ }).check();
    const asked = page.waitForRequest(/\/execute$/);
    await form.getByRole("button", { name: "Rehearse" }).click();
    expect((await asked).postDataJSON()).toEqual({
      provider: "demo",
      variables: { task: "nothing", rounds: 5, files: ["src/a.ts"], fast: false },
    });
    await form.getByRole("textbox", { name: "task" }).and(page.locator("[aria-invalid]")).waitFor();
    await form.getByLabel("task").fill("Mend it");
    await form.getByRole("button", { name: "Rehearse" }).click();
    await page.waitForURL(/\/workflows\/executions\/[-0-9a-f]+$/);
    await page.getByRole("log").getByText("Looking at").waitFor();
    expect(complaints.filter((words) => !words.includes("400"))).toEqual([]);
    await context.close();
  },
);

test.each(VIEWS)(
  "an execution is followed, paused and resumed, and its question answered: %s",
  async (_, view) => {
    const { live } = mock.world.workflows;
    const { page, context, complaints } = await open(browser, mock, view);
    page.setDefaultTimeout(10_000);
    await page.goto(`${mock.url}/workflows/executions/${live.execution.id}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    // What is asked meanwhile comes by itself, and is counted as other questions are.
    await expect.poll(() => page.title()).toBe("(6) CodePiper");
    mock.world.workflows.ask("Ship it?\nReally?");
    const card = page.getByRole("article").filter({ hasText: "Really?" });
    await card.waitFor();
    await expect.poll(() => page.title()).toBe("(7) CodePiper");
    await card.getByRole("button", { name: "With a note" }).click();
    await card.getByRole("textbox", { name: "Note" }).fill("On Monday");
    await card.getByRole("button", { name: "Deny" }).click();
    await card.waitFor({ state: "detached" });
    await expect.poll(() => page.title()).toBe("(6) CodePiper");
    expect(live.steps.at(-1)?.result).toMatchObject({ result: "denied", note: "On Monday" });
    await page.getByRole("log").getByText("denied").first().waitFor();
    await page.getByRole("button", { name: "review[0]" }).click();
    await page.getByRole("button", { name: "Copy verdict" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test("a workflow with an execution under way stays, and the reason is told", async () => {
  const { page, context } = await open(browser, mock, PHONE);
  page.setDefaultTimeout(10_000);
  await page.goto(`${mock.url}/workflows/ship-the-fix`);
  await page.getByRole("button", { name: "Delete Ship the fix" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.getByText("is under way").waitFor();
  await page.getByText("Cancel it first.").waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("region", { name: "checks: steps" }).waitFor();
  await context.close();
});

test("what is wrong with a definition is shown where it is, and a template keeps its comments", async () => {
  const { page, context, complaints } = await open(browser, mock);
  page.setDefaultTimeout(10_000);
  await page.goto(`${mock.url}/new-workflow?template=test-until-green`);
  const editor = page.getByRole("textbox", { name: "Definition" });
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("promt: x");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Line 1, column 1" }).waitFor();
  await page.getByText("did you mean prompt").first().waitFor();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.getByText("Nothing is wrong with it.").waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/workflows\/test-until-green$/);
  expect(mock.world.workflows.list[0]?.source).toMatch(/^# Runs the tests, and has an agent/);
  expect(complaints).toEqual([]);
  await context.close();
});
