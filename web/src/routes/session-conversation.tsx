import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Download, Search } from "lucide-react";
import { useCallback } from "react";
import type { ConversationTool, Session } from "@/api/types";
import { buttonLook } from "@/components/button";
import { outcomeWords } from "@/features/approvals/outcome";
import { Conversation } from "@/features/conversation/conversation";
import { DecisionNote } from "@/features/decisions/decision-note";
import { labelOf } from "@/features/sessions/words";
import { placeAt } from "@/lib/places";

/** What was said in a session, with who allowed what. */
export function SessionConversation({ session }: { session: Session }) {
  const { id } = session;
  const { entry } = useSearch({ from: "/app/sessions/$id" });
  const navigate = useNavigate();
  const decision = useCallback(
    (tool: ConversationTool, at: string) =>
      tool.decisionId && (
        <DecisionNote
          sessionId={id}
          decisionId={tool.decisionId}
          approvalId={tool.approvalId}
          at={at}
          answer={outcomeWords}
          more={
            <Link
              to="/sessions/$id"
              params={{ id }}
              search={{ tab: "activity" }}
              className="text-accent underline"
            >
              See it in the activity
            </Link>
          }
        />
      ),
    [id],
  );
  return (
    <Conversation
      sessionId={id}
      at={entry ? placeAt(entry) : null}
      decision={decision}
      onLatest={() =>
        void navigate({ to: "/sessions/$id", params: { id }, search: { tab: "conversation" } })
      }
      tools={
        <>
          <Link to="/search" search={{ session: id }} className={buttonLook("quiet")}>
            <Search aria-hidden className="size-4" /> Find
          </Link>
          <a
            href={`/api/sessions/${id}/conversation/markdown`}
            download={`${labelOf(session).replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.md`}
            className={buttonLook("quiet")}
          >
            <Download aria-hidden className="size-4" /> Export
          </a>
        </>
      }
    />
  );
}
