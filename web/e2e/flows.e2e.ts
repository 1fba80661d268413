import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "../mocks/server.js";
import { DESKTOP, idOf, launch, mockDaemon, open, PHONE } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const sees = (page: Page, text: string | RegExp) =>
  page.getByText(text).first().waitFor({ timeout: 10_000 });

test("the first sign-in: password, authenticator, recovery codes, and on to where one wanted to go", async () => {
  const mock = await mockDaemon({ onboarded: false });
  const { page, context } = await open(browser, mock, DESKTOP, { signedIn: false });
  const wanted = `/sessions/${idOf(mock, "dotfiles")}?tab=events`;
  await page.goto(mock.url + wanted);
  await sees(page, /codepiper daemon logs/);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await sees(page, "The password or the code is wrong.");
  await page.getByLabel("Password").fill("codepiper");
  await page.getByRole("button", { name: "Sign in" }).click();
  await sees(page, /Scan this/);
  await page.reload();
  await page.getByLabel("Code that it shows now").fill("123456");
  await page.getByRole("button", { name: "Verify" }).click();
  await sees(page, "7f3a-9c2e-7b7d-44e1");
  expect(await page.getByRole("button", { name: "Continue" }).isDisabled()).toBe(true);
  await page.getByLabel("I saved them").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(mock.url + wanted);
  await sees(page, "SessionCreated");
  await context.close();
  await mock.stop();
});

test("a lost authenticator is no end, and too many tries are counted down", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, DESKTOP, { signedIn: false });
  await page.goto(`${mock.url}/settings`);
  for (let i = 0; i < 6; i += 1) {
    await page.getByLabel("Password").fill("wrong");
    await page.getByLabel("Code of your authenticator").fill("000000");
    const answer = page.waitForResponse(/login/);
    await page.getByRole("button", { name: "Sign in" }).click();
    await answer;
  }
  await sees(page, /Try again in/);
  expect(await page.getByRole("button", { name: "Sign in" }).isDisabled()).toBe(true);
  mock.world.blockedUntil = 0;
  await page.reload();
  await page.getByLabel("Password").fill("codepiper");
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill("aaaa-bbbb-cccc-dddd");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${mock.url}/settings`);
  await sees(page, "This one");
  await context.close();
  await mock.stop();
});

test("what is allowed on the phone is seen on the desktop at once, with who did it", async () => {
  const mock = await mockDaemon();
  const phone = await open(browser, mock, PHONE);
  const desk = await open(browser, mock);
  await desk.page.goto(mock.url);
  await phone.page.goto(mock.url);
  const card = phone.page.getByRole("article").filter({ hasText: "npm install --save-dev vite@8" });
  await desk.page.getByRole("article").filter({ hasText: "vite@8" }).waitFor();
  await card.getByRole("button", { name: "With a note" }).click();
  await card.getByRole("textbox", { name: "Note" }).fill("use pnpm");
  await card.getByRole("button", { name: "Deny all 2" }).click();
  await desk.page
    .getByText("Denied by owner, dashboard: “use pnpm”")
    .first()
    .waitFor({ timeout: 1000 });
  expect(mock.world.approvals.filter((a) => a.answer?.decision === "deny")).toHaveLength(2);
  await phone.context.close();
  await desk.context.close();
  await mock.stop();
});

test("the terminal echoes, refuses visibly what it cannot send, and goes on where it was", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, DESKTOP);
  await page.goto(`${mock.url}/sessions/${idOf(mock, "dotfiles")}`);
  await page.getByText(/Live/).waitFor();
  await page.locator(".xterm-helper-textarea").focus();
  await page.keyboard.type("hello there\r");
  const written = () => String(mock.world.terminals.get(idOf(mock, "dotfiles"))?.bytes);
  await expect.poll(written).toContain("you said: hello there");

  await mock.stop();
  await sees(page, /what you type is not sent/);
  await sees(page, /This is the last known state/);
  await page.keyboard.type("x");
  await sees(page, "Not connected: the key was not sent.");
  const again = await start(Number(new URL(mock.url).port), mock.world);
  await page
    .getByText(/This is the last known state/)
    .waitFor({ state: "detached", timeout: 20_000 });
  await page.getByText("Live").waitFor({ timeout: 20_000 });
  await page.locator(".xterm-helper-textarea").focus();
  await page.keyboard.type("back\r");
  await expect.poll(written).toContain("you said: back");
  expect(written()).not.toContain("x\r");

  await page.keyboard.press("Control+Shift+F");
  await page.getByRole("textbox", { name: "Find in the terminal" }).fill("said");
  await sees(page, /of 2$/);
  await context.close();
  await again.stop();
});

test("letters stand as far apart as their cells, also where motion is reduced", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, { ...DESKTOP, reducedMotion: "reduce" });
  await page.goto(`${mock.url}/sessions/${idOf(mock, "dotfiles")}`);
  const drawn = page.locator(".xterm-rows");
  await drawn.waitFor();
  const size = () => drawn.evaluate((rows) => Number.parseFloat(getComputedStyle(rows).fontSize));
  const full = await size();
  await page.setViewportSize({ width: 1280, height: 420 });
  await expect.poll(size).toBeLessThan(full);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(size).toBe(full);
  const apart = () => drawn.evaluate((rows) => Number.parseFloat(rows.style.letterSpacing));
  expect(Math.abs(await apart())).toBeLessThan(0.5);
  await context.close();
  await mock.stop();
});

test("the palette opens over the terminal, and its keys do not reach the agent", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, DESKTOP);
  await page.goto(`${mock.url}/sessions/${idOf(mock, "dotfiles")}`);
  await page.getByText(/Live/).waitFor();
  await page.locator(".xterm-helper-textarea").focus();
  const written = () => String(mock.world.terminals.get(idOf(mock, "dotfiles"))?.bytes);
  const before = written();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to a session, or do something").waitFor();
  await page.keyboard.type("linter");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${mock.url}/sessions/${idOf(mock, "Try the new linter")}`);
  expect(written()).toBe(before);
  await context.close();
  await mock.stop();
});

