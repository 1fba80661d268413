import { Maximize2 } from "lucide-react";
import { Button } from "@/components/button";

/** Why the letters are small, and how they grow. */
export function SmallNotice({ onFit }: { onFit: () => void }) {
  return (
    <div className="pointer-events-none absolute inset-x-2 bottom-2 z-10 flex justify-center">
      <div className="pointer-events-auto flex max-w-full items-center gap-3 rounded-xl border bg-panel py-1 pr-1 pl-3 text-[13px] shadow-lg">
        <span className="min-w-0 text-muted">Larger than its room here</span>
        <Button look="primary" className="shrink-0" onClick={onFit}>
          <Maximize2 aria-hidden className="size-4" /> Fit it in
        </Button>
      </div>
    </div>
  );
}
