import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "from the first password to a session that was stopped and goes on: %s",
  async (view, options) => {
    const daemon = await startDaemon();
    const mia = await person(options, view);
    const { page } = mia;
    await page.goto(daemon.url);
    await mia.signInFirst(daemon);
    await page.waitForURL(`${daemon.url}/`);
    await mia.sees("Nobody waits for you");
    await mia.picture("inbox");

    await page.getByRole("button", { name: "New session" }).first().click();
    await page.getByLabel("What should it do?").fill("SAY: here I am");
    await page.getByText("CodePiper demo agent").click();
    await page.getByLabel("Directory", { exact: true }).fill(daemon.work);
    await mia.picture("new-session");
    await page.getByRole("button", { name: "Start" }).click();
    await page.waitForURL(/\/sessions\//);
    await mia.terminalShows(/● here I am/);
    await mia.picture("first-reply");

    await mia.prompt("RUN: touch allowed");
    await mia.request("touch allowed").getByRole("button", { name: "Allow" }).click();
    await expect.poll(() => existsSync(join(daemon.work, "allowed"))).toBe(true);
    await mia.sees("Allowed by owner, dashboard");

    await mia.prompt("RUN: touch denied");
    const request = mia.request("touch denied");
    await request.getByRole("button", { name: "With a note" }).click();
    await request.getByRole("textbox", { name: "Note" }).fill("use a branch");
    await mia.picture("deny");
    // The one that was settled just before is still there.
    expect(await isInReach(request.getByRole("button", { name: "Deny" }))).toBe(true);
    await request.getByRole("button", { name: "Deny" }).click();
    await mia.sees("Denied by owner, dashboard: “use a branch”");
    await mia.terminalShows(/use a branch/);
    expect(existsSync(join(daemon.work, "denied"))).toBe(false);

    await mia.choose("Stop");
    await mia.sees(/It is over: stopped/);
    await mia.sees(/use a branch/);
    await mia.picture("stopped");
    await page.getByRole("button", { name: "Resume" }).click();
    await mia.prompt("SAY: back again");
    await mia.terminalShows(/● back again/);
    await mia.picture("resumed");
    expect(mia.complaints).toEqual([]);
  },
);

/** Whether a press would meet it without scrolling. */
function isInReach(button: Locator): Promise<boolean> {
  return button.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
}
