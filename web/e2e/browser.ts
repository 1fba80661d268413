import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { signIn } from "../mocks/auth.js";
import { type Mock, start } from "../mocks/server.js";
import { World } from "../mocks/world.js";

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
}

/** A mock daemon, and what it takes to look at it. */
export async function mockDaemon(options = {}): Promise<Mock> {
  return start(0, new World(options));
}

/** A browser that is signed in, or, without a world, is not. */
export async function open(
  browser: Browser,
  mock: Mock,
  options: object = DESKTOP,
  { signedIn = true } = {},
): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  if (signedIn) {
    await context.addCookies([{ name: "codepiper", value: signIn(mock.world), url: mock.url }]);
  }
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isOurs = origin === mock.url || ["data:", "blob:"].includes(protocol);
    if (!isOurs) complaints.push(`asks a third party: ${request.url()}`);
  });
  return { context, page, complaints };
}

/** The id of the session of that name. */
export function idOf(mock: Mock, name: string): string {
  const session = mock.world.sessions.find((s) => s.name === name || s.cwd.endsWith(`/${name}`));
  if (!session) throw new Error(`the mock has no session ${name}`);
  return session.id;
}
