import { expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "a daemon that is killed is missed, and what goes on after it is seen: %s",
  async (view, options) => {
    const daemon = await startDaemon();
    const { session } = await daemon.json("start", "-p", "demo", "--prompt", "SAY: before it");
    const mia = await person(options, view);
    const { page } = mia;
    await page.goto(`${daemon.url}/sessions/${session.id}?tab=terminal`);
    await mia.signInFirst(daemon);
    await mia.terminalShows(/● before it/);

    await daemon.kill();
    await mia.sees("The daemon does not answer.");
    await mia.sees(/what you type is not sent/);
    await page.locator(".xterm-helper-textarea").focus();
    await page.keyboard.type("x");
    await mia.sees("Not connected: the key was not sent.");
    await mia.prompt("SAY: kept meanwhile");
    await page.getByRole("alert").filter({ hasText: "The daemon does not answer" }).waitFor();
    await mia.picture("daemon-away");

    await daemon.start();
    await page.getByText(/what you type is not sent/).waitFor({ state: "detached" });
    await page.getByText(/This is the last known state/).waitFor({ state: "detached" });
    await mia.terminalShows(/● before it/);
    await page.getByRole("button", { name: "Send" }).click();
    await mia.terminalShows(/● kept meanwhile/);
    await page.locator(".xterm-helper-textarea").focus();
    await page.keyboard.type("SAY: typed after it");
    await page.keyboard.press("Enter");
    await mia.terminalShows(/● typed after it/);
    const screen = await daemon.run("tail", session.id);
    expect(screen.match(/● before it/g)).toHaveLength(1);
    expect(screen.match(/● kept meanwhile/g)).toHaveLength(1);
    expect(screen).not.toContain("xSAY");
    await mia.picture("daemon-back");
  },
);
