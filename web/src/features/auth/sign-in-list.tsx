import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Laptop, Smartphone } from "lucide-react";
import { useState } from "react";
import type { SignIn } from "@/api/types";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { TimeAgo } from "@/components/time-ago";
import { deviceOf, isPhone } from "./device";
import { revokeOtherSignIns, revokeSignIn, signIns } from "./queries";

/** Where one is signed in, and how to end that. */
export function SignInList() {
  const query = useQuery(signIns);
  const client = useQueryClient();
  const [revoking, setRevoking] = useState<SignIn | "others" | null>(null);
  if (query.isPending) return <Loading />;
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => query.refetch()} />;
  const others = query.data.filter((signIn) => !signIn.current);

  async function revoke() {
    if (revoking === "others") await revokeOtherSignIns();
    else if (revoking) await revokeSignIn(revoking.id);
    await client.invalidateQueries(signIns);
  }

  return (
    <>
      <ul className="divide-y rounded-xl border bg-panel">
        {query.data.map((signIn) => (
          <Row key={signIn.id} signIn={signIn} onRevoke={() => setRevoking(signIn)} />
        ))}
      </ul>
      {others.length > 0 && (
        <Button look="danger" className="mt-3" onClick={() => setRevoking("others")}>
          Revoke all others
        </Button>
      )}
      <Confirm
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={
          revoking === "others" ? `Revoke ${others.length} other sign-ins?` : "Revoke this sign-in?"
        }
        action="Revoke"
        onConfirm={revoke}
      >
        <p>What is open there is cut off at once, terminals included. Sessions of agents go on.</p>
      </Confirm>
    </>
  );
}

function Row({ signIn, onRevoke }: { signIn: SignIn; onRevoke: () => void }) {
  const Icon = isPhone(signIn.userAgent) ? Smartphone : Laptop;
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <Icon aria-hidden className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {deviceOf(signIn.userAgent)}
          {signIn.current && <Badge tone="accent">This one</Badge>}
        </p>
        <p className="text-[13px] text-muted">
          {signIn.ipAddress ?? "unknown address"} · used{" "}
          <TimeAgo at={signIn.lastUsedAt} suffix=" ago" /> · since{" "}
          {new Date(signIn.createdAt).toLocaleDateString()}
        </p>
      </div>
      {!signIn.current && (
        <Button look="danger" onClick={onRevoke}>
          Revoke <span className="sr-only">{deviceOf(signIn.userAgent)}</span>
        </Button>
      )}
    </li>
  );
}
