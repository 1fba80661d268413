import { type FormEvent, useState } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { TextField } from "@/components/field";
import { useCountdown } from "@/components/use-countdown";
import { duration } from "@/lib/time";
import { CodeField } from "./code-field";
import { signIn } from "./queries";

interface Props {
  /** Whether a code is asked for. */
  mfa: boolean;
  /** Whether nobody has signed in yet, so that the password is still the first one. */
  isFirst: boolean;
  onSignedIn: () => void;
  onMfaSetup: () => void;
}

/** Password and code, judged together: the answer does not say which of them was wrong. */
export function SignInForm({ mfa, isFirst, onSignedIn, onMfaSetup }: Props) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [blockedUntil, setBlockedUntil] = useState<number | null>(null);
  const left = useCountdown(blockedUntil);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(password, code);
      onSignedIn();
    } catch (problem) {
      if (problem instanceof ApiError && problem.code === "mfa_setup_required") return onMfaSetup();
      if (problem instanceof ApiError && problem.code === "too_many_attempts") {
        setBlockedUntil(Date.now() + (problem.body.retryAfter ?? 30) * 1000);
      } else {
        setError(problem);
      }
      // A code counts once.
      setCode("");
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {isFirst && (
        <p className="rounded-lg bg-accent-soft p-3 text-sm">
          The first password was shown when the daemon first started, or is in the file that its log
          names: <code className="code">codepiper daemon logs</code>
        </p>
      )}
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        autoFocus
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {mfa && <CodeField value={code} onChange={setCode} />}
      {left > 0 ? (
        <p role="alert" className="rounded-lg bg-warn-soft p-3 text-sm text-warn">
          Too many attempts. Try again in <span className="tabular-nums">{duration(left)}</span>. On
          this machine itself <code className="code">codepiper auth</code> always works.
        </p>
      ) : (
        error !== null && <ErrorNote error={error} />
      )}
      <Button type="submit" look="primary" className="w-full" disabled={busy || left > 0}>
        {busy ? "Signing in …" : "Sign in"}
      </Button>
    </form>
  );
}
