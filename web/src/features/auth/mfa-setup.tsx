import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button, buttonLook } from "@/components/button";
import { CopyButton } from "@/components/copy-button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { TextField } from "@/components/field";
import { mfaSetup, verifyMfa } from "./queries";

/** Sets up the authenticator; `onVerified` gets the recovery codes. */
export function MfaSetup({ onVerified }: { onVerified: (codes: string[]) => void }) {
  const setup = useQuery(mfaSetup);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  if (setup.isPending) return <Loading />;
  if (setup.isError) return <ErrorNote error={setup.error} onRetry={() => setup.refetch()} />;
  const { secret, otpauthUri, qr } = setup.data;

  async function verify(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onVerified(await verifyMfa(code));
    } catch (problem) {
      setError(problem);
      setCode("");
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={verify} className="space-y-4">
      <p className="text-sm text-muted">
        This dashboard can run commands on your machine, so a password alone is not enough. Scan
        this with an authenticator app.
      </p>
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(qr)}`}
        alt="QR code of the key below"
        className="mx-auto size-52 rounded-xl bg-white p-3"
      />
      <a href={otpauthUri} className={`${buttonLook("plain")} w-full sm:hidden`}>
        Open in the authenticator on this phone
      </a>
      <div>
        <p className="mb-1.5 text-sm font-medium">Or type the key</p>
        <div className="flex items-center gap-2">
          <code className="code min-w-0 flex-1 rounded-lg bg-raised px-3 py-2 break-all">
            {grouped(secret)}
          </code>
          <CopyButton text={secret} />
        </div>
      </div>
      <TextField
        label="Code that it shows now"
        inputMode="numeric"
        autoComplete="one-time-code"
        placeholder="000000"
        pattern="[0-9]{6}"
        maxLength={6}
        required
        className="font-mono tracking-[0.3em]"
        value={code}
        onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))}
      />
      {error !== null && <ErrorNote error={error} />}
      <Button type="submit" look="primary" className="w-full" disabled={busy || code.length < 6}>
        Verify
      </Button>
    </form>
  );
}

/** In fours, which is how people copy a key by eye. */
function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
