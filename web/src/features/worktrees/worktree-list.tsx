import { useQuery, useQueryClient } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { Worktree } from "@/api/types";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";
import { plainText } from "@/lib/plain-text";
import { FinishDialog } from "./finish-dialog";
import { pruneWorktrees, worktreesQuery } from "./queries";

/** The worktrees that were made for sessions, with what in them is not done. */
export function WorktreeList() {
  const client = useQueryClient();
  const worktrees = useQuery(worktreesQuery);
  const [finishing, setFinishing] = useState<Worktree | null>(null);
  const [isPruning, setPruning] = useState(false);
  const refresh = () => client.invalidateQueries(worktreesQuery);
  if (worktrees.isPending) return <Loading />;
  if (worktrees.isError)
    return <ErrorNote error={worktrees.error} onRetry={() => worktrees.refetch()} />;
  const done = worktrees.data.filter((worktree) => worktree.keptBecause.length === 0);
  return (
    <>
      {worktrees.data.length === 0 ? (
        <p className="text-sm text-muted">
          A session may work in a git worktree of its own, beside the repository. What is in one
          stays when the session ends.
        </p>
      ) : (
        <ul className="divide-y overflow-hidden rounded-xl border bg-panel">
          {worktrees.data.map((worktree) => (
            <li key={worktree.path} className="flex items-start gap-2 py-2.5 pr-2 pl-4">
              <GitBranch aria-hidden className="mt-0.5 size-5 shrink-0 text-muted" />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2 font-medium break-all">
                  <Plain text={nameOf(worktree)} />
                  <State worktree={worktree} />
                </p>
                <p className="text-[13px] break-all text-muted">
                  <Plain text={worktree.path} />
                  {worktree.sizeBytes !== null && ` · ${megabytes(worktree.sizeBytes)}`}
                </p>
                <ul className="text-[13px] text-muted">
                  {worktree.keptBecause.map((why) => (
                    <li key={why}>
                      <Ticked text={why} />
                    </li>
                  ))}
                </ul>
              </div>
              {!worktree.inUse && (
                <Button
                  aria-label={`Finish ${plainText(nameOf(worktree))}`}
                  onClick={() => setFinishing(worktree)}
                >
                  Finish
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {done.length > 0 && (
        <Button className="mt-3" onClick={() => setPruning(true)}>
          Remove what is done
        </Button>
      )}
      {finishing && (
        <FinishDialog
          worktree={finishing}
          name={nameOf(finishing)}
          onClose={() => setFinishing(null)}
          onDone={refresh}
        />
      )}
      <Confirm
        open={isPruning}
        onClose={() => setPruning(false)}
        title={`Remove ${done.length === 1 ? "one worktree" : `${done.length} worktrees`}?`}
        action="Remove"
        onConfirm={async () => {
          const removed = (await pruneWorktrees()).filter((one) => one.removed);
          await refresh();
          toast.success(`Removed: ${removed.length}`);
        }}
      >
        <p>Nothing is lost with them: all is committed, and merged or pushed.</p>
        <ul>
          {done.map((worktree) => (
            <li key={worktree.path} className="break-all">
              <Plain text={worktree.path} />
            </li>
          ))}
        </ul>
      </Confirm>
    </>
  );
}

function State({ worktree }: { worktree: Worktree }) {
  if (worktree.inUse) return <Badge tone="accent">in use</Badge>;
  if (worktree.missing) return <Badge tone="warn">directory gone</Badge>;
  if (worktree.keptBecause.length === 0) return <Badge tone="ok">done</Badge>;
  return <Badge>kept</Badge>;
}

const nameOf = (worktree: Worktree) => worktree.branch ?? worktree.madeFor;

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000).toLocaleString()} MB`;
