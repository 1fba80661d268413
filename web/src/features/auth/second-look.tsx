import { type FormEvent, useEffect, useRef, useState } from "react";
import { askForIdentity } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { TextField } from "@/components/field";
import { confirmIdentity } from "./queries";

/** Asks who is there when a call wants a second look; the call is then made again. */
export function SecondLook() {
  const [isOpen, setOpen] = useState(false);
  const [proof, setProof] = useState("");
  const [error, setError] = useState<unknown>(null);
  const answer = useRef<(confirmed: boolean) => void>(() => {});

  useEffect(
    () =>
      askForIdentity(() => {
        setOpen(true);
        return new Promise<boolean>((resolve) => {
          answer.current = resolve;
        });
      }),
    [],
  );

  function finish(confirmed: boolean) {
    setOpen(false);
    setProof("");
    setError(null);
    answer.current(confirmed);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setError(null);
    const isCode = /^\d{6}$/.test(proof);
    try {
      await confirmIdentity(isCode ? { totpCode: proof } : { password: proof });
      finish(true);
    } catch (problem) {
      setError(problem);
    }
  }

  return (
    <Dialog
      open={isOpen}
      onClose={() => finish(false)}
      title="Is it you?"
      description="This changes who can do what, so say once more who you are."
    >
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label="Password, or a code of your authenticator"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={proof}
          onChange={(event) => setProof(event.target.value)}
        />
        {error !== null && <ErrorNote error={error} />}
        <DialogActions>
          <Button onClick={() => finish(false)}>Cancel</Button>
          <Button type="submit" look="primary">
            Confirm
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
