import { type FormEvent, useState } from "react";
import { explain } from "@/api/client";
import type { ProviderId, Workspace } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { SelectField, TextField } from "@/components/field";
import { createWorkspace, updateWorkspace } from "./queries";

const CHOICES = { ask: "Ask each time", always: "Always", never: "Never" };
const FIELDS = ["name", "path", "model", "setupScript", "teardownScript"];

interface Props {
  /** The one that is changed; none where one is made. */
  workspace: Workspace | null;
  onClose: () => void;
  onSaved: () => void;
}

/** Makes a workspace, or changes one. Sets that it has stay. */
export function WorkspaceDialog({ workspace, onClose, onSaved }: Props) {
  const old = workspace?.defaults;
  const [name, setName] = useState(workspace?.name ?? "");
  const [path, setPath] = useState(workspace?.path ?? "");
  const [provider, setProvider] = useState<ProviderId | "">(old?.provider ?? "");
  const [model, setModel] = useState(old?.model ?? "");
  const [worktree, setWorktree] = useState<keyof typeof CHOICES>(old?.worktree ?? "ask");
  const [setup, setSetup] = useState(old?.setupScript ?? "");
  const [teardown, setTeardown] = useState(old?.teardownScript ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problem = error === null ? null : explain(error);
  const at = (field: string) => (problem?.field === field ? problem.message : null);

  async function save(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const defaults = {
      provider: provider || null,
      model: model.trim() || null,
      worktree,
      setupScript: setup.trim() || null,
      teardownScript: teardown.trim() || null,
    };
    const request = { name: name.trim(), path: path.trim(), defaults };
    try {
      await (workspace ? updateWorkspace(workspace.id, request) : createWorkspace(request));
      onSaved();
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  const script = {
    className: "font-mono text-[13px]",
    spellCheck: false,
    autoCapitalize: "none",
    autoComplete: "off",
  };
  return (
    <Dialog open onClose={onClose} title={workspace ? workspace.name : "New workspace"} wide>
      <form onSubmit={save} className="space-y-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={100}
            value={name}
            error={at("name")}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label="Directory"
            required
            placeholder="/home/mia/shop"
            {...script}
            value={path}
            error={at("path")}
            onChange={(event) => setPath(event.target.value)}
          />
          <SelectField
            label="Agent"
            value={provider}
            onChange={(event) => setProvider(event.target.value as ProviderId | "")}
          >
            <option value="">Chosen each time</option>
            <option value="claude-code">Claude Code</option>
            <option value="codex">Codex</option>
            <option value="demo">Demo</option>
          </SelectField>
          <TextField
            label="Model"
            placeholder="The agent's own choice"
            spellCheck={false}
            autoCapitalize="none"
            value={model}
            error={at("model")}
            onChange={(event) => setModel(event.target.value)}
          />
        </div>
        <SelectField
          label="Git worktree of its own for each session"
          value={worktree}
          onChange={(event) => setWorktree(event.target.value as keyof typeof CHOICES)}
        >
          {Object.entries(CHOICES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Run in each new worktree"
            placeholder="tools/setup"
            hint="A program, by its path in the directory; outside of the agent's sandbox."
            {...script}
            value={setup}
            error={at("setupScript")}
            onChange={(event) => setSetup(event.target.value)}
          />
          <TextField
            label="Run before one is removed"
            placeholder="tools/teardown"
            {...script}
            value={teardown}
            error={at("teardownScript")}
            onChange={(event) => setTeardown(event.target.value)}
          />
        </div>
        {problem && !FIELDS.includes(problem.field ?? "") && <ErrorNote error={error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy || !name.trim() || !path.trim()}>
            {busy ? "Saving …" : "Save"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
