import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Button } from "@/components/button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { AuthFrame } from "@/features/auth/frame";
import { authStatus } from "@/features/auth/queries";
import { sessionsQuery } from "@/features/sessions/queries";
import { Shell } from "./shell";
// Behind the sign-in, which is quicker with the letters of the system.
import "@fontsource-variable/geist/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";

/** What only those who are signed in see. Without a daemon it is what was last known. */
export function AppLayout() {
  const status = useQuery(authStatus);
  const known = useQuery({ ...sessionsQuery, enabled: false }).data;
  if (status.data?.authenticated === false) return <ToSignIn />;
  // While it is asked again after a failure there is no answer either: what is known stays.
  if (!status.data && !known) return status.isPending ? <Loading /> : <NoDaemon status={status} />;
  return <Shell />;
}

/** Nothing is known, and nobody answers. */
function NoDaemon({ status }: { status: { error: unknown; refetch: () => unknown } }) {
  return (
    <AuthFrame title="The daemon does not answer">
      <ErrorNote error={status.error} />
      <p className="mt-4 text-sm text-muted">
        Sessions live on without it. Start it with{" "}
        <code className="code">codepiper daemon --web --detach</code>
      </p>
      <Button look="primary" className="mt-4 w-full" onClick={() => status.refetch()}>
        Try again
      </Button>
    </AuthFrame>
  );
}

/** Goes to the sign-in, which knows where to go on. */
function ToSignIn() {
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    const { href } = router.state.location;
    if (href.startsWith("/sign-in")) return;
    void navigate({ to: "/sign-in", search: href === "/" ? {} : { next: href }, replace: true });
  }, [navigate, router]);
  return null;
}
