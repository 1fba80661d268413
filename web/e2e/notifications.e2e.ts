import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tell } from "../mocks/notifications.js";
import { DESKTOP, launch, mockDaemon, open, PHONE } from "./browser";
import { deliver, press, shown } from "./notify";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
});

/** On a machine that is busy. */
const SOON = { timeout: 10_000 };

const SIZES = [
  ["desktop", DESKTOP],
  ["phone", PHONE],
] as const;

test.each(SIZES)(
  "a browser that is told by push shows what was asked, and answers exactly that (%s)",
  async (size, options) => {
    const mock = await mockDaemon();
    const { page, context } = await open(browser, mock, options);
    await context.grantPermissions(["notifications"], { origin: mock.url });
    page.setDefaultTimeout(10_000);
    const { world } = mock;
    const session = world.sessions.find(({ name }) => name === "Fix the login redirect");
    const approval = world.approvals.find(({ sessionId }) => sessionId === session?.id);
    if (!session || !approval) throw new Error("the mock has no request");
    // Chromium without the keys of a push service has none.
    await context.addInitScript(() => {
      let kept: object | null = null;
      const made = {
        ...{ endpoint: "https://push.example/here", expirationTime: null, options: {} },
        toJSON: () => ({ endpoint: made.endpoint, keys: { p256dh: "BA", auth: "AA" } }),
        unsubscribe: async () => {
          kept = null;
          return true;
        },
      };
      Object.assign(PushManager.prototype, {
        getSubscription: async () => kept,
        subscribe: async () => {
          kept = made;
          return made;
        },
      });
    });
    await page.goto(`${mock.url}/settings`);
    const choice = page.getByRole("checkbox", { name: /Notify me in this browser/ });
    await choice.check();
    await page.getByText("It comes as a push message too").waitFor();
    expect(world.subscriptions).toEqual(["https://push.example/here"]);
    await page.getByRole("button", { name: "Send a push message to try it" }).click();
    await page.getByText("Taken by 1 of 1 push services").waitFor();

    const message = {
      ...{
        title: "Permission needed",
        body: "npm install",
        tag: `${session.id}:permission_needed`,
      },
      ...{ url: `/sessions/${session.id}`, approvalId: approval.id, risk: "network" },
      requestHash: approval.requestHash,
    };
    await deliver(context, page, mock.url, message);
    await expect.poll(() => shown(page), SOON).toEqual(["Permission needed:allow,deny"]);
    await press(context, "Permission needed", "deny");
    await expect.poll(() => approval.status, SOON).not.toBe("pending");

    const kinds = page.getByRole("table");
    await kinds.getByRole("checkbox", { name: "Turn done: Push" }).uncheck();
    await expect.poll(() => world.notificationSettings.kinds.turn_done?.push, SOON).toBe(false);
    await page.getByLabel("Web hook", { exact: true }).fill("https://hooks.example/a");
    await page.getByLabel("Its secret").fill("sixteen letters or more");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByRole("button", { name: "Remove the web hook" }).waitFor();
    expect(world.notificationSettings.webhookUrl).toBe("https://hooks.example/a");
    expect(await page.getByLabel("Its secret").inputValue()).toBe("");
    await page.getByText("What was sent where").click();
    await page.getByText("Push · https://push.example · dropped: it answered 410").waitFor();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/notify-${size}.png`, fullPage: true });
    await choice.uncheck();
    await expect.poll(() => world.subscriptions, SOON).toEqual([]);

    await page.goto(`${mock.url}/sessions/${session.id}`);
    await expect.poll(() => world.looked, SOON).toBe(session.id);
    const more = page.getByRole("button", { name: "More to do with this session" });
    await more.click();
    await page.getByRole("menuitem", { name: "Do not notify me of it" }).click();
    await expect.poll(() => world.muted.has(session.id), SOON).toBe(true);
    await more.click();
    await page.getByRole("menuitem", { name: "Notify me of it again" }).waitFor();
    await page.keyboard.press("Escape");
    await page.goto(mock.url);
    await expect.poll(() => world.looked, SOON).toBe(null);
    await context.close();
    await mock.stop();
  },
);

test.each(SIZES)(
  "what happens elsewhere is told, listed, and answered from the notification (%s)",
  async (size, options) => {
    const mock = await mockDaemon();
    const { page, context } = await open(browser, mock, options);
    await context.grantPermissions(["notifications"], { origin: mock.url });
    page.setDefaultTimeout(10_000);
    const { world } = mock;
    const session = world.sessions.find(({ name }) => name === "Fix the login redirect");
    const approval = world.approvals.find(({ sessionId }) => sessionId === session?.id);
    if (!session || !approval) throw new Error("the mock has no request");
    await page.goto(`${mock.url}/settings`);
    await page.getByRole("checkbox", { name: /Notify me in this browser/ }).check();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));

    tell(world, session, "turn_done", "Turn done");
    await expect.poll(() => shown(page), SOON).toEqual(["Turn done:"]);
    const request = { approvalId: approval.id, requestHash: "sha256:old", risk: "network" };
    tell(world, session, "permission_needed", "Permission needed", request);
    await expect.poll(() => shown(page), SOON).toContain("Permission needed:allow,deny");
    await press(context, "Permission needed", "allow");
    await expect.poll(() => shown(page), SOON).toContain("Not answered:");
    expect(approval.status, "a changed request refuses the old button").toBe("pending");
    const grave = { ...request, risk: "destructive" };
    tell(world, session, "permission_needed", "Permission needed", grave);
    await expect.poll(() => shown(page), SOON).toContain("Permission needed:");
    const right = { ...request, requestHash: approval.requestHash };
    tell(world, session, "permission_needed", "Permission needed", right);
    await expect.poll(() => shown(page), SOON).toContain("Permission needed:allow,deny");
    await press(context, "Permission needed", "allow");
    await expect.poll(() => approval.status, SOON).not.toBe("pending");

    await page.goto(mock.url);
    const news = page.getByRole("region", { name: "News" });
    await news.getByText("Turn done").waitFor();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/news-${size}.png`, fullPage: true });
    await news.getByRole("button", { name: "Mark all as read" }).click();
    await news.waitFor({ state: "detached" });
    expect(world.notifications.every(({ readAt }) => readAt !== null)).toBe(true);
    await context.close();
    await mock.stop();
  },
);
