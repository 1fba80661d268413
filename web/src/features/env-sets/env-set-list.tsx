import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { EnvSet } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { EnvSetDialog } from "./env-set-dialog";
import { deleteEnvSet, envSetsQuery } from "./queries";

/** The sets of secret variables. */
export function EnvSetList() {
  const client = useQueryClient();
  const sets = useQuery(envSetsQuery);
  const [editing, setEditing] = useState<EnvSet | "new" | null>(null);
  const [deleting, setDeleting] = useState<EnvSet | null>(null);
  const refresh = () => client.invalidateQueries(envSetsQuery);
  if (sets.isPending) return <Loading />;
  if (sets.isError) return <ErrorNote error={sets.error} onRetry={() => sets.refetch()} />;
  return (
    <>
      {sets.data.length === 0 ? (
        <p className="text-sm text-muted">
          Keys and passwords that sessions are given when they start. Their values are sealed, and
          shown to nobody who does not ask for that very one.
        </p>
      ) : (
        <ul className="divide-y overflow-hidden rounded-xl border bg-panel">
          {sets.data.map((set) => (
            <li key={set.id} className="flex items-center gap-2 py-2.5 pr-2 pl-4">
              <KeyRound aria-hidden className="size-5 shrink-0 text-muted" />
              <div className="min-w-0 flex-1">
                <p className="font-medium break-words">
                  <Plain text={set.name} />
                </p>
                <p className="text-[13px] break-words text-muted">
                  {set.description && (
                    <>
                      <Plain text={set.description} /> ·{" "}
                    </>
                  )}
                  {namesOf(set)}
                </p>
              </div>
              <IconButton label={`Edit ${set.name}`} onClick={() => setEditing(set)}>
                <Pencil aria-hidden />
              </IconButton>
              <IconButton label={`Delete ${set.name}`} onClick={() => setDeleting(set)}>
                <Trash2 aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <Button className="mt-3" onClick={() => setEditing("new")}>
        <Plus aria-hidden className="size-4" /> New env set
      </Button>
      {editing && (
        <EnvSetDialog
          set={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={refresh}
        />
      )}
      <Confirm
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete the env set ${deleting?.name}?`}
        action="Delete"
        onConfirm={async () => {
          if (deleting) await deleteEnvSet(deleting.id);
          await refresh();
        }}
      >
        <p>
          Its values are gone for good. Sessions that run keep what they were given; one that was
          started with it cannot be resumed any more.
        </p>
      </Confirm>
    </>
  );
}

/** The names of its variables, as many as tell what it is. */
function namesOf(set: EnvSet): string {
  const names = Object.keys(set.maskedVars);
  if (names.length === 0) return "no variables yet";
  const more = names.length - 4;
  return names.slice(0, 4).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
