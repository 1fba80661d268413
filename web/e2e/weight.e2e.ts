import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mock } from "../mocks/server.js";
import { idOf, launch, mockDaemon, open } from "./browser";

const DIST = join(import.meta.dirname, "../dist");

let browser: Browser;
let mock: Mock;
beforeAll(async () => {
  browser = await launch();
  mock = await mockDaemon();
});
afterAll(async () => {
  await browser?.close();
  await mock?.stop();
});

/** What a first visit takes, compressed, in bytes. */
async function weigh(path: string, signedIn: boolean, ready: string): Promise<number> {
  const { context, page } = await open(browser, mock, { serviceWorkers: "block" }, { signedIn });
  const files = new Set<string>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api") && pathname.includes(".")) files.add(pathname);
  });
  await page.goto(mock.url + path);
  await page.locator(ready).first().waitFor();
  await page.waitForLoadState("networkidle");
  await context.close();
  const sizes = [...files, "/index.html"].map((file) => {
    const bytes = readFileSync(join(DIST, file));
    return /\.(woff2|png)$/.test(file) ? bytes.length : gzipSync(bytes).length;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("the sign-in page takes less than 150 KB, the first session page less than 450", async () => {
  const signIn = await weigh("/", false, "input[type=password]");
  const session = await weigh(`/sessions/${idOf(mock, "dotfiles")}`, true, ".xterm-screen");
  console.log(`sign-in ${Math.round(signIn / 1000)} KB, session ${Math.round(session / 1000)} KB`);
  expect(signIn).toBeLessThan(150_000);
  expect(session).toBeLessThan(450_000);
});
