import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import type { Daemon } from "../live/daemon";
import type { Person } from "../live/person";
import { stage } from "../live/stage";
import { fill, type Scene } from "./scene";

/** Where the pictures are kept, to be looked at. */
const PICTURES = join(import.meta.dirname, "../../../target/screenshots");

const NARROW = { ...PHONE, viewport: { width: 360, height: 740 } };
const VIEWS = [
  ["desktop-light", { ...DESKTOP, colorScheme: "light" }],
  ["desktop-dark", { ...DESKTOP, colorScheme: "dark" }],
  ["phone-light", { ...PHONE, colorScheme: "light" }],
  ["phone-dark", { ...PHONE, colorScheme: "dark" }],
  ["narrow", { ...NARROW, colorScheme: "light" }],
] as const;

const { daemon: startDaemon, person } = stage();

test("every page and state is photographed, from a real daemon", async () => {
  rmSync(PICTURES, { recursive: true, force: true });
  const daemon = await startDaemon();
  const first = await begin(daemon);
  const storageState = await first.context.storageState();
  const scene = await fill(daemon);
  const people: Person[] = [first];
  for (const [view, options] of VIEWS) {
    const mia = await person({ ...options, reducedMotion: "reduce", storageState }, view);
    people.push(mia);
    await photographPages(mia.page, view, daemon, scene);
    await photographDialogs(mia.page, view, daemon, scene);
  }
  for (const { complaints } of people) expect(complaints).toEqual([]);
  for (const [view, options] of [VIEWS[0], VIEWS[2]]) {
    const mia = await person({ ...options, reducedMotion: "reduce", storageState }, view);
    await photographOutage(mia.page, view, daemon, scene);
  }
});

/** The first sign-in, and what there is before there is anything. */
async function begin(daemon: Daemon): Promise<Person> {
  const mia = await person({ ...DESKTOP, colorScheme: "light" }, "first");
  const { page } = mia;
  await page.goto(daemon.url);
  await page.getByLabel("Password").waitFor();
  await photograph(page, "sign-in", "desktop-light");
  await mia.signInFirst(daemon, (name) => photograph(page, name, "desktop-light"));
  await mia.sees("Nobody waits for you");
  await photograph(page, "inbox-empty", "desktop-light");
  return mia;
}

async function photographPages(page: Page, view: string, daemon: Daemon, scene: Scene) {
  const session = (name: string, tab = "") => `/sessions/${scene[name]}${tab && `?tab=${tab}`}`;
  const pages: [name: string, path: string, shows: string | RegExp][] = [
    ["inbox", "/", /git push origin/],
    ["sessions", "/sessions", "Waiting for you"],
    ["settings", "/settings", "This one"],
    ["workflows", "/workflows", "asks you"],
    ["workflow", "/workflows/ship-the-fix", "At the end, whatever came before"],
    ["definition", "/workflows/ship-the-fix?tab=definition", "Nothing is wrong with it."],
    ["history", "/workflows/ship-the-fix?tab=history", "failed"],
    ["execution", `/workflows/executions/${scene["Ship the fix, asks"]}`, /^Ship it/],
    ["execution-failed", `/workflows/executions/${scene["Ship the fix, failed"]}`, /exit code/],
    ["session", session("Explain the billing module", "terminal"), /Without that script/],
    ["asking", session("Fix the login redirect"), "The fix is done."],
    ["question", session("Pick a charting library"), /Which one do you know/],
    ["working", session("Speed up the search"), "This takes a while."],
    ["dangerous", session("Try the new linter"), /No question/],
    ["ended", session("Release notes 1.4"), "It is over"],
    ["failed", session("Migrate to Postgres 17"), "It failed"],
    ["conversation", session("Explain the billing module", "conversation"), /Two parts/],
    ["search", "/search?text=invoices", /prices, and/],
    ["analytics", "/analytics?range=7d", "Tokens by day"],
    ["events", session("Explain the billing module", "events"), "PreToolUse"],
    ["activity", session("Explain the billing module", "activity"), /by rule/],
    ["no-session", "/sessions/nothing", "no such session"],
    ["no-page", "/nothing", "There is nothing here"],
  ];
  for (const [name, path, shows] of pages) {
    await page.goto(daemon.url + path);
    await page.getByText(shows).filter({ visible: true }).first().waitFor();
    await photograph(page, name, view);
  }
}

