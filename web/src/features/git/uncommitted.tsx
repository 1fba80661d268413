import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import type { GitStatus, StatusEntry } from "@/api/schema";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import type { Drafts } from "./comments";
import { FileCard } from "./file-card";
import { commit, discard, stage, undo, unstage } from "./queries";

const WORDS: Record<string, string> = {
  M: "changed",
  A: "new",
  D: "deleted",
  R: "renamed",
  T: "another kind",
  U: "in conflict",
  "?": "new",
};

interface Props {
  sessionId: string;
  status: GitStatus;
  isSplit: boolean;
  drafts: Drafts;
}

/** What is not committed, and what becomes of it. */
export function Uncommitted({ sessionId, status, isSplit, drafts }: Props) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["git", sessionId] });
  const deed = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onError: (error) => toast.error(explain(error).message),
    onSettled: refresh,
  });
  const [message, setMessage] = useState("");
  const staged = status.status.filter((entry) => !" ?".includes(entry.indexStatus));
  const others = status.status.filter((entry) => entry.workTreeStatus !== " ");
  const pathsOf = (entry: StatusEntry) =>
    entry.origPath ? [entry.path, entry.origPath] : [entry.path];

  function takeBack(paths: string[]) {
    deed.mutate(async () => {
      const { undoId } = await discard(sessionId, paths);
      toast.success("Discarded", {
        duration: 20_000,
        action: { label: "Undo", onClick: () => deed.mutate(() => undo(sessionId, undoId)) },
      });
    });
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    deed.mutate(async () => {
      await commit(sessionId, message);
      setMessage("");
      toast.success("Committed");
    });
  }
  const card = (entry: StatusEntry, isStaged: boolean) => {
    const letter = isStaged ? entry.indexStatus : entry.workTreeStatus;
    const tone = entry.isConflicted ? "danger" : "plain";
    return (
      <FileCard
        key={`${entry.path} ${isStaged}`}
        sessionId={sessionId}
        view={{ kind: "files" }}
        file={{ path: entry.path, origPath: entry.origPath, staged: isStaged }}
        note={<Badge tone={tone}>{WORDS[letter] ?? letter}</Badge>}
        isSplit={isSplit}
        drafts={drafts}
        actions={
          isStaged ? (
            <Button
              look="quiet"
              onClick={() => deed.mutate(() => unstage(sessionId, pathsOf(entry)))}
            >
              Unstage <span className="sr-only">{entry.path}</span>
            </Button>
          ) : (
            <>
              <Button look="quiet" onClick={() => takeBack([entry.path])}>
                Discard <span className="sr-only">{entry.path}</span>
              </Button>
              <Button
                look="quiet"
                onClick={() => deed.mutate(() => stage(sessionId, [entry.path]))}
              >
                Stage <span className="sr-only">{entry.path}</span>
              </Button>
            </>
          )
        }
      />
    );
  };

  if (status.status.length === 0)
    return <p className="text-sm text-muted">Everything is committed.</p>;
  return (
    <div className="space-y-6">
      {others.length > 0 && (
        <section aria-label="Not staged" className="space-y-2">
          <div className="flex items-center justify-between gap-2">
            <h2 className="text-sm font-medium text-muted">Not staged</h2>
            <Button
              onClick={() =>
                deed.mutate(() =>
                  stage(
                    sessionId,
                    others.map((e) => e.path),
                  ),
                )
              }
            >
              Stage all
            </Button>
          </div>
          <ul className="space-y-2">{others.map((entry) => card(entry, false))}</ul>
        </section>
      )}
      {staged.length > 0 && (
        <section aria-label="Staged" className="space-y-2">
          <h2 className="text-sm font-medium text-muted">Staged</h2>
          <ul className="space-y-2">{staged.map((entry) => card(entry, true))}</ul>
          <form onSubmit={submit} className="flex flex-wrap items-end gap-2 pt-1">
            <div className="min-w-0 flex-1 basis-60">
              <TextField
                label="Message of the commit"
                value={message}
                onChange={(event) => setMessage(event.target.value)}
              />
            </div>
            <Button type="submit" look="primary" disabled={!message.trim() || deed.isPending}>
              Commit {staged.length} {staged.length === 1 ? "file" : "files"}
            </Button>
          </form>
        </section>
      )}
      {status.truncated && <p className="text-sm text-warn">There are more than are listed.</p>}
    </div>
  );
}
