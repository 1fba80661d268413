import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Columns2, RefreshCw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import { Button, IconButton } from "@/components/button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { INPUT } from "@/components/field";
import { cn } from "@/lib/cn";
import { type Drafts, useDrafts } from "./comments";
import { FileCard } from "./file-card";
import {
  branchesQuery,
  logQuery,
  sendComments,
  statQuery,
  statusQuery,
  turnsQuery,
  type View,
} from "./queries";
import { isShown, TurnProblem, turnLabel } from "./turns";
import { Uncommitted } from "./uncommitted";

/** What a session's agent changed, to look at, to see to, and to talk about. */
export function Changes({ sessionId, canSend }: { sessionId: string; canSend: boolean }) {
  const client = useQueryClient();
  const status = useQuery(statusQuery(sessionId));
  const branches = useQuery(branchesQuery(sessionId)).data;
  const log = useQuery(logQuery(sessionId)).data ?? [];
  const turns = useQuery(turnsQuery(sessionId)).data ?? [];
  const [view, setView] = useState<View>({ kind: "files" });
  const [isSplit, setSplit] = useState(false);
  const drafts = useDrafts();
  if (status.isPending) return <Loading />;
  if (status.isError)
    return (
      <div className="p-4">
        <ErrorNote error={status.error} onRetry={() => status.refetch()} />
      </div>
    );
  const base = branches?.defaultBranch;
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center gap-2 border-b px-3 py-2 sm:px-5">
        <select
          aria-label="What is shown"
          className={cn(INPUT, "max-w-md min-w-0")}
          value={JSON.stringify(view)}
          onChange={(event) => setView(JSON.parse(event.target.value))}
        >
          <option value={JSON.stringify({ kind: "files" })}>
            Not committed ({status.data.branch ?? "on no branch"})
          </option>
          {base && base !== status.data.branch && (
            <option value={JSON.stringify({ kind: "base", name: base })}>All since {base}</option>
          )}
          {turns.length > 0 && (
            <optgroup label="Turns">
              {turns.map((turn) => (
                <option
                  key={turn.turn}
                  value={JSON.stringify({ kind: "turn", name: String(turn.turn) })}
                >
                  {turnLabel(turn)}
                </option>
              ))}
            </optgroup>
          )}
          {log.length > 0 && (
            <optgroup label="Commits">
              {log.map((entry) => (
                <option
                  key={entry.hash}
                  value={JSON.stringify({ kind: "commit", name: entry.hash })}
                >
                  {entry.shortHash} {entry.message}
                </option>
              ))}
            </optgroup>
          )}
        </select>
        <IconButton
          label={isSplit ? "One below the other" : "Side by side"}
          aria-pressed={isSplit}
          className="max-sm:hidden"
          onClick={() => setSplit(!isSplit)}
        >
          <Columns2 aria-hidden />
        </IconButton>
        <IconButton
          label="Look again"
          onClick={() => client.invalidateQueries({ queryKey: ["git", sessionId] })}
        >
          <RefreshCw aria-hidden />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 py-4 sm:px-5">
        {view.kind === "files" ? (
          <Uncommitted {...{ sessionId, isSplit, drafts }} status={status.data} />
        ) : (
          <>
            <TurnProblem turn={turns.find((turn) => isShown(view, turn))} />
            <Compared {...{ sessionId, view, isSplit, drafts }} />
          </>
        )}
      </div>
      {drafts.list.length > 0 && <SendBar {...{ sessionId, drafts, canSend }} />}
    </div>
  );
}

function Compared({
  sessionId,
  view,
  isSplit,
  drafts,
}: {
  sessionId: string;
  view: View;
  isSplit: boolean;
  drafts: Drafts;
}) {
  const files = useQuery(statQuery(sessionId, view));
  if (files.isPending) return <Loading />;
  if (files.isError) return <ErrorNote error={files.error} onRetry={() => files.refetch()} />;
  if (files.data.length === 0) return <p className="text-sm text-muted">Nothing differs.</p>;
  return (
    <ul className="space-y-2">
      {files.data.map((file) => (
        <FileCard
          key={file.path}
          {...{ sessionId, view, isSplit, drafts, file }}
          note={
            <span className="code shrink-0 text-xs tabular-nums">
              <span className="text-ok">+{file.additions ?? "–"}</span>{" "}
              <span className="text-danger">−{file.deletions ?? "–"}</span>
            </span>
          }
        />
      ))}
    </ul>
  );
}

function SendBar({
  sessionId,
  drafts,
  canSend,
}: {
  sessionId: string;
  drafts: Drafts;
  canSend: boolean;
}) {
  const send = useMutation({
    mutationFn: () => sendComments(sessionId, drafts.list),
    onSuccess: () => {
      drafts.clear();
      toast.success("The agent has your comments.");
    },
    onError: (error) => toast.error(explain(error).message),
  });
  const count = drafts.list.length;
  return (
    <div className="flex items-center justify-end gap-2 border-t bg-panel px-3 py-2 sm:px-5">
      <Button onClick={drafts.clear}>Throw away</Button>
      <Button
        look="primary"
        disabled={send.isPending}
        refusal={canSend ? null : "The session has ended."}
        onClick={() => send.mutate()}
      >
        Send {count} {count === 1 ? "comment" : "comments"}
      </Button>
    </div>
  );
}
