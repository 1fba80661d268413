import { type ReactNode, useState } from "react";
import { Button } from "./button";
import { Dialog, DialogActions } from "./dialog";
import { ErrorNote } from "./error-note";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will be lost. */
  children: ReactNode;
  /** What the button says: the deed, not "OK". */
  action: string;
  onConfirm: () => Promise<unknown>;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ open, onClose, title, children, action, onConfirm }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function confirm() {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className="space-y-2 text-sm text-muted">{children}</div>
      {error !== null && <ErrorNote error={error} className="mt-3" />}
      <DialogActions>
        {/* So that Enter does no harm. */}
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        <Button look="grave" onClick={confirm} disabled={busy}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
