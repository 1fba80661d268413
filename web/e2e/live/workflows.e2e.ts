import { expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

const definition = (cwd: string) => `# Kept as it is.
name: Ship it
description: Build, ask, and ship
inputs:
  what: {description: what is shipped}
cwd: ${cwd}
steps:
  - name: build
    type: session
    provider: demo
    promt: "SAY: built \${what}"
  - name: sure
    type: approve
    message: "Ship it? \${steps.build.reply}"
  - name: ship
    type: command
    env: {WHAT: "\${what}"}
    run: echo "shipped $WHAT"
outputs:
  said: \${steps.ship.result}`;

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "a workflow is written, mended and run; one execution is approved and one cancelled: %s",
  async (view, options) => {
    const daemon = await startDaemon();
    const mia = await person(options, view);
    const { page } = mia;
    await page.goto(daemon.url);
    await mia.signInFirst(daemon);

    await page.getByRole("link", { name: "Workflows", exact: true }).click();
    await page.getByRole("link", { name: /^test-until-green/ }).waitFor();
    await mia.picture("workflows-empty");
    await page.getByRole("link", { name: /^An empty one/ }).click();
    const editor = page.getByRole("textbox", { name: "Definition" });
    await editor.fill(definition(daemon.work));
    const wrong = page.getByRole("list", { name: "What is wrong" });
    await wrong.getByText(/promt/).first().waitFor();
    await mia.picture("workflow-wrong");
    await wrong
      .getByRole("button", { name: /^Line 11, column \d+/ })
      .first()
      .click();
    // A line may go on below, on a phone.
    await page.keyboard.press("Shift+End");
    await page.keyboard.press("Shift+End");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how workflows mention
    await page.keyboard.insertText('prompt: "SAY: built ${what}"');
    await mia.sees("Nothing is wrong with it.");

    // In the step of the command a field is completed.
    await page.getByText('run: echo "shipped').click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("allow");
    await page.getByRole("option", { name: /allow_failure/ }).waitFor();
    await mia.picture("workflow-completion");
    await page.keyboard.press("Tab");
    await page.keyboard.type("t");
    // By keys the editor takes it only once it has stood there for a moment.
    await page.getByRole("option", { name: "true" }).click();
    await mia.sees("allow_failure: true");
    await mia.sees("Nothing is wrong with it.");

    await page.getByRole("button", { name: "Create" }).click();
    await page.getByLabel("Password, or a code of your authenticator").fill(daemon.password());
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("heading", { name: "Ship it" }).waitFor();
    const { workflows } = await daemon.json("workflow", "list");
    expect(workflows[0].source).toMatch(/^# Kept as it is\.\n/);
    expect(workflows[0].source).toContain("\n    allow_failure: true\noutputs:");
    await mia.picture("workflow-graph");

    async function run(what: string) {
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByLabel("what", { exact: true }).fill(what);
      await mia.picture("workflow-run");
      await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
    }
    await run("a boat");
    const question = page.getByRole("article").filter({ hasText: "Ship it? built a boat" });
    await question.waitFor({ timeout: 30_000 });
    await mia.picture("execution-asks");
    await page.getByRole("link", { name: /^Needs you/ }).click();
    await expect.poll(() => page.title()).toBe("(1) CodePiper");
    await question.waitFor();
    await mia.picture("inbox-workflow");
    await question.getByRole("button", { name: "Approve" }).click();
    await question.waitFor({ state: "detached" });
    await page.goBack();
    await page.getByText("shipped a boat").first().waitFor();
    await expect
      .poll(() =>
        page
          .getByRole("listitem")
          .filter({ hasText: /ship.*done/ })
          .count(),
      )
      .toBeGreaterThan(0);
    await mia.picture("execution-done");

    await page.getByRole("button", { name: "Run again" }).click();
    await page.getByLabel("what", { exact: true }).fill("a car");
    await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
    await page
      .getByRole("article")
      .filter({ hasText: "Ship it? built a car" })
      .waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel it" }).click();
    await mia.sees("cancelled");
    await page.getByRole("button", { name: "Retry" }).waitFor();
    await mia.picture("execution-cancelled");

    await page.getByRole("link", { name: "The workflow" }).click();
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("link", { name: /done.*what: a boat/s }).waitFor();
    await page.getByRole("link", { name: /cancelled.*what: a car/s }).waitFor();
    await mia.picture("workflow-history");

    // What was changed is not lost by a click.
    await page.getByRole("link", { name: "Definition" }).click();
    await editor.click();
    await page.keyboard.type("# more");
    await page.getByRole("link", { name: "Graph" }).click();
    await page.getByRole("button", { name: "Stay" }).click();
    await mia.sees("# more");
    expect(mia.complaints).toEqual([]);
  },
);
