import { useQueryClient } from "@tanstack/react-query";
import { CircleStop, Pause, Play, Repeat, RotateCcw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import type { Execution } from "@/api/types";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { doToExecution, type ExecutionDeed } from "./queries";
import { isOver, offers } from "./words";

/** What can be done to an execution now. */
export function ExecutionActions({
  execution,
  onRunAgain,
}: {
  execution: Execution;
  /** Absent where its workflow is not known. */
  onRunAgain?: (() => void) | undefined;
}) {
  const client = useQueryClient();
  const [isCancelling, setCancelling] = useState(false);
  const can = offers(execution);

  async function act(deed: ExecutionDeed) {
    await doToExecution(execution.id, deed);
    await client.invalidateQueries({ queryKey: ["workflows"] });
  }
  const attempt = (deed: ExecutionDeed) => () =>
    act(deed).catch((problem) => toast.error(explain(problem).message));

  return (
    <div className="flex flex-wrap items-center gap-2">
      {can.pause && (
        <Button onClick={attempt("pause")}>
          <Pause aria-hidden className="size-4" /> Pause
        </Button>
      )}
      {can.resume && (
        <Button look="primary" onClick={attempt("resume")}>
          <Play aria-hidden className="size-4" /> Resume
        </Button>
      )}
      {can.retry && (
        <Button onClick={attempt("retry")}>
          <RotateCcw aria-hidden className="size-4" /> Retry
        </Button>
      )}
      {can.cancel && (
        <Button look="danger" onClick={() => setCancelling(true)}>
          <CircleStop aria-hidden className="size-4" /> Cancel
        </Button>
      )}
      {isOver(execution) && onRunAgain && (
        <Button look="primary" onClick={onRunAgain}>
          <Repeat aria-hidden className="size-4" /> Run again
        </Button>
      )}
      <Confirm
        open={isCancelling}
        onClose={() => setCancelling(false)}
        title="Cancel this execution?"
        action="Cancel it"
        onConfirm={() => act("cancel")}
      >
        <p>
          What runs is ended and its sessions are stopped. What is to be done at the end is done.
        </p>
      </Confirm>
    </div>
  );
}
