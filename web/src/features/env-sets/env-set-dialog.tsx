import { type FormEvent, useState } from "react";
import { explain } from "@/api/client";
import type { EnvSet } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { TextArea, TextField } from "@/components/field";
import { createEnvSet, importDotenv, updateEnvSet } from "./queries";
import { type Change, VariableRow } from "./variable-row";

interface Props {
  /** The set that is changed; none where one is made. */
  set: EnvSet | null;
  onClose: () => void;
  onSaved: () => void;
}

/** Makes a set, or changes one. Values that are not typed anew stay as they are. */
export function EnvSetDialog({ set, onClose, onSaved }: Props) {
  const [name, setName] = useState(set?.name ?? "");
  const [description, setDescription] = useState(set?.description ?? "");
  const [changes, setChanges] = useState<Record<string, Change>>({});
  const [added, setAdded] = useState({ name: "", value: "" });
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problem = error === null ? null : explain(error);
  const at = (field: string) => (problem?.field === field ? problem.message : null);

  async function save(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const of = (kind: Change["kind"]) => Object.entries(changes).filter(([, c]) => c.kind === kind);
    const vars = Object.fromEntries(of("set").map(([name, change]) => [name, change.value]));
    if (added.name.trim()) vars[added.name.trim()] = added.value;
    const unset = of("unset").map(([name]) => name);
    try {
      const saved = set
        ? await updateEnvSet(set.id, { name, description, vars, unset })
        : await createEnvSet({ name, vars, ...(description.trim() && { description }) });
      onSaved();
      if (text.trim()) {
        await importDotenv(saved.id, text);
        onSaved();
      }
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  const change = (name: string, to: Change | null) =>
    setChanges(({ [name]: _, ...rest }) => (to ? { ...rest, [name]: to } : rest));

  return (
    <Dialog open onClose={onClose} title={set ? `Env set ${set.name}` : "New env set"} wide>
      <form onSubmit={save} className="space-y-4" autoComplete="off">
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
            label="What it is for"
            maxLength={500}
            value={description}
            error={at("description")}
            onChange={(event) => setDescription(event.target.value)}
          />
        </div>
        {set && set.varCount > 0 && (
          <ul aria-label="Variables" className="divide-y rounded-xl border">
            {Object.keys(set.maskedVars).map((name) => (
              <VariableRow
                key={name}
                setId={set.id}
                name={name}
                change={changes[name] ?? null}
                onChange={(to) => change(name, to)}
              />
            ))}
          </ul>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Another variable"
            placeholder="API_KEY"
            spellCheck={false}
            autoCapitalize="off"
            value={added.name}
            error={at("vars") ?? at(`vars.${added.name.trim()}`)}
            onChange={(event) => setAdded({ ...added, name: event.target.value })}
          />
          <TextField
            label="Its value"
            type="password"
            autoComplete="new-password"
            value={added.value}
            onChange={(event) => setAdded({ ...added, value: event.target.value })}
          />
        </div>
        <TextArea
          label="Or the lines of a .env file"
          placeholder={"API_KEY=…\nexport DB_URL='…'"}
          rows={3}
          spellCheck={false}
          className="code"
          value={text}
          error={at("text")}
          onChange={(event) => setText(event.target.value)}
        />
        {error !== null && !problem?.field && <ErrorNote error={error} />}
        {problem?.field === "unset" && <ErrorNote error={error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy || !name.trim()}>
            {busy ? "Saving …" : "Save"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
