import { type FormEvent, useState } from "react";
import type { Session } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { TextField } from "@/components/field";
import { switchModel } from "./queries";

/** Names that an agent always knows; it knows more. */
const KNOWN: Partial<Record<Session["provider"], string[]>> = {
  "claude-code": ["default", "opus", "sonnet", "haiku"],
};

/** Gives the session's agent another model, from its next turn on. */
export function ModelDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const [model, setModel] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await switchModel(session.id, model.trim());
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} title="Change the model">
      <form onSubmit={submit}>
        <TextField
          label="Model"
          hint={`Now: ${session.model ?? "the agent's own choice"}`}
          list="known-models"
          maxLength={100}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          autoFocus
          value={model}
          onChange={(event) => setModel(event.target.value)}
        />
        <datalist id="known-models">
          {KNOWN[session.provider]?.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {error !== null && <ErrorNote error={error} className="mt-3" />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy || !model.trim()}>
            {busy ? "Changing …" : "Change"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
