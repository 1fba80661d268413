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

/** Whether somebody looks at this session right now. */
function isLookedAt(sessionId: string): boolean {
  const isHere = location.pathname === `/sessions/${sessionId}` || location.pathname === "/";
  return document.visibilityState === "visible" && document.hasFocus() && isHere;
}

/** Shows one, unless somebody looks at what it is about. One of a kind takes the place of the last. */
export async function notify(told: Told): Promise<void> {
  if (!isNotifying() || isLookedAt(told.sessionId)) return;
  const registration = await navigator.serviceWorker.ready;
  const { approvalId, requestHash, risk } = told.payload as Record<string, string | undefined>;
  const isAnswerable = approvalId && requestHash && risk !== "destructive" && risk !== "unknown";
  const actions = [
    { action: "allow", title: "Allow" },
    { action: "deny", title: "Deny" },
  ];
  const options = {
    body: told.body,
    tag: `${told.sessionId}:${told.eventType}`,
    icon: "/icon-192.png",
    data: { approvalId, requestHash, url: `/sessions/${told.sessionId}` },
    // Browsers without buttons leave them out.
    ...(isAnswerable && { actions }),
  };
  await registration.showNotification(told.title, options);
}
