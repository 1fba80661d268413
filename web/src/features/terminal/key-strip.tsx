import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, CornerDownLeft } from "lucide-react";
import type { PointerEvent, ReactNode } from "react";
import { cn } from "@/lib/cn";
import type { TerminalView } from "./use-terminal";

const KEYS: { name: string; label: string; shown: ReactNode }[] = [
  { name: "escape", label: "Escape", shown: "Esc" },
  { name: "tab", label: "Tab", shown: "Tab" },
  { name: "ctrl", label: "Hold Ctrl for the next key", shown: "Ctrl" },
  { name: "up", label: "Up", shown: <ArrowUp aria-hidden /> },
  { name: "down", label: "Down", shown: <ArrowDown aria-hidden /> },
  { name: "enter", label: "Enter", shown: <CornerDownLeft aria-hidden /> },
  { name: "left", label: "Left", shown: <ArrowLeft aria-hidden /> },
  { name: "right", label: "Right", shown: <ArrowRight aria-hidden /> },
  { name: "ctrl+c", label: "Interrupt (Ctrl-C)", shown: "^C" },
  { name: "shift+tab", label: "Shift-Tab", shown: "⇧Tab" },
  { name: "pageup", label: "Page up", shown: "PgUp" },
  { name: "pagedown", label: "Page down", shown: "PgDn" },
];

interface Props {
  view: TerminalView;
  /** Whether Ctrl is held for the next key. */
  hasCtrl: boolean;
  onCtrl: (held: boolean) => void;
}

/** The keys that a phone's keyboard has not. */
export function KeyStrip({ view, hasCtrl, onCtrl }: Props) {
  function press(name: string) {
    if (name === "ctrl") return onCtrl(!hasCtrl);
    const isPlain = !name.includes("+");
    view.stream.keys([hasCtrl && isPlain ? `ctrl+${name}` : name]);
    onCtrl(false);
  }

  // The terminal keeps the focus, and the phone its keyboard.
  const keepFocus = (event: PointerEvent) => event.preventDefault();

  return (
    <div
      role="toolbar"
      aria-label="Keys"
      className="flex overflow-x-auto [scrollbar-width:none] pointer-fine:hidden"
    >
      {KEYS.map(({ name, label, shown }) => (
        <button
          key={name}
          type="button"
          aria-label={typeof shown === "string" ? undefined : label}
          title={label}
          aria-pressed={name === "ctrl" ? hasCtrl : undefined}
          onPointerDown={keepFocus}
          onClick={() => press(name)}
          className={cn(
            "target shrink-0 px-2 text-sm font-medium active:bg-raised [&_svg]:mx-auto [&_svg]:size-4.5",
            name === "ctrl" && hasCtrl && "bg-accent text-on-accent",
          )}
        >
          {shown}
        </button>
      ))}
    </div>
  );
}
