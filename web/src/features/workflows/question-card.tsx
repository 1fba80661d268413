import { useQueryClient } from "@tanstack/react-query";
import { Check, MessageSquare, X } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button, IconButton } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { INPUT } from "@/components/field";
import { Plain } from "@/components/plain";
import { answerStep } from "./queries";

interface Props {
  executionId: string;
  /** The step with its rounds. */
  step: string;
  message: string;
  /** Which workflow asks; a page that is about it needs not say it. */
  who?: ReactNode;
}

/** What a step asks before it goes on, with yes and no. */
export function QuestionCard({ executionId, step, message, who }: Props) {
  const client = useQueryClient();
  const title = useId();
  const [hasNote, setHasNote] = useState(false);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState<"yes" | "no" | null>(null);
  const [error, setError] = useState<unknown>(null);

  async function answer(approve: boolean) {
    setBusy(approve ? "yes" : "no");
    setError(null);
    try {
      await answerStep(executionId, step, approve, note);
      await client.invalidateQueries({ queryKey: ["workflows"] });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(null);
    }
  }

  return (
    <article
      aria-labelledby={title}
      className="rounded-xl border border-warn-line bg-panel p-3.5 sm:p-4"
    >
      <header className="mb-2.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        {who && <span className="min-w-0 truncate font-medium">{who}</span>}
        <span id={title} className={who ? "text-muted" : "font-medium"}>
          <Plain text={step} /> asks
        </span>
      </header>
      <p className="max-h-96 overflow-y-auto text-sm break-words whitespace-pre-wrap">
        <Plain text={message} />
      </p>
      {error !== null && <ErrorNote error={error} className="mt-3" />}
      {hasNote && (
        <input
          // biome-ignore lint/a11y/noAutofocus: it was just asked for
          autoFocus
          aria-label="Note"
          placeholder="Why, for the steps that follow"
          maxLength={1000}
          className={`${INPUT} mt-3`}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      )}
      <div className="mt-3.5 flex gap-2">
        <Button
          look="primary"
          className="flex-1 sm:flex-none"
          disabled={busy !== null}
          onClick={() => answer(true)}
        >
          <Check aria-hidden className="size-4" /> {busy === "yes" ? "Approving …" : "Approve"}
        </Button>
        <Button
          look="danger"
          className="flex-1 sm:flex-none"
          disabled={busy !== null}
          onClick={() => answer(false)}
        >
          <X aria-hidden className="size-4" /> {busy === "no" ? "Denying …" : "Deny"}
        </Button>
        <IconButton
          label="With a note"
          aria-expanded={hasNote}
          onClick={() => setHasNote(!hasNote)}
        >
          <MessageSquare aria-hidden />
        </IconButton>
      </div>
    </article>
  );
}
