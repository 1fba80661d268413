import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, Plus } from "lucide-react";
import { toast } from "sonner";
import { Unreachable } from "@/api/client";
import type { Session } from "@/api/types";
import { Button, buttonLook } from "@/components/button";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Page, Section } from "@/components/page";
import { Ticked } from "@/components/ticked";
import { TimeAgo } from "@/components/time-ago";
import { ApprovalCard } from "@/features/approvals/approval-card";
import { pendingQuery } from "@/features/approvals/queries";
import { UnreadList } from "@/features/notifications/unread-list";
import { Dot } from "@/features/sessions/dot";
import { sinceOf } from "@/features/sessions/groups";
import { sessionsQuery } from "@/features/sessions/queries";
import { doing, evidenceWords, labelOf } from "@/features/sessions/words";
import { QuestionCard } from "@/features/workflows/question-card";
import { putAside, takeBack, useAttention } from "./use-attention";
import { useGo } from "./use-go";
import { Who } from "./who";

/** Everything that waits for a person, to be settled right here. */
export function InboxPage() {
  const go = useGo();
  const approvals = useQuery(pendingQuery);
  const sessions = useQuery(sessionsQuery);
  const attention = useAttention();
  const aside = (session: Session) => {
    putAside(session.id);
    toast(`${labelOf(session)} was put aside.`, {
      action: { label: "Undo", onClick: () => takeBack(session.id) },
    });
  };
  const isEmpty =
    attention.approvals.length + attention.questions.length + attention.failed.length === 0 &&
    attention.steps.length === 0;
  // The banner says it.
  const isAway = approvals.error instanceof Unreachable;
  const isKnown = approvals.isSuccess && sessions.isSuccess;
  return (
    <Page title="Needs you">
      {approvals.isError && !isAway && (
        <ErrorNote error={approvals.error} onRetry={() => approvals.refetch()} className="mb-5" />
      )}
      {isAway && !approvals.data && attention.count === 0 && (
        <Empty title="What waits for you is not known">
          It comes here as soon as the daemon answers.
        </Empty>
      )}
      {!isKnown && approvals.isPending && <Loading />}
      {attention.approvals.length > 0 && (
        <Section title="Permissions">
          <div className="space-y-3">
            {attention.approvals.map((requests) => (
              <ApprovalCard
                key={requests[0].id}
                requests={requests}
                who={<Who sessions={requests.map((r) => attention.byId.get(r.sessionId))} />}
              />
            ))}
          </div>
        </Section>
      )}
      {isAway && attention.asking.length > 0 && (
        <Section title="Permissions">
          <ul className="space-y-3">
            {attention.asking.map((session) => (
              <Waiting
                key={session.id}
                session={session}
                words="What it wants to do comes here as soon as the daemon answers."
                action="Look"
              />
            ))}
          </ul>
        </Section>
      )}
      {attention.steps.length > 0 && (
        <Section title="Workflows">
          <div className="space-y-3">
            {attention.steps.map(({ executionId, step, message, workflowName }) => (
              <QuestionCard
                key={`${executionId} ${step}`}
                executionId={executionId}
                step={step}
                message={message}
                who={
                  <Link
                    to="/workflows/executions/$id"
                    params={{ id: executionId }}
                    className="target inline-flex items-center hover:underline"
                  >
                    {workflowName}
                  </Link>
                }
              />
            ))}
          </div>
        </Section>
      )}
      {attention.questions.length > 0 && (
        <Section title="Questions">
          <ul className="space-y-3">
            {attention.questions.map((session) => (
              <Waiting
                key={session.id}
                session={session}
                words={evidenceWords(session)}
                action="Answer"
              />
            ))}
          </ul>
        </Section>
      )}
      {attention.failed.length > 0 && (
        <Section title="Failures">
          <ul className="space-y-3">
            {attention.failed.map((session) => (
              <Waiting
                key={session.id}
                session={session}
                words={session.exit?.detail ?? "Its last screen may say why."}
                action="Look"
                onPutAside={() => aside(session)}
              />
            ))}
          </ul>
        </Section>
      )}
      <UnreadList />
      {isKnown && isEmpty && (
        <Empty icon={<CircleCheck aria-hidden />} title="Nobody waits for you">
          {sessions.data.length === 0 ? (
            <>
              Start an agent, and what it asks comes here.
              <br />
              <Button look="primary" className="mt-4" onClick={go.newSession}>
                <Plus aria-hidden className="size-4" /> New session
              </Button>
            </>
          ) : (
            "What agents ask, and what went wrong, comes here."
          )}
        </Empty>
      )}
    </Page>
  );
}

interface WaitingProps {
  session: Session;
  words: string;
  action: string;
  onPutAside?: () => void;
}

function Waiting({ session, words, action, onPutAside }: WaitingProps) {
  return (
    <li className="flex flex-wrap items-center gap-3 rounded-xl border bg-panel p-3.5 sm:p-4">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex min-w-0 items-center gap-2 text-sm">
          <Dot session={session} />
          <span className="truncate font-medium">{labelOf(session)}</span>
          <span className="shrink-0 text-muted">
            <TimeAgo at={sinceOf(session)} />
          </span>
        </p>
        <p className="mt-1 text-sm">{doing(session)}</p>
        <p className="mt-0.5 line-clamp-2 text-[13px] break-words text-muted">
          <Ticked text={words} />
        </p>
      </div>
      <div className="flex gap-2">
        {onPutAside && (
          <Button look="quiet" onClick={onPutAside}>
            Put aside <span className="sr-only">{labelOf(session)}</span>
          </Button>
        )}
        <Link to="/sessions/$id" params={{ id: session.id }} className={buttonLook("plain")}>
          {action}
        </Link>
      </div>
    </li>
  );
}