test("what is typed while a prompt is on its way stays", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, DESKTOP);
  await page.goto(`${mock.url}/sessions/${idOf(mock, "dotfiles")}`);
  let arrive = () => {};
  const onItsWay = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(/\/send$/, async (route) => {
    await onItsWay;
    await route.continue();
  });
  const box = page.getByLabel("Prompt", { exact: true });
  await box.fill("the first");
  const answer = page.waitForResponse((response) => /\/send$/.test(response.url()));
  await box.press("Enter");
  await box.fill("the second");
  arrive();
  await answer;
  const button = page.getByRole("button", { name: /^(Send|Queue)$/ });
  await expect.poll(() => button.isEnabled()).toBe(true);
  expect(await box.inputValue()).toBe("the second");
  await context.close();
  await mock.stop();
});

test("a session begins with its prompt; what the daemon refuses stands at its field", async () => {
  const mock = await mockDaemon({ empty: true });
  const { page, context } = await open(browser, mock, PHONE);
  await page.goto(mock.url);
  await page.getByRole("button", { name: "New session" }).click();
  await page.getByLabel("What should it do?").fill("Count the files");
  const directory = page.getByLabel("Directory", { exact: true });
  await directory.fill("/nope");
  await page.getByText("does not exist").waitFor();
  expect(await directory.getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Browse" }).click();
  await page.getByRole("button", { name: "new", exact: true }).click();
  await page.getByText("No git repository").waitFor();
  expect(await directory.inputValue()).toBe("/home/mia/new");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/sessions\//);
  await page.getByRole("button", { name: "More to do with this session" }).click();
  await page.getByRole("menuitem", { name: "Kill" }).click();
  await sees(page, /every process it started/);
  await page.getByRole("button", { name: "Kill it" }).click();
  await sees(page, "It is over: killed");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByPlaceholder("Tell the agent what to do").waitFor();
  await context.close();
  await mock.stop();
});

test("of a hundred thousand events only those are on the page that are seen, and new ones come on top", async () => {
  const mock = await mockDaemon();
  const id = idOf(mock, "dotfiles");
  for (let i = 0; i < 100_000; i += 1)
    mock.world.event(id, "hook", "PostToolUse", { text: `n${i}` });
  const { page, context } = await open(browser, mock, DESKTOP);
  await page.goto(`${mock.url}/sessions/${id}?tab=events`);
  await sees(page, "n99999");
  const rows = page.getByRole("listitem").filter({ hasText: "PostToolUse" });
  const list = page.locator("main ol").locator("..");
  const scrollDown = () =>
    list.evaluate((box) => {
      box.scrollTo(0, box.scrollHeight);
      return box.scrollHeight;
    });
  await expect.poll(scrollDown, { timeout: 20_000 }).toBeGreaterThan(2000 * 40);
  const last = await rows.last().textContent();
  expect(Number(/n(\d+)/.exec(last ?? "")?.[1])).toBeLessThan(98_200);
  expect(await rows.count()).toBeLessThan(80);
  mock.world.event(id, "hook", "PostToolUse", { text: "the newest" });
  await list.evaluate((box) => box.scrollTo(0, 0));
  await sees(page, "the newest");
  await page.getByRole("button", { name: /the newest/ }).click();
  await sees(page, /"text": "the newest"/);
  await context.close();
  await mock.stop();
});

test("who is signed out sees the sign-in at once, and nothing that was there", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock);
  await page.goto(`${mock.url}/sessions/${idOf(mock, "dotfiles")}`);
  await page.getByText("Live").waitFor();
  mock.world.signIns.clear();
  mock.world.emit("signed-out");
  await page.waitForURL(/\/sign-in\?next=/);
  expect(await page.evaluate(() => localStorage.getItem("codepiper.sessions"))).toBeNull();
  await context.close();
  await mock.stop();
});

