import { createHmac } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Daemon } from "./daemon";

/** Where the pictures are kept, to be looked at. */
const PICTURES = join(import.meta.dirname, "../../../target/screenshots/live");
/** What a software renderer says, and a browser of what needs a code or a second look first. */
const EXPECTED = [
  /GL Driver|WebGL/,
  /status of 401 .*\/api\/auth\/login/,
  /status of 403 .*\/api\/(sessions|workflows)$/,
];

/** One browser of a person, and what its page complains of. */
export class Person {
  readonly complaints: string[] = [];
  readonly #name: string;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    name: string,
  ) {
    this.#name = name;
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      const words = `${message.text()} ${message.location().url}`;
      const isExpected = EXPECTED.some((expected) => expected.test(words));
      if (message.type() === "error" && !isExpected) this.complaints.push(words);
    });
  }

  static async open(browser: Browser, options: object, name: string): Promise<Person> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(10_000);
    await useBuild(context);
    return new Person(context, await context.newPage(), name);
  }

  /** Signs in for the first time, on the page that is open, and returns the recovery codes. */
  async signInFirst(
    daemon: Daemon,
    picture = (name: string) => this.picture(name),
  ): Promise<string[]> {
    const { page } = this;
    await page.getByLabel("Password").fill(daemon.password());
    await picture("sign-in");
    const offer = page.waitForResponse(/mfa\/setup/);
    await page.getByRole("button", { name: "Sign in" }).click();
    const { secret } = await (await offer).json();
    await page.getByAltText(/QR code/).waitFor();
    await picture("authenticator");
    await page.getByLabel("Code that it shows now").fill(totp(secret));
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByLabel("I saved them").check();
    await picture("recovery-codes");
    const codes = await page.getByRole("listitem").allTextContents();
    await page.getByRole("button", { name: "Continue" }).click();
    return codes;
  }

  /** Signs in on the page that is open, without the authenticator. */
  async signInWith(daemon: Daemon, recoveryCode: string): Promise<void> {
    const { page } = this;
    await page.getByLabel("Password").fill(daemon.password());
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(recoveryCode);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  sees(text: string | RegExp, timeout = 10_000): Promise<void> {
    return this.page.getByText(text).filter({ visible: true }).first().waitFor({ timeout });
  }

  /** Waits until the terminal shows that text; a phone shows the conversation at first. */
  async terminalShows(text: RegExp, timeout = 10_000): Promise<void> {
    if (!this.page.url().includes("tab=terminal"))
      await this.page.getByRole("link", { name: "Terminal", exact: true }).click();
    await this.page
      .locator(".xterm-rows > div")
      .filter({ hasText: text })
      .first()
      .waitFor({ timeout });
  }

  /** Tells the agent something by the prompt box. */
  async prompt(text: string, button = "Send"): Promise<void> {
    await this.page.getByLabel("Prompt", { exact: true }).fill(text);
    await this.page.getByRole("button", { name: button }).click();
  }

  /** Does something to the session that is open. */
  async choose(deed: string): Promise<void> {
    await this.page.getByRole("button", { name: "More to do with this session" }).click();
    await this.page.getByRole("menuitem", { name: new RegExp(`^${deed}`) }).click();
  }

  /** The request that wants this. */
  request(text: string) {
    return this.page.getByRole("article").filter({ hasText: text });
  }

  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.evaluate(() => document.fonts.ready);
    await this.page.screenshot({ path: join(PICTURES, `${name}-${this.#name}.png`) });
  }
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Shows the build in `CODEPIPER_DIST` instead of the one that the program carries. */
async function useBuild(context: BrowserContext): Promise<void> {
  const dist = process.env.CODEPIPER_DIST;
  if (!dist) return;
  await context.route(
    (url) => !/^\/(api|ws)\b/.test(url.pathname),
    async (route) => {
      const { origin, pathname } = new URL(route.request().url());
      const path = join(
        dist,
        existsSync(join(dist, pathname)) && pathname !== "/" ? pathname : "index.html",
      );
      const served = await route.fetch({ url: `${origin}/` }).catch(() => null);
      if (!served) return route.abort("connectionrefused");
      const policy = served.headers()["content-security-policy"] ?? "";
      const type = TYPES[extname(path)];
      await route.fulfill({
        path,
        headers: { "content-security-policy": policy, ...(type && { "content-type": type }) },
      });
    },
  );
}

/** What the authenticator with that secret shows now. */
function totp(secret: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, "0");
}
