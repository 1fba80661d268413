import type { Notification as Told } from "@/api/schema";
import { isLookedAt, isNotifying, notify, pathOf } from "./browser";
import { hasSound, play } from "./sound";

/** Tells the person of what the daemon tells, unless they look at it, or it was read at once. */
export async function hear(told: Told): Promise<void> {
  if (told.readAt !== null || isLookedAt(pathOf(told))) return;
  if (hasSound()) void play(told.eventType.endsWith("_needed")).catch(() => {});
  if (isNotifying()) await notify(told);
}
