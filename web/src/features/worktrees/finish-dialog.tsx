import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import type { Worktree } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { Ticked } from "@/components/ticked";
import { plainText } from "@/lib/plain-text";
import { finishWorktree } from "./queries";

interface Props {
  worktree: Worktree;
  name: string;
  onClose: () => void;
  onDone: () => void;
}

/** Merges what is in a worktree and removes it; what would be lost is said before. */
export function FinishDialog({ worktree, name, onClose, onDone }: Props) {
  const { base, keptBecause } = worktree;
  const [merge, setMerge] = useState(base !== null && (worktree.unmerged ?? 0) > 0);
  const [force, setForce] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const dirty = (worktree.uncommitted ?? 1) + (worktree.untracked ?? 1) > 0;
  const isSafe = keptBecause.length === 0 || (merge && !dirty);

  async function finish() {
    setBusy(true);
    setError(null);
    try {
      const done = await finishWorktree({ path: worktree.path, merge, force });
      const fate = done.branchDeleted ? "with its branch" : `branch ${plainText(name)} stays`;
      toast.success(`The worktree is removed, ${fate}.`);
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      // A merge may be done where the removal was refused.
      onDone();
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} title={`Finish ${plainText(name)}`}>
      <div className="space-y-3 text-sm">
        {keptBecause.length > 0 ? (
          <ul className="list-disc pl-5 text-muted">
            {keptBecause.map((why) => (
              <li key={why}>
                <Ticked text={why} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-muted">Nothing is lost with it.</p>
        )}
        {base !== null && (worktree.unmerged ?? 0) > 0 && (
          <Choice checked={merge} onChange={setMerge}>
            Merge it into {plainText(base)} first
          </Choice>
        )}
        {keptBecause.length > 0 && (
          <Choice checked={force} onChange={setForce}>
            Remove it with what is in no commit; commits stay in the branch
          </Choice>
        )}
      </div>
      {error !== null && <ErrorNote error={error} className="mt-3" />}
      <DialogActions>
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        <Button
          look={force ? "grave" : "primary"}
          onClick={finish}
          disabled={busy || !(isSafe || force)}
        >
          {busy ? "Working …" : merge ? "Merge and remove" : "Remove"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Choice({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (is: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className="target flex items-center gap-3">
      <input
        type="checkbox"
        className="size-4.5 accent-(--accent)"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
