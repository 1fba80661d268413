import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { Agents } from "./agents";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

let agents: Agents;
beforeAll(async () => {
  agents = await Agents.start();
});
afterAll(() => agents?.stop());

interface Agent {
  name: string;
  /** How the model is told to run a command of which the agent asks. */
  run: string;
  /** How long it takes by itself from a yes to the command, in milliseconds. */
  running: number;
  model?: string;
}

const AGENTS: Agent[] = [
  { name: "CodePiper demo agent", run: "RUN", running: 0 },
  { name: "Claude Code", run: "RUN", running: 2000 },
  // In its sandbox Codex asks nobody.
  { name: "Codex", run: "ESCALATE", running: 2000, model: "fake-codex" },
];
const SIZES = [
  ["desktop", DESKTOP, PHONE],
  ["phone", PHONE, DESKTOP],
] as const;

test.each(AGENTS.flatMap((agent) => SIZES.map((sizes) => [agent.name, ...sizes, agent] as const)))(
  "%s is told on the %s, and answered from afar; it is stopped, and goes on, and so it does without a daemon",
  async (name, size, options, afar, { run, running, model }) => {
    const daemon = await startDaemon((daemon) => agents.furnish(daemon));
    const mia = await person(options, `${name}-${size}`);
    const ben = await person(afar, `${name}-${size}-afar`);
    const { page } = mia;
    await page.goto(daemon.url);
    const [code = ""] = await mia.signInFirst(daemon);
    await ben.page.goto(daemon.url);
    await ben.signInWith(daemon, code);
    await ben.sees("Nobody waits for you");

    await page.getByRole("button", { name: "New session" }).first().click();
    await page.getByLabel("What should it do?").fill("SAY: glad to be here");
    await page.getByText(name, { exact: true }).click();
    await page.getByLabel("Directory", { exact: true }).fill(daemon.work);
    await page.getByText("No git repository").waitFor();
    await page.getByLabel("Paid by").selectOption("api");
    if (model) await page.getByLabel("Model").fill(model);
    await page.getByRole("button", { name: "Start" }).click();
    await page.waitForURL(/\/sessions\//);
    await mia.terminalShows(/[●•⏺] glad to be here/, 30_000);

    await mia.prompt(`${run}: touch made\nSAY: it is made`);
    await mia.request("touch made").waitFor();
    await mia.picture("asks");
    await ben.picture("asks");
    const allow = ben.request("touch made").getByRole("button", { name: "Allow" });
    await allow.click();
    const answered = Date.now();
    await Promise.all([
      mia.sees(/Allowed by owner, dashboard/, 1000),
      expect
        .poll(() => existsSync(join(daemon.work, "made")), { timeout: 5000, interval: 5 })
        .toBe(true),
    ]);
    // The agent had the answer before it could run the command, which takes the real ones a while.
    expect(Date.now() - answered).toBeLessThan(running + 1000);
    await mia.terminalShows(/[●•⏺] it is made/);

    await mia.prompt(`${run}: touch denied`);
    const request = ben.request("touch denied");
    await request.getByRole("button", { name: "With a note" }).click();
    await request.getByRole("textbox", { name: "Note" }).fill("use a branch");
    await request.getByRole("button", { name: "Deny" }).click();
    await mia.sees(/Denied by owner, dashboard: “use a branch”/, 1000);
    await mia.terminalShows(/use a branch/);
    expect(existsSync(join(daemon.work, "denied"))).toBe(false);

    await mia.choose("Stop");
    await mia.sees(/It is over: stopped/);
    await mia.picture("stopped");
    await page.getByRole("button", { name: "Resume" }).click();
    await mia.prompt("SAY: back again");
    await mia.terminalShows(/[●•⏺] back again/, 30_000);
    await mia.picture("resumed");
    expect([...mia.complaints, ...ben.complaints]).toEqual([]);

    await daemon.kill();
    await mia.sees("The daemon does not answer.");
    await daemon.start();
    await page.getByText(/This is the last known state/).waitFor({ state: "detached" });
    await mia.terminalShows(/[●•⏺] back again/);
    await mia.prompt("SAY: nothing was lost");
    await mia.terminalShows(/[●•⏺] nothing was lost/);
  },
);
