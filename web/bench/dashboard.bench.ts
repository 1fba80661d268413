import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { DESKTOP } from "../e2e/browser";
import { StandIn } from "../e2e/fidelity/stand-in";
import { Viewer } from "../e2e/fidelity/viewer";
import { Daemon } from "../e2e/live/daemon";
import { Person } from "../e2e/live/person";
import { echoes, listen } from "./echo";
import { both, percentile, Table } from "./table";
import { Ttyd } from "./ttyd";

const ROUNDS = 4;
const KEYS = 50;
const FLOOD = 10_000_000;
const VIEWERS = 20;
const WATCHED_S = Number(process.env.CODEPIPER_BENCH_SECONDS ?? 30);

const table = new Table();
const daemon = new Daemon();
let browser: Browser;
let mia: Person;
let standIn: StandIn;
let place: string;

beforeAll(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  StandIn.furnish(daemon);
  await daemon.start();
  standIn = await StandIn.start(daemon);
  place = `${daemon.url}/sessions/${standIn.id}`;
  mia = await Person.open(browser, DESKTOP, "bench");
  await mia.page.goto(place);
  await mia.signInFirst(daemon);
});

afterAll(async () => {
  standIn?.close();
  await browser?.close();
  await daemon.remove();
  const load = loadavg()[0]?.toFixed(1);
  console.log(`\nChromium ${browser?.version()}, ${cpus().length} cores, load ${load}\n\n${table}`);
});

/** Our page, with its terminal to be measured. */
async function opened(page: Page): Promise<Viewer> {
  const viewer = new Viewer(page);
  await viewer.opens(place);
  await page.evaluate(() => {
    const view = window.terminalView();
    if (view) window.measured = view.screen.terminal;
  });
  await listen(page);
  return viewer;
}

test("key to painted echo", async () => {
  const ours: number[] = [];
  const theirs: number[] = [];
  const version = Ttyd.version();
  await standIn.writes("\x1bc");
  await standIn.echoes(true);
  // In turn, so that what else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    await opened(mia.page);
    await echoes(mia.page, 5);
    ours.push(...(await echoes(mia.page, KEYS)));
    await mia.page.goto("about:blank");
    if (!version) continue;
    const ttyd = await Ttyd.start(standIn.attach, daemon.env);
    await mia.page.goto(ttyd.url);
    await mia.page.waitForFunction(() => (window as unknown as { term?: unknown }).term);
    await mia.page.locator(".xterm-screen").waitFor();
    await mia.page.evaluate(() => {
      window.measured = (window as unknown as { term: Window["measured"] }).term;
    });
    await listen(mia.page);
    await echoes(mia.page, 5);
    theirs.push(...(await echoes(mia.page, KEYS)));
    await mia.page.goto("about:blank");
    ttyd.stop();
  }
  await standIn.echoes(false);
  const median = percentile(ours, 50);
  table.judge("key to painted echo", both(ours), "p50 under 30 ms", median < 30);
  if (!version) {
    table.note("key to painted echo, ttyd", "left out: no `ttyd` in PATH, none in TTYD");
    return;
  }
  const ratio = median / percentile(theirs, 50);
  table.note(`key to painted echo, ${version}`, both(theirs));
  table.judge("key to painted echo, ratio", ratio.toFixed(2), "at most 1.2", ratio <= 1.2);
});

test("first and repeat load", async () => {
  const state = await mia.context.storageState();
  for (const [name, url, storageState, shows] of [
    ["sign-in page", daemon.url, undefined, "input[type=password]"],
    ["session page", place, state, ".xterm-screen"],
  ] as const) {
    const context = await browser.newContext({
      ...DESKTOP,
      // What it fetches nobody counts.
      serviceWorkers: "block",
      ...(storageState && { storageState }),
    });
    for (const visit of ["first", "repeat"]) {
      const page = await context.newPage();
      const network = await context.newCDPSession(page);
      await network.send("Network.enable");
      let bytes = 0;
      network.on("Network.loadingFinished", ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      const begin = performance.now();
      await page.goto(url);
      await page.locator(shows).first().waitFor();
      const time = performance.now() - begin;
      await page.waitForLoadState("networkidle");
      table.note(
        `${name}, ${visit} load`,
        `${Math.round(bytes / 1000)} KB, ${Math.round(time)} ms`,
      );
      await page.close();
    }
    await context.close();
  }
});

test("a flood", async () => {
  await standIn.writes("\x1bc");
  const { page } = await opened(mia.page);
  await page.locator(".xterm-helper-textarea").focus();
  const begin = performance.now();
  const painted = page.waitForFunction(
    () => {
      const { active } = window.measured.buffer;
      const line = active.getLine(active.baseY + active.cursorY);
      return line?.translateToString().startsWith("the last line");
    },
    null,
    { timeout: 120_000, polling: "raf" },
  );
  let isOver = false;
  const over = painted.then(() => {
    isOver = true;
  });
  const flood = standIn.floods(FLOOD);
  const times: number[] = [];
  while (!isOver && times.length < 100) {
    await page.evaluate(() => {
      window.echo = new Promise((resolve) => {
        let begin = 0;
        const key = () => {
          begin = performance.now();
        };
        addEventListener("keydown", key, { capture: true, once: true });
        const heard = window.measured.onTitleChange(() => {
          heard.dispose();
          resolve(performance.now() - begin);
        });
      });
    });
    await page.keyboard.press("x");
    const told = page.evaluate(() => window.echo);
    const time = await Promise.race([told, over]);
    if (time !== undefined && !isOver) times.push(time);
  }
  await over;
  const took = performance.now() - begin;
  await flood;
  const megabytes = FLOOD / 1e6;
  table.note(`${megabytes} MB: until the last line is painted`, `${Math.round(took)} ms`);
  table.note(
    `${megabytes} MB: key to its answer meanwhile`,
    `${both(times)}, ${times.length} keys`,
  );
});

test("many viewers of an idle session", async () => {
  await mia.page.goto(daemon.url);
  await mia.page.evaluate(
    async ([id, count]) => {
      const url = `${location.origin.replace("http", "ws")}/api/sessions/${id}/terminal/stream`;
      const open = () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(url, "codepiper.terminal.v1");
          socket.onmessage = resolve;
          socket.onclose = reject;
        });
      await Promise.all(Array.from({ length: count }, open));
    },
    [standIn.id, VIEWERS] as const,
  );
  const { pid } = await daemon.json("daemon", "status");
  const begin = performance.now();
  const before = cpu(pid);
  await new Promise((resolve) => setTimeout(resolve, WATCHED_S * 1000));
  const share = ((cpu(pid) - before) / (performance.now() - begin)) * 100;
  const what = `${VIEWERS} viewers of an idle session, ${WATCHED_S} s: CPU of the daemon`;
  table.judge(what, `${share.toFixed(2)} % of a core`, "under 2 %", share < 2);
});

/** What a process has computed, in milliseconds. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
