import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderCog, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Workspace } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { deleteWorkspace, workspacesQuery } from "./queries";
import { WorkspaceDialog } from "./workspace-dialog";

/** The directories that people work in. */
export function WorkspaceList() {
  const client = useQueryClient();
  const workspaces = useQuery(workspacesQuery);
  const [editing, setEditing] = useState<Workspace | "new" | null>(null);
  const [deleting, setDeleting] = useState<Workspace | null>(null);
  const refresh = () => client.invalidateQueries(workspacesQuery);
  if (workspaces.isPending) return <Loading />;
  if (workspaces.isError)
    return <ErrorNote error={workspaces.error} onRetry={() => workspaces.refetch()} />;
  return (
    <>
      {workspaces.data.length === 0 ? (
        <p className="text-sm text-muted">
          A directory under a name of its own, with the agent, the sets and the scripts that new
          sessions there get.
        </p>
      ) : (
        <ul className="divide-y overflow-hidden rounded-xl border bg-panel">
          {workspaces.data.map((workspace) => (
            <li key={workspace.id} className="flex items-center gap-2 py-2.5 pr-2 pl-4">
              <FolderCog aria-hidden className="size-5 shrink-0 text-muted" />
              <div className="min-w-0 flex-1">
                <p className="font-medium break-words">
                  <Plain text={workspace.name} />
                </p>
                <p className="text-[13px] break-all text-muted">
                  <Plain text={[workspace.path, ...defaultsOf(workspace)].join(" · ")} />
                </p>
              </div>
              <IconButton label={`Edit ${workspace.name}`} onClick={() => setEditing(workspace)}>
                <Pencil aria-hidden />
              </IconButton>
              <IconButton label={`Delete ${workspace.name}`} onClick={() => setDeleting(workspace)}>
                <Trash2 aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <Button className="mt-3" onClick={() => setEditing("new")}>
        <Plus aria-hidden className="size-4" /> New workspace
      </Button>
      {editing && (
        <WorkspaceDialog
          workspace={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={refresh}
        />
      )}
      <Confirm
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete the workspace ${deleting?.name}?`}
        action="Delete"
        onConfirm={async () => {
          if (deleting) await deleteWorkspace(deleting.id);
          await refresh();
        }}
      >
        <p>Its directory and its sessions stay as they are.</p>
      </Confirm>
    </>
  );
}

/** What new sessions there get, in a few words. */
function defaultsOf({ defaults }: Workspace): string[] {
  const sets = defaults.policySetIds.length + defaults.envSetIds.length;
  return [
    defaults.provider ?? "",
    defaults.model ?? "",
    defaults.worktree === "always" ? "each in a worktree" : "",
    sets > 0 ? `${sets} ${sets === 1 ? "set" : "sets"}` : "",
    defaults.setupScript ? `runs ${defaults.setupScript}` : "",
  ].filter(Boolean);
}
