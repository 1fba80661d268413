import { queryOptions } from "@tanstack/react-query";
import { call, get } from "@/api/client";
import type { PushStatusResponse } from "@/api/schema";

const PATH = "/notifications/push/subscriptions";

/** Whether this browser is told where no page is open. */
export const pushHere = queryOptions({
  queryKey: ["push-here"],
  queryFn: async () => (await subscription()) !== null,
});

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** Has the daemon tell this browser where no page is open; says why it cannot. */
export async function startPush(): Promise<string | null> {
  const { pushManager } = await navigator.serviceWorker.ready;
  if (!pushManager) return "this browser has no push messages";
  const { status } = await get<PushStatusResponse>("/notifications/push/status");
  if (!status.publicKey) return status.reasons.join("; ");
  // One that was made with another key of the daemon's is of no use.
  if (!(await isOf(status.publicKey))) await (await subscription())?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: status.publicKey };
  try {
    const { endpoint, expirationTime, keys } = (await pushManager.subscribe(options)).toJSON();
    await call("PUT", PATH, { endpoint, expirationTime: expirationTime ?? null, keys });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function isOf(publicKey: string): Promise<boolean> {
  const key = (await subscription())?.options.applicationServerKey;
  const letters = key && btoa(String.fromCharCode(...new Uint8Array(key)));
  return letters?.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === publicKey;
}

/** Tells it no more. */
export async function stopPush(): Promise<void> {
  const known = await subscription();
  if (!known) return;
  await call("DELETE", PATH, { endpoint: known.endpoint });
  await known.unsubscribe();
}
