import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DESKTOP, idOf, launch, mockDaemon, open, PHONE } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
});

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "changes are looked at, talked about, discarded, taken back and committed (%s)",
  async (size, options) => {
    const mock = await mockDaemon();
    const { page, context, complaints } = await open(browser, mock, options);
    page.setDefaultTimeout(10_000);
    const id = idOf(mock, "Fix the login redirect");
    await page.goto(`${mock.url}/sessions/${id}?tab=changes`);
    await page.getByRole("button", { name: /src\/login\.ts.*changed/ }).click();
    await page.getByText("console.log").waitFor();
    await page.getByRole("button", { name: "Comment on line 12", exact: true }).click();
    await page.getByLabel("Comment on src/login.ts, line 12").fill("Do not log tokens.");
    await page.getByRole("button", { name: "Keep" }).click();
    await page.getByRole("button", { name: "Comment on line 11 before the change" }).click();
    await page
      .getByLabel(/line 11 before the change/)
      .last()
      .fill("Why?");
    await page.getByRole("button", { name: "Keep" }).click();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/changes-${size}.png` });
    await page.getByRole("button", { name: "Send 2 comments" }).click();
    await expect.poll(() => mock.world.git.comments.length).toBe(1);
    expect(mock.world.git.comments[0]).toEqual([
      { path: "src/login.ts", side: "new", line: 12, text: "Do not log tokens." },
      { path: "src/login.ts", side: "old", line: 11, text: "Why?" },
    ]);
    if (size === "desktop") {
      await page.getByRole("button", { name: "Side by side" }).click();
      await page.getByText("console.log").waitFor();
      if (process.env.PICTURES)
        await page.screenshot({ path: `${process.env.PICTURES}/changes-split.png` });
    }
    await page.getByRole("button", { name: "Discard notes.md" }).click();
    await expect.poll(() => mock.world.git.entries.length).toBe(1);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => mock.world.git.entries.length).toBe(2);
    await page.getByRole("button", { name: "Stage src/login.ts" }).click();
    const staged = page.getByRole("region", { name: "Staged" });
    await staged.getByLabel("Message of the commit").fill("Fix it");
    await staged.getByRole("button", { name: "Commit 1 file" }).click();
    await expect.poll(() => mock.world.git.messages).toEqual(["Fix it"]);
    await page
      .getByRole("combobox", { name: "What is shown" })
      .selectOption({ label: "All since main" });
    await page.getByRole("button", { name: /src\/login\.ts.*\+2/ }).waitFor();
    const shown = page.getByRole("combobox", { name: "What is shown" });
    const turn = async (words: RegExp) =>
      shown.selectOption(await shown.getByRole("option", { name: words }).getAttribute("value"));
    await turn(/^Turn 1, .*: changed nothing$/);
    await page.getByText("Nothing differs.").waitFor();
    await turn(/^Turn 2, .*, goes on: 1 file, \+2 −1$/);
    await page.getByText("`dump.sql` is too large").waitFor();
    await page.getByRole("button", { name: /src\/login\.ts.*\+2/ }).click();
    await page.getByText("console.log").waitFor();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/turn-${size}.png` });
    expect(complaints).toEqual([]);
    await context.close();
    await mock.stop();
  },
);
