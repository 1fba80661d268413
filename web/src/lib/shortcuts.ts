import { useEffect, useRef } from "react";

/** Keys that mean something on a page, by name: `n`, `?`, `mod+k` (Ctrl, or Cmd on a Mac). */
export type Shortcuts = Record<string, (() => void) | undefined>;

/** Hears shortcuts, except where one types. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      const name = `${mod ? "mod+" : ""}${event.key.toLowerCase()}`;
      const run = latest.current[name];
      if (!run || event.isComposing || event.altKey || event.repeat) return;
      if (!mod && takesKeys(event.target)) return;
      event.preventDefault();
      run();
    };
    // Below the terminal, which lets through what is not the agent's, and beneath open dialogs.
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, [contenteditable], .xterm, [role=dialog], [role=menu]",
    ) !== null
  );
}
