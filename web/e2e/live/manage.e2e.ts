import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "a directory is looked for; the session is renamed, interrupted, copied, killed and deleted: %s",
  async (view, options) => {
    const daemon = await startDaemon();
    mkdirSync(join(daemon.home, "shop/.git"), { recursive: true });
    writeFileSync(join(daemon.home, "shop/.git/HEAD"), "ref: refs/heads/fix/login\n");
    await daemon.run("policy-set", "ready", "read-only", "--apply");
    const mia = await person(options, view);
    const { page } = mia;
    await page.goto(daemon.url);
    await mia.signInFirst(daemon);

    await page.getByRole("button", { name: "New session" }).first().click();
    await page.getByRole("button", { name: "Browse" }).click();
    await page.getByRole("button", { name: /^shop/ }).click();
    await mia.sees("Git, on fix/login");
    await page.getByLabel(/^Read-only/).check();
    await page.getByLabel("What should it do?").fill("SAY: it begins");
    await mia.picture("browse");
    await page.getByRole("button", { name: "Start" }).click();
    // What a set allows is not asked about, so that a stolen cookie gives none.
    await page.getByLabel("Password, or a code of your authenticator").fill(daemon.password());
    await page.getByRole("button", { name: "Confirm" }).click();
    await mia.terminalShows(/● it begins/);
    await mia.choose("Policy sets");
    expect(await page.getByLabel(/^Read-only/).isChecked()).toBe(true);
    await page.getByLabel(/^Read-only/).click();
    const taken = async () => (await daemon.json("policy-set", "list")).policySets[0].sessionCount;
    await expect.poll(taken).toBe(0);
    await expect.poll(() => page.getByLabel(/^Read-only/).isChecked()).toBe(false);
    await page.keyboard.press("Escape");

    await page.getByTitle("Rename").click();
    await page.getByLabel("Name of the session").fill("The login");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The login" }).waitFor();

    await mia.prompt("SLOW: 900000");
    await mia.terminalShows(/Working/);
    await mia.choose("Interrupt");
    await mia.sees(/^Ready/);
    await mia.choose("Fork the conversation");
    await page.getByRole("heading", { name: "shop" }).waitFor();
    await mia.terminalShows(/CodePiper demo agent/);

    await mia.prompt("SLOW: 900000");
    await mia.terminalShows(/Working/);
    await mia.prompt("SAY: never", "Queue");
    await page.getByRole("list", { name: "Prompts that wait" }).getByText("SAY: never").waitFor();
    await mia.choose("Kill");
    await mia.sees("the turn that it is in the middle of");
    await mia.sees("1 prompt that waits: “SAY: never”");
    await mia.picture("kill");
    await page.getByRole("button", { name: "Kill it" }).click();
    await mia.sees("It is over: killed");
    await mia.choose("Delete");
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.waitForURL(`${daemon.url}/`);
    const { sessions } = await daemon.json("sessions");
    expect(sessions.map((session: { name: string }) => session.name)).toEqual(["The login"]);
    expect(sessions[0].branch).toBe("fix/login");
    expect(mia.complaints).toEqual([]);
  },
);
