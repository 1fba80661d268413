import { mkdirSync } from "node:fs";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { DESKTOP, idOf, launch, mockDaemon, open, PHONE } from "./browser";

/** Where the pictures are kept, to be looked at. */
const PICTURES = `${import.meta.dirname}/../../target/screenshots/mock`;

let browser: Browser;
let mock: Mock;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await launch();
  mock = await mockDaemon();
  mock.world.workflows.ask("Ship it? Really?");
});
afterAll(async () => {
  await browser?.close();
  await mock?.stop();
});

const session = (name: string, tab?: string) => () =>
  `/sessions/${idOf(mock, name)}${tab ? `?tab=${tab}` : ""}`;

/** An execution of the workflow, the latest first. */
const executionAt = (at: number) =>
  `/workflows/executions/${mock.world.workflows.runs[at]?.execution.id}`;

const PAGES: [name: string, path: () => string, shows: RegExp, signedIn?: false][] = [
  ["sign-in", () => "/", /Password/, false],
  ["inbox", () => "/", /npm test && git push/],
  ["sessions", () => "/sessions", /Waiting for you/],
  ["new-session", () => "/?new=true", /What should it do/],
  ["settings", () => "/settings", /Change password/],
  ["workflows", () => "/workflows", /Ship the fix/],
  ["workspaces", () => "/workspaces", /feature-cart/],
  ["workflow", () => "/workflows/ship-the-fix", /At the end, whatever/],
  ["definition", () => "/workflows/ship-the-fix?tab=definition", /Nothing is wrong/],
  ["history", () => "/workflows/ship-the-fix?tab=history", /3 of 214/],
  ["new-workflow", () => "/new-workflow?template=parallel-research", /Nothing is wrong/],
  ["execution", () => executionAt(0), /Really/],
  ["execution-failed", () => executionAt(1), /3 of 214/],
  ["execution-done", () => executionAt(2), /Two files were changed/],
  ["session", session("dotfiles", "terminal"), /Tell the agent/],
  ["asking", session("Fix the login redirect"), /wants to run a command/],
  ["working", session("Explain the billing module"), /Then list the three/],
  ["dangerous", session("Try the new linter"), /Tell the agent/],
  ["ended", session("Release notes 1.4"), /It is over/],
  ["failed", session("Migrate to Postgres 17"), /stream disconnected/],
  ["events", session("Fix the login redirect", "events"), /ApprovalRequested/],
  ["activity", session("Explain the billing module", "activity"), /Denied by rule/],
  ["conversation", session("Explain the billing module", "conversation"), /npm test -- billing/],
  ["conversation-empty", session("Try the new linter", "conversation"), /Nothing was said yet/],
  ["search", () => "/search?text=total", /is called in/],
  ["search-nothing", () => "/search?text=unicorn", /Nothing was found/],
  ["analytics", () => "/analytics?range=30d", /claude-opus-4-6/],
  ["analytics-today", () => "/analytics?range=today", /Tokens by hour/],
  ["analytics-empty", () => "/analytics?range=2020-01-01..2020-01-02", /No tool was used/],
  ["no-session", () => "/sessions/nothing", /no such session/],
];

const VIEWS = [
  ["desktop-light", { ...DESKTOP, colorScheme: "light" }],
  ["desktop-dark", { ...DESKTOP, colorScheme: "dark" }],
  ["phone-light", { ...PHONE, colorScheme: "light" }],
  ["phone-dark", { ...PHONE, colorScheme: "dark" }],
] as const;

test.each(VIEWS)(
  "every page opens, complains of nothing and can be used by everybody: %s",
  async (view, options) => {
    const problems: string[] = [];
    for (const [name, path, shows, signedIn = true] of PAGES) {
      const { context, page, complaints } = await open(
        browser,
        mock,
        { ...options, reducedMotion: "reduce" },
        { signedIn },
      );
      await page.goto(mock.url + path());
      await page
        .waitForFunction(
          (source) => {
            const typed = [...document.querySelectorAll("textarea, input")].map((e) =>
              e.getAttribute("placeholder"),
            );
            return new RegExp(source).test(document.body.textContent + typed.join("\n"));
          },
          shows.source,
          { timeout: 10_000 },
        )
        .catch(() => problems.push(`${name}: does not show ${shows}`));
      if (await page.locator(".xterm").count()) {
        await page.locator(".xterm-screen").waitFor();
        // What the daemon sends at first is drawn.
        await page.waitForLoadState("networkidle");
      }
      const waits = page.getByText(/^Loading/);
      if (await waits.count()) await waits.first().waitFor({ state: "detached" });
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${PICTURES}/${name}-${view}.png` });

      // The colours in a terminal are the agent's.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() =>
        window.axe.run({ exclude: [[".xterm-rows"]] }, { resultTypes: ["violations"] }),
      );
      const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
      for (const v of grave)
        problems.push(`${name}: ${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (sideways) problems.push(`${name}: is wider than the screen`);
      problems.push(...complaints.map((complaint) => `${name}: ${complaint}`));
      await context.close();
    }
    expect(problems).toEqual([]);
  },
  // On a busy machine each page takes seconds.
  240_000,
);

test("on a phone everything that is pressed has 44 pixels", async () => {
  const { context, page } = await open(browser, mock, PHONE);
  const small: string[] = [];
  for (const path of [
    ...["/", "/sessions", "/?new=true", session("dotfiles")(), "/analytics", "/settings"],
    ...[
      "/search?text=total",
      "/workflows",
      "/workflows/ship-the-fix",
      "/workspaces",
      executionAt(0),
    ],
    session("Explain the billing module", "conversation")(),
  ]) {
    await page.goto(mock.url + path);
    await page.locator("main button, main a").first().waitFor();
    const found = await page.evaluate(() =>
      [...document.querySelectorAll("button, a, select, input")]
        .map((element) => ({
          element: element.closest("label") ?? element,
          name: element.outerHTML.slice(0, 120),
        }))
        .filter(({ element }) => {
          const { width, height } = element.getBoundingClientRect();
          const inText = getComputedStyle(element).display === "inline";
          return width > 1 && height > 1 && !inText && (height < 43.5 || width < 43.5);
        })
        .map(({ name }) => name),
    );
    small.push(...found.map((name) => `${path}: ${name}`));
  }
  await context.close();
  expect(small).toEqual([]);
});
