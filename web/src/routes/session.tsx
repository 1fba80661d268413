import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { lazy, useRef } from "react";
import type { Session } from "@/api/types";
import { buttonLook, IconButton } from "@/components/button";
import { Empty, Loading } from "@/components/empty";
import { LazyPart } from "@/components/lazy-part";
import { EventList } from "@/features/events/event-list";
import { MuteItem } from "@/features/notifications/mute-item";
import { PromptBox } from "@/features/prompts/prompt-box";
import { PromptQueue } from "@/features/prompts/prompt-queue";
import { refusals } from "@/features/sessions/can";
import { Ended } from "@/features/sessions/ended";
import { sessionsQuery } from "@/features/sessions/queries";
import { SessionActions } from "@/features/sessions/session-actions";
import { SessionHeader } from "@/features/sessions/session-header";
import { useShortcuts } from "@/lib/shortcuts";
import { KillDialog } from "./kill-dialog";
import { OthersWait } from "./others-wait";
import { SessionActivity, SessionApprovals } from "./session-parts";
import { SessionTabs, useTab, useTabKeys } from "./session-tabs";
import { useEventNews } from "./use-event-news";
import { useGo } from "./use-go";

const SessionConversation = lazy(() =>
  import("./session-conversation").then((module) => ({ default: module.SessionConversation })),
);
const Changes = lazy(() =>
  import("@/features/git/changes").then((module) => ({ default: module.Changes })),
);
const Terminal = lazy(() =>
  import("@/features/terminal/terminal").then((module) => ({ default: module.Terminal })),
);

/** One session: what it shows, what it asks, and what it is told. */
export function SessionPage() {
  const { id } = useParams({ from: "/app/sessions/$id" });
  const sessions = useQuery(sessionsQuery);
  const session = sessions.data?.find((s) => s.id === id);
  if (session) return <SessionView key={id} session={session} />;
  if (sessions.isFetching || sessions.isPending) return <Loading />;
  return (
    <Empty title="There is no such session">
      It may have been deleted. <code className="code break-all">{id}</code>
      <p className="mt-4">
        <Link to="/sessions" className={buttonLook("plain")}>
          See all sessions
        </Link>
      </p>
    </Empty>
  );
}

function SessionView({ session }: { session: Session }) {
  const tab = useTab(session);
  const go = useGo();
  const prompt = useRef<HTMLTextAreaElement>(null);
  const isLive = session.status === "RUNNING" || session.status === "STARTING";
  useEventNews(session.id);
  useTabKeys(session.id);
  const intoTerminal = () => document.querySelector<HTMLElement>(".xterm-helper-textarea")?.focus();
  useShortcuts({ p: () => prompt.current?.focus(), t: intoTerminal });

  return (
    <div className="flex h-full flex-col">
      <OthersWait sessionId={session.id} />
      <SessionHeader
        session={session}
        before={
          <IconButton label="All sessions" className="md:hidden" onClick={go.sessions}>
            <ArrowLeft aria-hidden />
          </IconButton>
        }
        actions={
          <SessionActions
            session={session}
            muteItem={<MuteItem sessionId={session.id} />}
            killDialog={(open, onClose) => (
              <KillDialog session={session} open={open} onClose={onClose} />
            )}
          />
        }
      />
      <SessionTabs id={session.id} tab={tab} />
      <SessionApprovals sessionId={session.id} />
      <div className="min-h-0 flex-1">
        {tab === "terminal" &&
          (isLive ? (
            <LazyPart key="terminal" label="Loading the terminal">
              <Terminal
                key={session.status}
                sessionId={session.id}
                onLeave={() => prompt.current?.focus()}
              />
            </LazyPart>
          ) : (
            <Ended session={session} />
          ))}
        {tab === "conversation" && (
          <LazyPart key="conversation" label="Loading the conversation">
            <SessionConversation session={session} />
          </LazyPart>
        )}
        {tab === "changes" && (
          <LazyPart key="changes" label="Loading the changes">
            <Changes sessionId={session.id} canSend={isLive} />
          </LazyPart>
        )}
        {tab === "events" && <EventList sessionId={session.id} />}
        {tab === "activity" && <SessionActivity sessionId={session.id} />}
      </div>
      {isLive && (
        <div className="border-t bg-ground pb-[env(safe-area-inset-bottom)]">
          <PromptQueue sessionId={session.id} />
          <PromptBox
            sessionId={session.id}
            refusal={refusals(session).send}
            isBusy={session.activity?.state === "working"}
            input={prompt}
          />
        </div>
      )}
    </div>
  );
}
