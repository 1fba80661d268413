import { useInfiniteQuery } from "@tanstack/react-query";
import { ListTree } from "lucide-react";
import { useState } from "react";
import type { SessionEvent } from "@/api/types";
import { Button } from "@/components/button";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { INPUT } from "@/components/field";
import { clockTime, fullTime } from "@/lib/time";
import { eventsQuery } from "./queries";
import { eventWords } from "./words";

/** Everything that happened in a session, the latest first. */
export function EventList({ sessionId }: { sessionId: string }) {
  const query = useInfiniteQuery(eventsQuery(sessionId));
  const [wanted, setWanted] = useState("");
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ErrorNote error={query.error} onRetry={() => query.refetch()} className="m-4" />;
  const events = query.data.pages.flatMap((page) => page.events);
  const shown = events.filter((event) => matches(event, wanted.trim().toLowerCase()));
  return (
    <div className="h-full overflow-y-auto p-3 sm:p-4">
      <input
        type="search"
        aria-label="Filter the events"
        placeholder="Filter"
        className={`${INPUT} mb-3 max-w-xs`}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      {shown.length === 0 && (
        <Empty
          icon={<ListTree aria-hidden />}
          title={wanted ? "None of those loaded matches" : "Nothing happened yet"}
        />
      )}
      <ol className="divide-y rounded-xl border bg-panel empty:hidden">
        {shown.map((event) => (
          <Row key={event.id} event={event} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          className="mt-3 w-full"
          disabled={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? "Loading …" : "Load older"}
        </Button>
      )}
    </div>
  );
}

function Row({ event }: { event: SessionEvent }) {
  const [isOpen, setOpen] = useState(false);
  const words = eventWords(event);
  return (
    <li>
      <details onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
        <summary className="target flex cursor-pointer items-center gap-3 px-3 py-1.5 text-[13px]">
          <time
            dateTime={event.timestamp}
            title={fullTime(event.timestamp)}
            className="shrink-0 text-muted tabular-nums"
          >
            {clockTime(event.timestamp)}
          </time>
          <span className="shrink-0 font-medium">{event.type}</span>
          <span className="min-w-0 flex-1 truncate text-muted">{words}</span>
          <span className="shrink-0 text-muted max-sm:hidden">{event.source}</span>
        </summary>
        {isOpen && (
          <pre className="code overflow-x-auto border-t bg-raised px-3 py-2.5 break-words whitespace-pre-wrap">
            {JSON.stringify(event.payload, null, 2)}
          </pre>
        )}
      </details>
    </li>
  );
}

function matches(event: SessionEvent, wanted: string): boolean {
  if (!wanted) return true;
  return `${event.type} ${event.source} ${JSON.stringify(event.payload)}`
    .toLowerCase()
    .includes(wanted);
}
