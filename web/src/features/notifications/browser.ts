import type { Notification as Told } from "@/api/schema";
import { recall, remember } from "@/lib/storage";

const CHOICE = "notify";

/** Whether this browser can show notifications at all. */
export const canNotify = () => "Notification" in window && "serviceWorker" in navigator;

/** Whether it shows them: the person wants it, and the browser lets it. */
export const isNotifying = () =>
  canNotify() && recall<boolean>(CHOICE) === true && Notification.permission === "granted";

/** Asks the browser; says whether it lets us. */
export async function startNotifying(): Promise<boolean> {
  const answer = await Notification.requestPermission();
  remember(CHOICE, answer === "granted");
  return answer === "granted";
}

export const stopNotifying = () => remember(CHOICE, false);

/** The path of the page that shows what it is about. */
export function pathOf({ sessionId, payload }: Told): string {
  if (sessionId) return `/sessions/${sessionId}`;
  const { url } = payload as { url?: unknown };
  return typeof url === "string" && /^\/(?![/\\])/.test(url) ? url : "/";
}

/** Whether somebody looks at this right now. */
export function isLookedAt(path: string): boolean {
  const isHere = location.pathname === path || location.pathname === "/";
  return document.visibilityState === "visible" && document.hasFocus() && isHere;
}

/** Shows one as a push message would be shown, whose place it takes. */
export async function notify(told: Told): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  const { approvalId, requestHash, risk } = told.payload as Record<string, string | undefined>;
  registration.active?.postMessage({
    ...{ title: told.title, body: told.body, url: pathOf(told) },
    ...{ approvalId, requestHash, risk },
    tag: `${told.sessionId ?? told.id}:${told.eventType}`,
  });
}
