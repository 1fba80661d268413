import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Button } from "@/components/button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { AuthFrame } from "@/features/auth/frame";
import { MfaSetup } from "@/features/auth/mfa-setup";
import { authStatus, mfaSetup, signOut } from "@/features/auth/queries";
import { RecoveryCodes } from "@/features/auth/recovery-codes";
import { SignInForm } from "@/features/auth/sign-in-form";

/** Signs in, with all that belongs to the first time, and goes on where one was. */
export function SignInPage() {
  const { next = "/" } = useSearch({ from: "/sign-in" });
  const client = useQueryClient();
  const navigate = useNavigate();
  const status = useQuery(authStatus);
  const [codes, setCodes] = useState<string[] | null>(null);

  const refresh = () => client.invalidateQueries(authStatus);
  async function enter() {
    await refresh();
    await navigate({ href: next, replace: true });
  }
  async function startOver() {
    await signOut();
    client.removeQueries(mfaSetup);
    await refresh();
  }

  if (codes) {
    return (
      <AuthFrame title="Save your recovery codes">
        <RecoveryCodes codes={codes} onSaved={enter} />
      </AuthFrame>
    );
  }
  if (status.isPending) return <Loading />;
  if (status.isError) {
    return (
      <AuthFrame title="The daemon does not answer">
        <ErrorNote error={status.error} onRetry={refresh} />
      </AuthFrame>
    );
  }
  if (status.data.authenticated) return <GoOn href={next} />;
  if (status.data.mfaSetupRequired) {
    return (
      <AuthFrame title="Set up your authenticator">
        <MfaSetup onVerified={setCodes} />
        <Button look="quiet" className="mt-3 w-full" onClick={startOver}>
          Start over
        </Button>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Sign in">
      <SignInForm
        mfa={status.data.mfaEnabled}
        isFirst={status.data.onboardingPending}
        onSignedIn={enter}
        onMfaSetup={refresh}
      />
    </AuthFrame>
  );
}

/** Goes where one was, with all of the address. */
function GoOn({ href }: { href: string }) {
  const navigate = useNavigate();
  useEffect(() => void navigate({ href, replace: true }), [navigate, href]);
  return null;
}
