import { CircleAlert } from "lucide-react";
import { explain } from "@/api/client";
import { cn } from "@/lib/cn";
import { Ticked } from "./ticked";

interface Props {
  error: unknown;
  onRetry?: () => void;
  className?: string;
}

/** What went wrong, and the next step. */
export function ErrorNote({ error, onRetry, className }: Props) {
  const { message, hint } = explain(error);
  return (
    <div
      role="alert"
      className={cn("flex gap-2.5 rounded-lg bg-danger-soft p-3 text-sm text-danger", className)}
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p className="break-words">
          <Ticked text={message} />
        </p>
        {hint && (
          <p className="mt-1 break-words text-text">
            <Ticked text={hint} />
          </p>
        )}
        {onRetry && (
          <button type="button" onClick={onRetry} className="target -mb-2 font-medium underline">
            Try again
          </button>
        )}
      </div>
    </div>
  );
}
