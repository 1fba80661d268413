import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { Daemon } from "./daemon";
import { Person } from "./person";

/** What each test begins with: a daemon, and browsers that are gone when it ends. */
export function stage() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        // Without WebGL the letters of a terminal are on the page, to be read.
        "--disable-3d-apis",
        // A page from `CODEPIPER_DIST` has no address, and counts as a stranger to the loopback.
        "--disable-features=LocalNetworkAccessChecks",
      ],
    });
  });
  afterAll(() => browser?.close());

  return {
    async daemon(prepare: (daemon: Daemon) => void = () => {}): Promise<Daemon> {
      const daemon = new Daemon();
      onTestFinished(() => daemon.remove());
      prepare(daemon);
      await daemon.start();
      return daemon;
    },
    async person(options: object, name: string): Promise<Person> {
      const person = await Person.open(browser, options, name);
      onTestFinished(async ({ task }) => {
        if (task.result?.state === "fail") await person.picture("failed").catch(() => {});
        await person.context.close();
      });
      return person;
    },
  };
}