async function photographDialogs(page: Page, view: string, daemon: Daemon, scene: Scene) {
  const shot = (name: string) => photograph(page, name, view);
  const more = (name: string) =>
    page
      .getByRole("button", { name: "More to do with this session" })
      .click()
      .then(() => page.getByRole("menuitem", { name }).click());

  await page.goto(`${daemon.url}/?new=true`);
  await page.getByLabel("Directory", { exact: true }).fill("~/shop");
  await page.getByText("Git, on").waitFor();
  await shot("new-session");
  await page.getByRole("button", { name: "Browse" }).click();
  await page.getByLabel("Directory", { exact: true }).fill("~");
  await page.getByRole("button", { name: "warehouse" }).waitFor();
  await shot("new-session-browse");
  await page.getByLabel("Directory", { exact: true }).fill("~/nowhere");
  await page.getByText("does not exist").waitFor();
  await shot("new-session-wrong");
  await page.getByText("Runs without asking").click();
  await page.getByText("asks nobody").scrollIntoViewIfNeeded();
  await shot("new-session-dangerous");

  await page.goto(`${daemon.url}/sessions/${scene["Speed up the search"]}?tab=terminal`);
  await page.locator(".xterm-rows").getByText("This takes a while.").first().waitFor();
  await page.getByRole("button", { name: "More to do with this session" }).click();
  await shot("session-menu");
  await page.keyboard.press("Escape");
  await more("Kill");
  await page.getByText("What would be lost:").waitFor();
  await page.getByText("running now").waitFor();
  await shot("kill");
  await page.keyboard.press("Escape");
  await more("Policy sets");
  await page.getByLabel(/Balanced/).waitFor();
  await shot("policy-sets");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "View of the terminal" }).click();
  await shot("terminal-menu");
  await page.keyboard.press("Escape");

  await page.goto(`${daemon.url}/sessions/${scene["Release notes 1.4"]}`);
  await more("Delete");
  await shot("delete");
  await page.keyboard.press("Escape");

  await page.goto(daemon.url);
  const card = page.getByRole("article").filter({ hasText: "git push" });
  await card.getByRole("button", { name: "With a note" }).click();
  await card.getByRole("textbox", { name: "Note" }).fill("Open a pull request instead");
  await shot("deny-with-note");
  await page.goto(`${daemon.url}/sessions`);
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to a session").waitFor();
  await shot("palette");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await shot("keys");
}

/** The daemon is killed; then the page is opened without it. */
async function photographOutage(page: Page, view: string, daemon: Daemon, scene: Scene) {
  await page.goto(`${daemon.url}/sessions`);
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  await page.goto(`${daemon.url}/sessions/${scene["Explain the billing module"]}?tab=terminal`);
  await page
    .getByText(/Without that script/)
    .first()
    .waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page
    .getByText(/Without that script/)
    .first()
    .waitFor();
  await daemon.kill();
  await page.getByText("The daemon does not answer.").waitFor();
  await photograph(page, "daemon-away", view);
  await page.goto(`${daemon.url}/sessions`);
  await page.getByText(/This is the last known state/).waitFor();
  await photograph(page, "opened-without-daemon", view);
  await daemon.start();
}

async function photograph(page: Page, name: string, view: string): Promise<void> {
  mkdirSync(join(PICTURES, view), { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  const waits = page.getByText(/^Loading/);
  if (await waits.count()) await waits.first().waitFor({ state: "detached" });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(sideways, `${name}, ${view}: wider than the screen`).toBe(false);
  await page.screenshot({ path: join(PICTURES, view, `${name}.png`) });
}