test("opened while the daemon is away, the page shows the last known state, and says so", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock);
  await page.goto(`${mock.url}/sessions`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  // The second visit is the first one that the service worker sees whole.
  await page.reload();
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  // Pages that were never opened are fetched when there is time.
  await page.waitForResponse(/assets\/settings-/);
  await page.waitForLoadState("networkidle");
  // A picture that is opened by itself is not kept as the page.
  await page.goto(`${mock.url}/icon.svg`);
  await mock.stop();
  await page.goto(`${mock.url}/sessions`);
  await sees(page, /This is the last known state, of/);
  await sees(page, "Migrate to Postgres 17");
  await page.goto(`${mock.url}/settings`);
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.goto(mock.url);
  await sees(page, "What it wants to do comes here as soon as the daemon answers.");
  expect(await page.getByText("The daemon does not answer.").count()).toBe(1);
  expect(await page.getByText(/This is the last known state/).count()).toBe(1);
  await context.close();
});

test("a part that cannot be loaded takes nothing else with it", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, { ...DESKTOP, serviceWorkers: "block" });
  await page.route(/assets\/(palette|terminal)-.*\.js/, (route) => route.abort());
  await page.goto(`${mock.url}/sessions/${idOf(mock, "dotfiles")}`);
  await sees(page, "This part could not be loaded");
  await page.getByPlaceholder("Tell the agent what to do").waitFor();
  await page.keyboard.press("Control+k");
  const failed = page.getByRole("dialog", { name: "Commands" });
  await failed.getByText("This part could not be loaded").waitFor();
  await failed.getByRole("button", { name: "Close" }).click();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Load the page again" }).click();
  await page.getByText("Live").waitFor();
  await context.close();
  await mock.stop();
});

test("an address of another page is no place to go on", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock);
  await page.goto(`${mock.url}/sign-in?next=//evil.example`);
  await page.getByRole("heading", { name: "Needs you" }).waitFor();
  expect(page.url()).toBe(`${mock.url}/`);
  await context.close();
  await mock.stop();
});

test("a new password wants a second look, and the call is made again by itself", async () => {
  const mock = await mockDaemon();
  const { page, context } = await open(browser, mock, PHONE);
  await page.goto(`${mock.url}/settings`);
  await page.getByLabel("Current password").fill("codepiper");
  await page.getByLabel("New password", { exact: true }).fill("correct horse");
  await page.getByLabel("New password again").fill("correct horse");
  await page.getByRole("button", { name: "Change password" }).click();
  const proof = page.getByLabel("Password, or a code of your authenticator");
  await proof.fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await sees(page, "That is not right.");
  await proof.fill("123456");
  await page.getByRole("button", { name: "Confirm" }).click();
  await sees(page, "The password is changed; every other sign-in has ended.");
  await context.close();
  await mock.stop();
});
