import { useQueryClient } from "@tanstack/react-query";
import { Check, MessageSquare, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import { ApiError, explain } from "@/api/client";
import type { Permission } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { INPUT } from "@/components/field";
import type { EqualRequests } from "./groups";
import { outcomeWords } from "./outcome";
import { answerApproval, putApproval } from "./queries";
import { useSteady } from "./use-steady";

interface Props {
  requests: EqualRequests;
  /** Whether all that is asked for was to be seen. */
  canAllow: boolean;
}

/** Yes or no, with a note that the agent is told; equal requests are answered together. */
export function AnswerBar({ requests, canAllow }: Props) {
  const client = useQueryClient();
  const [busy, setBusy] = useState<Permission | null>(null);
  const [hasNote, setHasNote] = useState(false);
  const [note, setNote] = useState("");
  const [rule, setRule] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  const { isSteady, hasMoved } = useSteady(bar);
  const canAnswer = busy === null && isSteady;
  const all = requests.length > 1 ? ` all ${requests.length}` : "";

  useEffect(() => {
    // The buttons below the note stay in reach.
    if (hasNote) bar.current?.scrollIntoView({ block: "nearest" });
  }, [hasNote]);

  async function answer(decision: Permission) {
    if (hasMoved()) return;
    setBusy(decision);
    const answers = await Promise.allSettled(
      requests.map((r) => answerApproval(r, { decision, note, rule })),
    );
    for (const result of answers) {
      if (result.status === "fulfilled") putApproval(client, result.value);
      else refused(result.reason);
    }
    setBusy(null);
  }

  function refused(problem: unknown) {
    const approval = problem instanceof ApiError ? problem.body.approval : undefined;
    if (approval) putApproval(client, approval);
    const isAnswered =
      approval && problem instanceof ApiError && problem.code === "already_answered";
    toast.error(
      isAnswered ? `Already answered. ${outcomeWords(approval)}` : explain(problem).message,
    );
  }

  return (
    <div ref={bar} className="mt-3.5 scroll-my-3">
      {hasNote && (
        <div className="mb-3 space-y-2">
          <input
            // biome-ignore lint/a11y/noAutofocus: it was just asked for
            autoFocus
            aria-label="Note"
            placeholder="Why, or what to do instead"
            maxLength={1000}
            className={INPUT}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <label className="target flex items-center gap-2.5 text-[13px]">
            <input
              type="checkbox"
              className="size-4.5 accent-(--accent)"
              checked={rule}
              onChange={(event) => setRule(event.target.checked)}
            />
            Answer the very same like this for the rest of the session
          </label>
        </div>
      )}
      <div className="flex gap-2">
        <Button
          look="primary"
          className="flex-1 sm:flex-none"
          disabled={!canAnswer}
          refusal={canAllow ? null : "Show all of it first"}
          onClick={() => answer("allow")}
        >
          <Check aria-hidden className="size-4" /> {busy === "allow" ? "Allowing …" : `Allow${all}`}
        </Button>
        <Button
          look="danger"
          className="flex-1 sm:flex-none"
          disabled={!canAnswer}
          onClick={() => answer("deny")}
        >
          <X aria-hidden className="size-4" /> {busy === "deny" ? "Denying …" : `Deny${all}`}
        </Button>
        <IconButton
          label="With a note"
          aria-expanded={hasNote}
          onClick={() => setHasNote(!hasNote)}
        >
          <MessageSquare aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
