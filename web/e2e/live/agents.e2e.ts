import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { Agents } from "./agents";
import type { Daemon } from "./daemon";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

let agents: Agents;
beforeAll(async () => {
  agents = await Agents.start();
});
afterAll(() => agents?.stop());

test.each([
  ["Claude Code", (daemon: Daemon) => agents.startClaude(daemon), /Claude Code/, "RUN"],
  ["Codex", (daemon: Daemon) => agents.startCodex(daemon), /OpenAI Codex/, "ESCALATE"],
])(
  "%s is told on the desktop and allowed on the phone, and both see it",
  async (name, begin, shows, run) => {
    const daemon = await startDaemon((daemon) => agents.furnish(daemon));
    const desk = await person(DESKTOP, `${name}-desktop`);
    const phone = await person(PHONE, `${name}-phone`);
    await desk.page.goto(daemon.url);
    const [code = ""] = await desk.signInFirst(daemon);
    await phone.page.goto(daemon.url);
    await phone.signInWith(daemon, code);
    await phone.sees("Nobody waits for you");

    const id = await begin(daemon);
    await desk.page.goto(`${daemon.url}/sessions/${id}`);
    await desk.terminalShows(shows);
    await desk.prompt("SAY: glad to be here");
    await desk.terminalShows(/[●•⏺] glad to be here/);
    await desk.prompt(`${run}: touch made\nSAY: it is made`);
    await desk.request("touch made").waitFor();
    await desk.picture("asks");
    await phone.picture("asks");
    await phone.request("touch made").getByRole("button", { name: "Allow" }).click();
    await desk.sees("Allowed by owner, dashboard", 1000);
    await expect.poll(() => existsSync(join(daemon.work, "made")), { timeout: 10_000 }).toBe(true);
    await desk.terminalShows(/[●•⏺] it is made/);
    await phone.page.goto(`${daemon.url}/sessions/${id}`);
    await phone.terminalShows(/[●•⏺] it is made/);
    await desk.picture("done");
    await phone.picture("done");
    expect([...desk.complaints, ...phone.complaints]).toEqual([]);
  },
);
