import type { BrowserContext, Page } from "playwright-core";

/** What the browser shows at this moment, by its title and its buttons. */
export const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    const buttons = (one: Notification) => (one as WithActions).actions.map((a) => a.action);
    return all.map((one) => `${one.title}:${buttons(one).join()}`);
  });

/** Presses a button in the notification of that title, as the system does. */
export async function press(context: BrowserContext, title: string, action: string) {
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

/** Has the browser get a push message, as its push service does. */
export async function deliver(
  context: BrowserContext,
  page: Page,
  origin: string,
  message: { title?: string; [key: string]: unknown },
) {
  // To one that does not quite work yet Chromium delivers nothing.
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    while (active && active.state !== "activated")
      await new Promise((resolve) =>
        active.addEventListener("statechange", resolve, { once: true }),
      );
  });
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const registration = registrations.find((one) => one.scopeURL.startsWith(origin));
      if (registration && !registration.isDeleted) resolve(registration.registrationId);
    }),
  );
  await devtools.send("ServiceWorker.enable");
  const registrationId = await registered;
  const data = JSON.stringify(message);
  const isShown = async () =>
    (await shown(page)).some((one) => one.startsWith(`${message.title}:`));
  // A worker that begins just now misses it; push services send again too.
  for (let tries = 0; tries < 5 && !(await isShown()); tries++) {
    await devtools.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
    const soon = Date.now() + 2000;
    while (Date.now() < soon && !(await isShown())) await page.waitForTimeout(20);
  }
  await devtools.detach();
}
