import { useSyncExternalStore } from "react";
import { recall, remember } from "@/lib/storage";
import type { ThemeName } from "./themes";

/** How this browser likes its terminals. */
export interface Settings {
  theme: ThemeName;
  fontSize: number;
}

let settings: Settings = { theme: "page", fontSize: 13, ...recall<Settings>("terminal") };
const listeners = new Set<() => void>();

export function changeSettings(change: Partial<Settings>): void {
  settings = { ...settings, ...change };
  settings.fontSize = Math.max(9, Math.min(24, settings.fontSize));
  remember("terminal", settings);
  for (const listener of listeners) listener();
}

export function useSettings(): Settings {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => settings,
  );
}
