import { useInfiniteQuery } from "@tanstack/react-query";
import { ListTree } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { SessionEvent } from "@/api/types";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { INPUT } from "@/components/field";
import { EventRow } from "./event-row";
import { eventsQuery } from "./queries";
import { useSpan } from "./use-span";

/** A row and the line below it, for a mouse and for a finger. */
const HEIGHT = matchMedia("(pointer: coarse)").matches ? 48 : 40;

/** Older ones are read when so much is left to scroll, in pixels. */
const AHEAD = 1500;

/** Everything that happened in a session, the latest first; older ones come as one scrolls. */
export function EventList({ sessionId }: { sessionId: string }) {
  const query = useInfiniteQuery(eventsQuery(sessionId));
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState({ id: 0, height: 0 });
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);

  const pages = query.data?.pages;
  const shown = useMemo(() => {
    const events = (pages ?? []).flatMap((page) => page.events);
    return wanted ? events.filter((event) => textOf(event).includes(wanted)) : events;
  }, [pages, wanted]);
  const openRow = useMemo(() => shown.findIndex((event) => event.id === open.id), [shown, open.id]);
  const rows = { count: shown.length, height: HEIGHT, open: openRow, extra: open.height };
  const span = useSpan(box, list, rows);

  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const isNearEnd = span.behind < AHEAD;
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [isNearEnd, hasNextPage, isFetching, isError, fetchNextPage]);

  return (
    <div ref={box} className="h-full overflow-y-auto p-3 sm:p-4">
      <input
        type="search"
        aria-label="Filter the events"
        placeholder="Filter"
        className={`${INPUT} mb-3 max-w-xs`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {query.isPending && <Loading />}
      {query.data && shown.length === 0 && !hasNextPage && (
        <Empty
          icon={<ListTree aria-hidden />}
          title={wanted ? "No event matches" : "Nothing happened yet"}
        />
      )}
      <ol ref={list} className="overflow-hidden rounded-xl border bg-panel empty:hidden">
        {span.before > 0 && <li aria-hidden style={{ height: span.before }} />}
        {shown.slice(span.first, span.end).map((event) => (
          <EventRow
            key={event.id}
            event={event}
            isOpen={event.id === open.id}
            onToggle={() => setOpen({ id: event.id === open.id ? 0 : event.id, height: 0 })}
            onMeasure={(height) =>
              setOpen((old) => (old.height === height ? old : { ...old, height }))
            }
          />
        ))}
        {span.behind > 0 && <li aria-hidden style={{ height: span.behind }} />}
      </ol>
      {query.isFetchingNextPage && <Loading label="Loading older ones" />}
      {query.error && (
        <ErrorNote
          error={query.error}
          onRetry={() => (query.data ? fetchNextPage() : query.refetch())}
          className="mt-3"
        />
      )}
    </div>
  );
}

const texts = new WeakMap<SessionEvent, string>();

/** What it is found by. */
function textOf(event: SessionEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = `${event.type} ${event.source} ${JSON.stringify(event.payload)}`.toLowerCase();
  texts.set(event, text);
  return text;
}
