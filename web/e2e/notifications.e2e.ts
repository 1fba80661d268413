import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tell } from "../mocks/notifications.js";
import { DESKTOP, launch, mockDaemon, open, PHONE } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
});

/** What the browser shows at this moment, by its title and its buttons. */
const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    const buttons = (one: Notification) => (one as WithActions).actions.map((a) => a.action);
    return all.map((one) => `${one.title}:${buttons(one).join()}`);
  });

/** Presses a button in the notification of that title, as the system does. */
async function press(context: BrowserContext, title: string, action: string) {
  const [worker] = context.serviceWorkers();
  await worker?.evaluate(
    async ([title, action]) => {
      const scope = self as unknown as ServiceWorkerGlobalScope;
      const all = await scope.registration.getNotifications();
      const notification = all.find((one) => one.title === title);
      if (!notification) throw new Error(`no notification ${title}`);
      const init = { notification, action } as NotificationEventInit;
      scope.dispatchEvent(new NotificationEvent("notificationclick", init));
    },
    [title, action] as const,
  );
}

/** The types of the browser lack what Chromium has. */
type WithActions = Notification & { actions: { action: string }[] };

interface ServiceWorkerGlobalScope extends EventTarget {
  registration: ServiceWorkerRegistration;
}
declare class NotificationEvent extends Event {
  constructor(type: string, init: NotificationEventInit);
}
interface NotificationEventInit extends EventInit {
  notification: Notification;
  action: string;
}

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
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
    await expect.poll(() => shown(page)).toEqual(["Turn done:"]);
    const request = { approvalId: approval.id, requestHash: "sha256:old", risk: "network" };
    tell(world, session, "permission_needed", "Permission needed", request);
    await expect.poll(() => shown(page)).toContain("Permission needed:allow,deny");
    await press(context, "Permission needed", "allow");
    await expect.poll(() => shown(page)).toContain("Not answered:");
    expect(approval.status, "a changed request refuses the old button").toBe("pending");
    const grave = { ...request, risk: "destructive" };
    tell(world, session, "permission_needed", "Permission needed", grave);
    await expect.poll(() => shown(page)).toContain("Permission needed:");
    const right = { ...request, requestHash: approval.requestHash };
    tell(world, session, "permission_needed", "Permission needed", right);
    await expect.poll(() => shown(page)).toContain("Permission needed:allow,deny");
    await press(context, "Permission needed", "allow");
    await expect.poll(() => approval.status).not.toBe("pending");

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
