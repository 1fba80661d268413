/** What a key does in the terminal: `agent` gets it as it is; the others are ours. */
export type KeyAction = "agent" | "copy" | "newline" | "paste" | "search" | "page" | "leave";

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

/** Whose a key is. Ctrl-C copies what is selected, and interrupts only where nothing is. */
export function keyAction(
  event: Key,
  context: { hasSelection: boolean; isMac: boolean },
): KeyAction {
  if (event.isComposing) return "agent";
  const key = event.key.toLowerCase();
  const command = context.isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (event.altKey) return "agent";
  // The only way out for who has no mouse: Tab is the agent's.
  if (key === "f6") return "leave";
  if (key === "enter" && event.shiftKey && !event.ctrlKey && !event.metaKey) return "newline";
  if (command && key === "k") return "page";
  if (command && key === "f" && (context.isMac || event.shiftKey)) return "search";
  if (command && key === "v") return "paste";
  if (command && key === "c") {
    if (event.shiftKey || context.isMac) return "copy";
    return context.hasSelection ? "copy" : "agent";
  }
  return "agent";
}
