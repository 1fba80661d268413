import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { launch, mockDaemon, open, PHONE } from "./browser";

const PICTURES = "../target/screenshots/mock";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** A daemon in which only these calls of a shell wait. */
async function asking(...inputs: object[]): Promise<Mock> {
  const mock = await mockDaemon();
  mock.world.approvals.length = 0;
  const session = mock.world.sessions.find((s) => s.status === "RUNNING");
  for (const input of inputs) if (session) mock.world.ask(session, "Bash", input);
  return mock;
}

const card = (page: Page, text: string) => page.getByRole("article").filter({ hasText: text });

test("what is allowed is what is read: nothing is turned around, hidden or left out", async () => {
  const mock = await asking({
    command: "echo \u202e'fr- mr'\u2066 a\u200bb\r# שלום; rm x",
    ...{ timeout: 5, dangerouslyDisableSandbox: true, stdin: "yes" },
  });
  const { page, context } = await open(browser, mock, PHONE);
  await page.goto(mock.url);
  const asked = card(page, "echo");
  const shown = asked.locator("pre");
  await shown.waitFor();
  expect(await shown.textContent()).toBe(
    "echo \\u{202e}'fr- mr'\\u{2066} a\\u{200b}b\\r# שלום; rm x",
  );
  // Hebrew letters stand from left to right as well: what is read first is run first.
  const edges = await shown.evaluate((pre) => {
    const walk = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const at = node.textContent?.indexOf("שלום") ?? -1;
      if (at < 0) continue;
      return [0, 1, 2, 3].map((letter) => {
        range.setStart(node, at + letter);
        range.setEnd(node, at + letter + 1);
        return range.getBoundingClientRect().left;
      });
    }
    return [];
  });
  expect(edges).toHaveLength(4);
  expect(edges).toEqual(edges.toSorted((a, b) => a - b));
  expect(await asked.getByLabel("Further arguments").innerText()).toBe(
    "timeout: 5\ndangerouslyDisableSandbox: true\nstdin: yes",
  );
  await page.screenshot({ path: `${PICTURES}/approval-unseen.png` });
  await context.close();
  await mock.stop();
});

test("what is long is folded, and allowed only when all of it was to be seen", async () => {
  const mock = await asking({ command: `true ${"word ".repeat(600)}${" ".repeat(400)}; rm -rf x` });
  const { page, context } = await open(browser, mock, PHONE);
  await page.goto(mock.url);
  const asked = card(page, "true word");
  const allow = asked.getByRole("button", { name: "Allow" });
  const more = asked.getByRole("button", { name: /more lines: show all before you decide/ });
  await more.waitFor();
  await expect.poll(() => asked.getByRole("button", { name: "Deny" }).isEnabled()).toBe(true);
  expect(await allow.isDisabled()).toBe(true);
  const { height = 0 } = (await asked.boundingBox()) ?? {};
  expect(height).toBeLessThan(0.6 * PHONE.viewport.height);
  await page.screenshot({ path: `${PICTURES}/approval-long.png` });
  await more.click();
  await asked.getByText("⟨401 blanks⟩").scrollIntoViewIfNeeded();
  // Nothing is pressed that has just moved: a person presses it once more.
  const answered = asked.getByText("Allowed by owner, dashboard");
  const press = async () => {
    await allow.click({ timeout: 1000 }).catch(() => {});
    return answered.isVisible();
  };
  await expect.poll(press, { timeout: 20_000 }).toBe(true);
  await context.close();
  await mock.stop();
});

test("nothing slides under a finger: who is answered elsewhere keeps the place", async () => {
  const mock = await asking({ command: "first" }, { command: "second" });
  const { page, context } = await open(browser, mock, PHONE);
  await page.goto(mock.url);
  const below = card(page, "second");
  const top = async () => (await below.boundingBox())?.y;
  await below.waitFor();
  await page.evaluate(() => document.fonts.ready);
  const before = await top();
  const [first] = mock.world.approvals.filter((a) => a.summary === "first");
  if (first) mock.world.answer(first, "allow", null, "cli");
  await card(page, "first").getByText("Allowed by owner, cli").waitFor();
  expect(await top()).toBe(before);

  // Something pushes it down, and at once it is pressed.
  const pressed = await below.evaluate((element) => {
    const deny = [...element.querySelectorAll("button")].find((b) =>
      b.textContent?.includes("Deny"),
    );
    element.parentElement?.style.setProperty("padding-top", "90px");
    deny?.click();
    return deny !== undefined;
  });
  expect(pressed).toBe(true);
  const deny = below.getByRole("button", { name: "Deny" });
  await expect.poll(() => deny.isDisabled()).toBe(true);
  await expect.poll(() => deny.isDisabled()).toBe(false);
  expect(mock.world.approvals.find((a) => a.summary === "second")?.status).toBe("pending");
  await deny.click();
  await below.getByText("Denied by owner, dashboard").waitFor();
  await context.close();
  await mock.stop();
});
