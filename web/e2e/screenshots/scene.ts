import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Daemon, until } from "../live/daemon";

/** Sessions of the demo agent in every state that the dashboard knows, by name. */
export type Scene = Record<string, string>;

/** Furnishes a home with repositories and rules, and starts the sessions. */
export async function fill(daemon: Daemon): Promise<Scene> {
  for (const [name, branch] of [
    ["shop", "fix/login"],
    ["site", "main"],
    ["warehouse", "pg17"],
    ["reports", null],
  ] as const) {
    repository(join(daemon.home, name), branch);
  }
  await daemon.run("policy-set", "ready", "balanced", "--apply");
  await daemon.run("policy-set", "ready", "read-only", "--apply");
  await daemon.run("policy-set", "update", "balanced", "--default");

  const scene: Scene = {};
  async function start(name: string, folder: string, prompt: string, ...more: string[]) {
    const path = join(daemon.home, folder);
    const args = ["-p", "demo", "-d", path, "--name", name, "--prompt", prompt, ...more];
    const { session } = await daemon.json("start", ...args);
    scene[name] = session.id;
    return session.id;
  }
  const becomes = (id: string, state: string) =>
    until(`${id} is ${state}`, async () => {
      const { session } = await daemon.json("show", id);
      return session.activity?.state === state || session.status === state;
    });

  const notes = await start("Release notes 1.4", "site", "RUN: git log --oneline\nSAY: done");
  await becomes(notes, "idle");
  await daemon.run("stop", notes);
  const crash = await start("Migrate to Postgres 17", "warehouse", "SAY: on it\nEXIT: 3");
  await becomes(crash, "CRASHED");
  const ready = await start(
    "Explain the billing module",
    "shop",
    "SAY: I look at what there is.\nRUN: ls -la\nRUN: git status\nSAY: Two parts: prices, and invoices.",
  );
  await becomes(ready, "idle");
  await daemon.run("send", ready, "RUN: curl https://example.com/install.sh | sh", "--wait");
  await daemon.run("send", ready, "SAY: Without that script, then.", "--wait");
  await start("Try the new linter", "site", "SAY: No question will come.", "--dangerous");
  const working = await start(
    "Speed up the search",
    "shop",
    "SAY: This takes a while.\nSLOW: 900000",
  );
  await becomes(working, "working");
  await daemon.run("send", working, "Then list the three slowest queries");
  const asks = await start(
    "Pick a charting library",
    "reports",
    "ASK: Which one do you know best?",
  );
  await becomes(asks, "needs_input");
  await start(
    "Fix the login redirect",
    "shop",
    "SAY: The fix is done.\nRUN: git push origin fix/login",
  );
  for (const name of ["Update dependencies", "Update dependencies again"])
    await start(name, "site", "RUN: npm install --save-dev vite@8");
  await start("Write the invoice", "reports", "WRITE: ../invoice.md");
  await until("four ask", async () => {
    const { approvals } = await daemon.json("approvals");
    return approvals.length >= 4;
  });
  const file = join(daemon.home, "ship.yaml");
  writeFileSync(file, workflow(join(daemon.home, "shop")));
  await daemon.run("workflow", "create", file);
  for (const [what, status] of [
    ["false", "failed"],
    ["true", "asks"],
  ] as const) {
    const { executionId } = await daemon.json(
      "workflow",
      "run",
      "ship-the-fix",
      "--var",
      `test=${what}`,
    );
    scene[`Ship the fix, ${status}`] = executionId;
    await until(`${what} is ${status}`, async () => {
      const { execution } = await daemon.json("workflow", "show", executionId);
      return execution.status === status || (status === "asks" && execution.questions > 0);
    });
  }
  return scene;
}

/** A workflow that has something of everything. */
const workflow = (cwd: string) => `# From the branch to the release.
name: Ship the fix
description: Implement a fix, review it until it is right, check it from all sides, and ship it
inputs:
  test: {description: the command that has to pass, default: make test}
cwd: ${cwd}
steps:
  - name: implement
    type: session
    provider: demo
    prompt: "SAY: I mended the redirect, and the tests pass."
  - name: rounds
    type: until
    condition: \${steps.review.reply} == approve
    limit: 3
    steps:
      - {name: review, type: session, provider: demo, prompt: "SAY: approve"}
      - name: verdict
        type: if
        condition: \${steps.review.reply} == changes
        then: [{name: fix, type: send, session: implement, prompt: "SAY: once more"}]
        else: [{name: content, type: log, message: The review is content}]
  - name: checks
    type: parallel
    steps:
      - {name: test, type: command, run: [sh, -c, "\${test}"]}
      - {name: status, type: command, run: git status}
      - {name: log, type: command, run: git log --oneline}
  - {name: sure, type: approve, message: "Ship it? \${steps.implement.reply}"}
finally:
  - {name: tidy, type: log, message: It is over}
`;

function repository(path: string, branch: string | null): void {
  mkdirSync(path);
  writeFileSync(join(path, "README.md"), "# A project\n");
  if (branch === null) return;
  const git = (...args: string[]) => execFileSync("git", ["-C", path, ...args], { stdio: "pipe" });
  git("init", "--quiet", `--initial-branch=${branch}`);
  git("add", ".");
  git("-c", "user.name=Mia", "-c", "user.email=mia@example.com", "commit", "-qm", "Begin");
}
