import type { ConversationEntry } from "@/api/types";

/** Whether one comes after the other: by time, then as it was read. */
export function isBehind(one: ConversationEntry, other: ConversationEntry): boolean {
  const apart = Date.parse(one.at) - Date.parse(other.at);
  return apart > 0 || (apart === 0 && one.id > other.id);
}

/** An entry's place in an address of the page, where a `.` between digits would make it a number. */
export function addressOf({ place }: Pick<ConversationEntry, "place">): string {
  return place.replace(".", "-");
}

/** The place of that address; null where it is none. */
export function placeAt(address: string): string | null {
  return /^-?\d+-\d+$/.test(address) ? address.replace(/-(\d+)$/, ".$1") : null;
}
