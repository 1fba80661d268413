import { TriangleAlert } from "lucide-react";
import { cn } from "@/lib/cn";

/** What becomes of what no rule decides. */
export type Mode = "ask" | "deny" | "dangerous";

const MODES: [mode: Mode, words: string, meaning: string][] = [
  ["ask", "Asks you", "What no rule decides, and the agent would ask, comes to you."],
  ["deny", "Refuses the rest", "What no rule allows, and the agent would ask, is refused."],
  ["dangerous", "Runs without asking", "Dangerous mode: nobody is asked; deny rules still hold."],
];

interface Props {
  value: Mode;
  onChange: (mode: Mode) => void;
  /** Why it cannot run without asking. */
  refusal: string | null;
}

/** How much the agent may do by itself, and what that means. */
export function ModePicker({ value, onChange, refusal }: Props) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Mode</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {MODES.map(([mode, words, meaning]) => {
          const why = mode === "dangerous" ? refusal : null;
          return (
            <label
              key={mode}
              className={cn(
                "target relative flex flex-col rounded-lg border px-3 py-2 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent",
                mode !== value && "bg-panel",
                mode === value &&
                  (mode === "dangerous"
                    ? "border-danger bg-danger-soft"
                    : "border-accent bg-accent-soft"),
                why !== null && "text-muted",
              )}
            >
              <input
                type="radio"
                name="mode"
                className="sr-only"
                disabled={why !== null}
                checked={mode === value}
                onChange={() => onChange(mode)}
              />
              <span className="font-medium">{words}</span>
              <span className="text-xs text-muted">{why ?? meaning}</span>
            </label>
          );
        })}
      </div>
      {value === "dangerous" && (
        <p
          role="alert"
          className="mt-2 flex gap-2.5 rounded-lg bg-danger-soft p-3 text-sm text-danger"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          The agent may change and delete files and talk to the network, anywhere that you may, and
          asks nobody. Rules that deny or ask still hold.
        </p>
      )}
    </fieldset>
  );
}
