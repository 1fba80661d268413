import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { deliver, press, shown } from "../notify";
import { Agents } from "./agents";
import type { Daemon } from "./daemon";
import { PushService } from "./push-service";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

let agents: Agents;
let push: PushService;
beforeAll(async () => {
  agents = await Agents.start();
  push = await PushService.start();
});
afterAll(() => {
  agents?.stop();
  push?.stop();
});

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

const AGENTS = [
  { id: "claude-code", name: "Claude Code", run: "RUN" },
  { id: "codex", name: "Codex", run: "ESCALATE", model: "fake-codex" },
] as const;
/** On a machine that is busy. */
const SOON = { timeout: 10_000 };

const SIZES = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
] as const;

/** A repository with one commit, and a file for worktrees that is in none. */
function shop(daemon: Daemon): string {
  const dir = join(daemon.work, "shop");
  mkdirSync(dir);
  writeFileSync(join(dir, "cart.txt"), "one\ntwo\nthree\n");
  writeFileSync(join(dir, ".gitignore"), ".env.local\n");
  writeFileSync(join(dir, ".worktreeinclude"), ".env.local\n");
  writeFileSync(join(dir, ".env.local"), "PORT=1\n");
  writeFileSync(
    join(daemon.home, ".gitconfig"),
    "[user]\nname = Mia\nemail = mia@example.org\n[init]\ndefaultBranch = main\n",
  );
  const git = (...args: string[]) => execFileSync("git", args, { cwd: dir, env: daemon.env });
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  return dir;
}

test.each(AGENTS.flatMap((agent) => SIZES.map((size) => [agent.name, ...size, agent] as const)))(
  "a day with %s (%s): workspace, worktree, secrets, a picture, leave by push, comments, a commit",
  async (_name, size, options, agent) => {
    const daemon = await startDaemon((daemon) => agents.furnish(daemon));
    const dir = shop(daemon);
    const mia = await person(options, `day-${agent.id}-${size}`);
    const { page, context } = mia;
    await context.grantPermissions(["notifications"], { origin: daemon.url });
    await page.goto(daemon.url);
    await mia.signInFirst(daemon);
    await page.goto(`${daemon.url}/settings`);
    await page.getByRole("button", { name: "New env set" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("staging");
    await dialog.getByLabel("Another variable").fill("TOKEN");
    await dialog.getByLabel("Its value").fill("the-secret-of-staging");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    // What a browser with a push service of its own says.
    const subscribed = await page.evaluate(
      (subscription) =>
        fetch("/api/notifications/push/subscriptions", {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(subscription),
        }).then(({ status }) => status),
      push.subscription(),
    );
    expect(subscribed).toBe(200);
    await page.getByRole("checkbox", { name: "Turn done: Push" }).uncheck();
    await mia.picture("settings");

    await page.goto(`${daemon.url}/workspaces`);
    await page.getByRole("button", { name: "New workspace" }).click();
    await dialog.getByLabel("Name").fill("The shop");
    await dialog.getByLabel("Directory").fill(dir);
    await dialog.getByLabel("Agent").selectOption(agent.id);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await mia.picture("workspaces");

    await page.goto(`${daemon.url}/?new=true`);
    await dialog.getByLabel("Workspace").selectOption("The shop");
    await dialog.getByLabel("Paid by").selectOption("api");
    if ("model" in agent) await dialog.getByLabel("Model").fill(agent.model);
    await dialog.getByLabel("staging").check();
    await dialog.getByLabel("In a git worktree of its own").check();
    await dialog.getByLabel("Branch").fill("fix/cart");
    await mia.picture("new-session");
    await dialog.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForURL(/\/sessions\//);
    const [, id = ""] = /sessions\/([^?]+)/.exec(page.url()) ?? [];
    const { sessions } = await daemon.json("sessions");
    const session = sessions.find((session: { id: string }) => session.id === id);
    expect(session.cwd).not.toBe(dir);
    expect(readFileSync(join(session.cwd, ".env.local"), "utf8")).toBe("PORT=1\n");

    const pictures = page.getByLabel("Pictures for the prompt");
    await pictures.setInputFiles({ name: "mock-up.png", mimeType: "image/png", buffer: PNG });
    await page.getByRole("img", { name: "mock-up.png" }).waitFor();
    await mia.prompt("SAY: a small picture");
    await mia.terminalShows(/SAY: a small picture/, 30_000);
    await expect.poll(() => agents.saw("SAY: a small picture"), SOON).toMatch(/image\/png/);
    await mia.sees(/^Ready/);

    await mia.prompt(`${agent.run}: touch done\nSAY: it is done`);
    // Not where it would be seen.
    await page.goto(`${daemon.url}/settings`);
    const asked = await push.message("Permission needed");
    expect(asked.body).toContain("touch done");
    expect(asked.sessionId).toBe(id);
    await deliver(context, page, daemon.url, { ...asked, requestHash: "sha256:another" });
    await expect.poll(() => shown(page), SOON).toEqual(["Permission needed:allow,deny"]);
    await press(context, "Permission needed", "allow");
    await expect.poll(() => shown(page), SOON).toEqual(["Not answered:"]);
    expect(existsSync(join(session.cwd, "done"))).toBe(false);
    await deliver(context, page, daemon.url, asked);
    await expect.poll(() => shown(page), SOON).toContain("Permission needed:allow,deny");
    await press(context, "Permission needed", "allow");
    await expect.poll(() => existsSync(join(session.cwd, "done")), SOON).toBe(true);
    expect(JSON.stringify(await daemon.json("audit", "entries"))).toContain('"push"');

    await page.goto(`${daemon.url}/sessions/${id}?tab=terminal`);
    await mia.terminalShows(/[●•⏺] it is done/, 30_000);
    writeFileSync(join(session.cwd, "cart.txt"), "one\n2\nthree\n");
    await page.getByRole("link", { name: "Changes" }).click();
    await page.getByRole("button", { name: /cart\.txt.*changed/ }).click();
    await page.getByRole("button", { name: "Comment on line 2", exact: true }).click();
    await page.getByLabel("Comment on cart.txt, line 2").fill("Write it as a word.");
    await page.getByRole("button", { name: "Keep" }).click();
    await mia.picture("changes");
    await page.getByRole("button", { name: "Send 1 comment" }).click();
    await expect.poll(() => agents.saw("Write it as a word."), SOON).toMatch(/> 2/);

    await page.getByRole("button", { name: "Stage cart.txt" }).click();
    const staged = page.getByRole("region", { name: "Staged" });
    await staged.getByLabel("Message of the commit").fill("Count in digits");
    await staged.getByRole("button", { name: "Commit 1 file" }).click();
    const log = () =>
      execFileSync("git", ["log", "--oneline", "fix/cart"], { cwd: dir }).toString();
    await expect.poll(log, SOON).toContain("Count in digits");

    await mia.choose("Stop");
    await page.getByRole("link", { name: "Terminal", exact: true }).click();
    await mia.sees(/It is over: stopped/);
    await page.goto(`${daemon.url}/workspaces`);
    await page.getByRole("button", { name: "Finish fix/cart" }).click();
    expect(await dialog.getByRole("button", { name: "Merge and remove" }).isDisabled()).toBe(true);
    await mia.picture("finish");
    await page.keyboard.press("Escape");
    expect(readFileSync(join(session.cwd, "cart.txt"), "utf8")).toBe("one\n2\nthree\n");
    await page.goto(daemon.url);
    await mia.picture("inbox");
    const told = [...mia.complaints].filter((text) => !/status of 409 .*\/answer/.test(text));
    expect(told).toEqual([]);
  },
);
