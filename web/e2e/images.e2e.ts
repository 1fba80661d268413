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

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("pictures are shown before they go with the prompt (%s)", async (size, options) => {
  const mock = await mockDaemon();
  const { page, context, complaints } = await open(browser, mock, options);
  page.setDefaultTimeout(10_000);
  await page.goto(`${mock.url}/sessions/${idOf(mock, "Try the new linter")}?tab=conversation`);
  const input = page.getByLabel("Pictures for the prompt");
  await input.setInputFiles([
    { name: "mock-up.png", mimeType: "image/png", buffer: PNG },
    { name: "wrong.png", mimeType: "image/png", buffer: PNG },
  ]);
  await page.getByRole("button", { name: "Remove wrong.png" }).click();
  await input.setInputFiles({ name: "x.svg", mimeType: "image/svg+xml", buffer: PNG });
  await page.getByText("x.svg is no PNG, JPEG, GIF or WebP.").waitFor();
  // As Ctrl-V of a screenshot does.
  await page.getByRole("textbox", { name: "Prompt" }).evaluate(
    (box, bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }));
      box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    },
    [...PNG],
  );
  await page.getByRole("img", { name: "pasted.png" }).waitFor();
  if (process.env.PICTURES)
    await page.screenshot({ path: `${process.env.PICTURES}/images-${size}.png` });
  const sent = page.waitForRequest((request) => request.url().endsWith("/send"));
  await page.getByRole("textbox", { name: "Prompt" }).fill("As in this one");
  await page.getByRole("button", { name: /^(Send|Queue)$/ }).click();
  expect((await sent).postDataJSON().images).toHaveLength(2);
  await page.getByRole("list", { name: "Pictures" }).waitFor({ state: "detached" });
  expect(mock.world.git.uploads).toBe(2);
  expect(complaints).toEqual([]);
  await context.close();
  await mock.stop();
});
