import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { DESKTOP, idOf, launch, mockDaemon, open, PHONE } from "./browser";

let browser: Browser;
let mock: Mock;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  mock = await mockDaemon();
  return () => mock.stop();
});

async function look(path: string, options: object = DESKTOP): Promise<Page> {
  const { page } = await open(browser, mock, options);
  page.setDefaultTimeout(10_000);
  await page.goto(mock.url + path);
  return page;
}

const log = (page: Page) => page.getByRole("log", { name: "Conversation" });
const fromEnd = (page: Page) =>
  log(page).evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);

test("a phone shows the conversation; it says what a turn cost, and what has no price has none", async () => {
  const page = await look(`/sessions/${idOf(mock, "Explain the billing module")}`, PHONE);
  await page.getByText("npm test -- billing").waitFor();
  await expect.poll(() => fromEnd(page)).toBeLessThan(2);
  await page.getByText("local-llama").waitFor();
  await page.getByText("944 tokens · no price").waitFor();
  await page.getByRole("button", { name: "Latest" }).waitFor({ state: "detached" });
  await log(page).evaluate((box) => box.scrollTo(0, 0));
  await page.getByText("Explain the billing module to a new colleague").waitFor();
  // The part of the sub-agent is in the call, and nowhere else.
  expect(await page.getByText("Who calls total()?").count()).toBe(0);
  await page.getByRole("button", { name: /^Task/ }).click();
  await page.getByText("Who calls total()?", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Bash curl/ }).click();
  await page.getByText("Denied by rule balanced-dangers/downloads", { exact: false }).waitFor();
  await page.getByText("Math.round(net * (1 + rate));", { exact: false }).first().waitFor();
  await page.getByText(/Since the prompt: 6 answers/).waitFor();
  await page.getByText(/\$0\.08\d*, partial/).waitFor();
});

test("what is written appears at the end; who reads older ones stays where they are", async () => {
  const id = idOf(mock, "dotfiles");
  const { conversations } = mock.world;
  for (let i = 0; i < 100_000; i += 1) conversations.say(id, "reply", `Reply number ${i}.`);
  const page = await look(`/sessions/${id}?tab=conversation`);
  await page.getByText("Reply number 99999.").waitFor();
  const call = conversations.say(id, "tool_call", "make", { tool: { input: { command: "make" } } });
  await page.getByLabel("No result yet").waitFor({ timeout: 1000 });
  conversations.finish(id, call, { result: "it is made", durationMs: 1500 });
  await page.getByText("1.5 s").waitFor({ timeout: 1000 });
  await page.getByRole("button", { name: /^Bash make/ }).click();
  await page.getByText("it is made").waitFor();
  await expect.poll(() => fromEnd(page)).toBeLessThan(2);

  const scrollUp = () => log(page).evaluate((box) => box.scrollBy(0, -4000));
  const seen = async () => {
    const text = await log(page).getByRole("article").first().textContent();
    return Number(/number (\d+)/.exec(text ?? "")?.[1]);
  };
  await expect
    .poll(() => scrollUp().then(seen), { timeout: 20_000, interval: 50 })
    .toBeLessThan(99_300);
  expect(await log(page).getByRole("article").count()).toBeLessThan(60);
  await page.waitForLoadState("networkidle");
  const place = () =>
    log(page).evaluate((box) => {
      const middle = box.getBoundingClientRect().top + box.clientHeight / 2;
      const row = [...box.querySelectorAll("li")].find(
        (li) => li.getBoundingClientRect().bottom > middle,
      );
      return `${row?.querySelector(".prose")?.textContent} ${Math.round(row?.getBoundingClientRect().top ?? 0)}`;
    });
  const before = await place();
  conversations.say(id, "reply", "The newest of all.");
  await page.waitForResponse(/conversation\?since/);
  expect(await place()).toBe(before);
  await page.getByRole("button", { name: "Latest" }).click();
  await page.getByText("The newest of all.").waitFor();
});

test("what was found leads to its place, which is marked, also deep in a long conversation", async () => {
  const id = idOf(mock, "dotfiles");
  const { conversations } = mock.world;
  const at = Date.now() - 5_000_000;
  for (let i = 0; i < 5000; i += 1) {
    const text = i === 1234 ? "Here is the needle." : `Straw ${i}.`;
    conversations.say(id, "reply", text, { at: new Date(at + i).toISOString() });
  }
  const page = await look("/sessions");
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  await page.keyboard.press("/");
  await page.getByLabel("Search all conversations").fill("needle");
  await page.waitForURL(/text=needle/);
  await page.getByRole("link", { name: /Here is the needle/ }).click();
  const found = log(page).locator("[aria-current=location]");
  await found.getByText("Here is the needle.").waitFor();
  const isSeen = () =>
    found.evaluate((e) => {
      const { top, bottom } = e.getBoundingClientRect();
      const box = e.closest("[role=log]")?.getBoundingClientRect();
      return box !== undefined && top >= box.top && bottom <= box.bottom;
    });
  await page.waitForLoadState("networkidle");
  await expect.poll(isSeen).toBe(true);
  await page.getByText("Straw 1235.").waitFor();
  await page.reload();
  await found.getByText("Here is the needle.").waitFor();
  await page.getByRole("button", { name: "Latest" }).click();
  await page.getByText("Straw 4999.").waitFor();

  await page.goto(`${mock.url}/search?text=places`);
  await page.getByRole("link", { name: /It is called in/ }).click();
  // It stands in the part of a sub-agent, which is open.
  await log(page).locator("[aria-current=location]").getByText("It is called in 4").waitFor();
});

test("nothing that an agent writes becomes part of the page", async () => {
  const id = idOf(mock, "dotfiles");
  mock.world.conversations.say(
    id,
    "reply",
    '<img src="https://example.com/x.png" onerror="document.title=\'taken\'"> [go](javascript:alert(1)) ' +
      "![pic](https://example.com/p.png) &lt;b&gt;\n\n<script>document.title='taken'</script>",
  );
  const { page, complaints } = await open(browser, mock);
  await page.goto(`${mock.url}/sessions/${id}?tab=conversation`);
  await page.getByText('<img src="https://example.com/x.png"', { exact: false }).waitFor();
  expect(await log(page).locator("img, script").count()).toBe(0);
  expect(await page.getByRole("link", { name: "pic", exact: true }).getAttribute("href")).toBe(
    "https://example.com/p.png",
  );
  expect(await page.getByRole("link", { name: "go", exact: true }).count()).toBe(0);
  expect(await page.title()).not.toContain("taken");
  expect(complaints).toEqual([]);
});

test("a conversation is taken along as Markdown", async () => {
  const page = await look(`/sessions/${idOf(mock, "Explain the billing module")}?tab=conversation`);
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  expect((await file).suggestedFilename()).toBe("Explain-the-billing-module.md");
});
