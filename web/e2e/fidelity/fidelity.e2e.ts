import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import type { Daemon } from "../live/daemon";
import type { Person } from "../live/person";
import { stage } from "../live/stage";
import { captured, differences, type Picture } from "./picture";
import { StandIn } from "./stand-in";
import { recorded, written } from "./streams";
import { Viewer } from "./viewer";

const { daemon: startDaemon, person } = stage();
const IS_SOAK = Boolean(process.env.CODEPIPER_SOAK);
const DRAWN_MS = 5000;
/** Leaves the other screen, which tmux does not do at a reset. */
const RESET = "\x1b[?1049l\x1bc\x1b[3J";

/** What tmux shows. */
async function shown({ attach }: StandIn, env: Record<string, string>): Promise<Picture> {
  const [program = "", flag = "", socket = ""] = attach;
  const cursor = ["display-message", "-p", "-t", "%0", "#{cursor_x},#{cursor_y}"];
  const command = [...cursor, ";", "capture-pane", "-p", "-e", "-N", "-t", "%0"];
  const options = { env, timeout: 10_000 };
  const { stdout } = await promisify(execFile)(program, [flag, socket, ...command], options);
  const [place = "", ...rows] = stdout.replace(/\n$/, "").split("\n");
  return { rows: captured(rows.join("\n")), cursor: place };
}

/** What differs once there was time to draw it. */
async function differs(viewer: Viewer, standIn: StandIn, env: Record<string, string>) {
  const deadline = Date.now() + DRAWN_MS;
  for (;;) {
    const found = differences(await viewer.picture(), await shown(standIn, env));
    if (found.length === 0 || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function opened(): Promise<{
  daemon: Daemon;
  standIn: StandIn;
  desk: Person;
  codes: string[];
}> {
  const daemon = await startDaemon(StandIn.furnish);
  const standIn = await StandIn.start(daemon);
  onTestFinished(() => standIn.close());
  const desk = await person(DESKTOP, "fidelity");
  await desk.page.goto(`${daemon.url}/sessions/${standIn.id}`);
  const codes = await desk.signInFirst(daemon);
  return { daemon, standIn, desk, codes };
}

test("what programs write looks as in tmux: at once, over a break, and opened in the middle", async () => {
  const { daemon, standIn, desk } = await opened();
  const viewer = new Viewer(desk.page);
  const sockets: { close(): Promise<void> }[] = [];
  await desk.page.routeWebSocket(/terminal\/stream/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await viewer.opens(`${daemon.url}/sessions/${standIn.id}`);
  const problems: string[] = [];
  for (const [number, { name, cols, rows, bytes }] of [...written(), ...recorded()].entries()) {
    const note = async (when: string) => {
      const found = await differs(viewer, standIn, daemon.env);
      problems.push(...found.slice(0, 3).map((what) => `${name}, ${when}: ${what}`));
    };
    const half = bytes.length / 2;
    await standIn.writes(RESET);
    await viewer.holds(cols, rows);
    await standIn.writes(bytes.subarray(0, half), false);
    await note("half of it");
    // Where it is cut, is in the middle of whatever stands there.
    const reloads = IS_SOAK || number % 2 === 0;
    if (reloads) await viewer.reloads();
    else await sockets.at(-1)?.close();
    await standIn.writes(bytes.subarray(half));
    await note(reloads ? "opened in the middle" : "over a break");
    if (!IS_SOAK) continue;
    const live = await viewer.picture();
    await viewer.reloads();
    await note("opened at the end");
    // The ground behind a text as well, except where it was only erased, which tmux does not tell.
    if (name !== "a ground that is erased")
      expect((await viewer.picture()).rows, name).toEqual(live.rows);
    await standIn.writes(RESET);
    await standIn.writes(bytes.subarray(0, half), false);
    await note("half of it again");
    await sockets.at(-1)?.close();
    await standIn.writes(bytes.subarray(half));
    await note("over a break");
  }
  expect(problems).toEqual([]);
});

test("two viewers of different size see the same, and the size follows the one that is active", async () => {
  const { daemon, standIn, desk, codes } = await opened();
  const url = `${daemon.url}/sessions/${standIn.id}?tab=terminal`;
  const pocket = await person(PHONE, "fidelity-phone");
  await pocket.page.goto(url);
  await pocket.signInWith(daemon, codes[0] ?? "");
  const viewers = [new Viewer(desk.page), new Viewer(pocket.page)] as const;
  for (const viewer of viewers) await viewer.opens(url);
  const [large, small] = viewers;
  const vim = recorded().find(({ name }) => name === "vim");
  const size = () => large.size();
  const areSame = async () => {
    for (const viewer of viewers) expect(await differs(viewer, standIn, daemon.env)).toEqual([]);
  };

  await large.fits();
  await standIn.writes(vim?.bytes ?? "");
  await areSame();
  const whole = await size();
  await pocket.sees("Larger than its room here");
  await pocket.picture("small");
  await small.fits();
  await expect.poll(size).not.toBe(whole);
  await standIn.writes(`${RESET}${vim?.bytes}`);
  await areSame();

  await large.fits();
  await expect.poll(size).toBe(whole);
  await desk.page.getByRole("button", { name: "View of the terminal" }).click();
  await desk.page.getByRole("menuitem", { name: /Keep this size for everyone/ }).click();
  await pocket.sees(`Kept at ${whole} for everyone`);
  await pocket.picture("kept");
  await pocket.page.getByRole("button", { name: "Let it go" }).click();
  await expect.poll(size).not.toBe(whole);
  await areSame();
});
