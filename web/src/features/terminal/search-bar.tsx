import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { IconButton } from "@/components/button";
import { INPUT } from "@/components/field";
import type { Screen } from "./screen";

const MARKS = {
  matchBackground: "#8a6500",
  activeMatchBackground: "#d97706",
  matchOverviewRuler: "#8a6500",
  activeMatchColorOverviewRuler: "#d97706",
};

/** Looks for a text in the terminal and its scrollback, and counts where it is. */
export function SearchBar({ screen, onClose }: { screen: Screen; onClose: () => void }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<{ resultIndex: number; resultCount: number } | null>(null);

  useEffect(() => {
    const listening = screen.search.onDidChangeResults(setFound);
    return () => {
      listening.dispose();
      screen.search.clearDecorations();
      screen.terminal.clearSelection();
    };
  }, [screen]);

  function look(wanted: string, direction: "next" | "previous", incremental = false) {
    const options = { decorations: MARKS, incremental };
    if (direction === "next") screen.search.findNext(wanted, options);
    else screen.search.findPrevious(wanted, options);
  }

  function press(event: KeyboardEvent) {
    if (event.key === "Escape") onClose();
    if (event.key === "Enter") look(text, event.shiftKey ? "next" : "previous");
  }

  return (
    <search className="flex items-center gap-1 border-b bg-panel px-2 py-1.5">
      <input
        // biome-ignore lint/a11y/noAutofocus: it was just asked for
        autoFocus
        aria-label="Find in the terminal"
        placeholder="Find"
        className={`${INPUT} !min-h-9 max-w-xs`}
        value={text}
        onKeyDown={press}
        onChange={(event) => {
          setText(event.target.value);
          look(event.target.value, "previous", true);
        }}
      />
      <span role="status" className="px-2 text-[13px] whitespace-nowrap text-muted tabular-nums">
        {count(text, found)}
      </span>
      <IconButton label="Earlier (Enter)" onClick={() => look(text, "previous")}>
        <ChevronUp aria-hidden />
      </IconButton>
      <IconButton label="Later (Shift-Enter)" onClick={() => look(text, "next")}>
        <ChevronDown aria-hidden />
      </IconButton>
      <IconButton label="Close" className="ml-auto" onClick={onClose}>
        <X aria-hidden />
      </IconButton>
    </search>
  );
}

function count(text: string, found: { resultIndex: number; resultCount: number } | null): string {
  if (!text || !found) return "";
  if (found.resultCount === 0) return "not found";
  return found.resultIndex < 0
    ? `${found.resultCount} found`
    : `${found.resultIndex + 1} of ${found.resultCount}`;
}
