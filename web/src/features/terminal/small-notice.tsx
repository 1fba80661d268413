import { LockOpen, Maximize2 } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Button } from "@/components/button";
import type { TerminalView } from "./use-terminal";

/** Why the letters are small, and how they grow. */
export function SmallNotice({ view }: { view: TerminalView }) {
  const { locked, size } = useSyncExternalStore(view.stream.subscribe, view.stream.state);
  return (
    <div className="pointer-events-none absolute inset-x-2 bottom-2 z-10 flex justify-center">
      <div className="pointer-events-auto flex max-w-full items-center gap-3 rounded-xl border bg-panel py-1 pr-1 pl-3 text-[13px] shadow-lg">
        <span className="min-w-0 text-muted">
          {locked
            ? `Kept at ${size?.cols}×${size?.rows} for everyone`
            : "Larger than its room here"}
        </span>
        <Button
          look="primary"
          className="shrink-0"
          onClick={() => (locked ? view.lock(false) : view.fit())}
        >
          {locked ? (
            <LockOpen aria-hidden className="size-4" />
          ) : (
            <Maximize2 aria-hidden className="size-4" />
          )}
          {locked ? "Let it go" : "Fit it in"}
        </Button>
      </div>
    </div>
  );
}
