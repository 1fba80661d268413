import { type FormEvent, useState } from "react";
import { explain } from "@/api/client";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { TextField } from "@/components/field";
import { changePassword } from "./queries";

/** Changes the password; every other sign-in ends with it. */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<unknown>(null);
  const differs = again !== "" && again !== next;
  const field = error === null ? undefined : explain(error).field;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setError(null);
    try {
      await changePassword(current, next);
      setCurrent("");
      setNext("");
      setAgain("");
      onChanged();
    } catch (problem) {
      setError(problem);
    }
  }

  const at = (name: string) => (field === name ? explain(error).message : null);
  return (
    <form onSubmit={submit} className="max-w-sm space-y-4">
      <TextField
        label="Current password"
        type="password"
        autoComplete="current-password"
        required
        error={at("currentPassword")}
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        error={at("newPassword")}
        value={next}
        onChange={(event) => setNext(event.target.value)}
      />
      <TextField
        label="New password again"
        type="password"
        autoComplete="new-password"
        required
        error={differs ? "The two are not the same." : null}
        value={again}
        onChange={(event) => setAgain(event.target.value)}
      />
      {error !== null && !field && <ErrorNote error={error} />}
      <Button type="submit" look="primary" disabled={!current || !next || again !== next}>
        Change password
      </Button>
      <p className="text-[13px] text-muted">Every other sign-in ends.</p>
    </form>
  );
}
