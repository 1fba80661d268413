import { useQuery } from "@tanstack/react-query";
import { PanelsTopLeft, Plus } from "lucide-react";
import { Button } from "@/components/button";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Page } from "@/components/page";
import { sessionsQuery } from "@/features/sessions/queries";
import { SessionList } from "@/features/sessions/session-list";
import { useGo } from "./use-go";

/** All sessions as a page, for screens without room at the left. */
export function SessionsPage() {
  const go = useGo();
  const sessions = useQuery(sessionsQuery);
  return (
    <Page
      title="Sessions"
      actions={
        <Button look="primary" onClick={go.newSession}>
          <Plus aria-hidden className="size-4" /> New session
        </Button>
      }
    >
      {sessions.isPending && <Loading />}
      {sessions.isError && <ErrorNote error={sessions.error} onRetry={() => sessions.refetch()} />}
      {sessions.data?.length === 0 && (
        <Empty icon={<PanelsTopLeft aria-hidden />} title="No sessions yet">
          Start one here, or with <code className="code">codepiper start</code>
        </Empty>
      )}
      <div className="-mx-3">{sessions.data && <SessionList sessions={sessions.data} />}</div>
    </Page>
  );
}
