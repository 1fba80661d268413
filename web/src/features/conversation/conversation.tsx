import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, MessagesSquare } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { Button } from "@/components/button";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Entry } from "./entry";
import { KeepFolds } from "./folds";
import { WithProblems } from "./problems";
import { type Row, rowsOf, wayTo } from "./rows";
import { SubAgent } from "./sub-agent";
import type { Surroundings } from "./surroundings";
import { TurnCost } from "./usage-line";
import { useConversation } from "./use-conversation";
import { useEnd } from "./use-end";
import { useSeek } from "./use-seek";

interface Props {
  sessionId: string;
  /** The place of the entry that is looked for. */
  at: string | null;
  decision: Surroundings["decision"];
  /** What can be done with the whole of it. */
  tools: ReactNode;
  /** Goes to the end, from the place that was looked for. */
  onLatest: () => void;
}

/** Rows beyond those that are seen. */
const MORE = 6;

/** Further ones are read when so many are left. */
const AHEAD = 12;

/** What was said and done in a session, the latest at the end; older ones come as one scrolls. */
export function Conversation(props: Props) {
  return (
    <KeepFolds key={props.at}>
      <Windowed key={props.at} {...props} />
    </KeepFolds>
  );
}

function Windowed({ sessionId, at, decision, tools, onLatest }: Props) {
  const query = useConversation(sessionId, at);
  const { entries, hasPreviousPage, hasNextPage, isFetching, isError } = query;
  const box = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => rowsOf(entries, !hasPreviousPage), [entries, hasPreviousPage]);
  const { rows, agents } = shown;
  const isLoaded = query.isSuccess;
  const way = useMemo(
    () => (at && isLoaded ? wayTo(Number(at.split(".")[1]), shown) : []),
    [at, isLoaded, shown],
  );
  const around = useMemo(() => ({ agents, way, decision }), [agents, way, decision]);

  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => guess(rows[index]),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: MORE,
    // What comes in front moves nothing that is read.
    anchorTo: "end",
  });
  const items = list.getVirtualItems();
  const { isAtEnd, goToEnd } = useEnd(box, list.getTotalSize(), at === null);

  const wanted = at === null ? null : rows.findIndex((row) => row.key === way.at(-1));
  const isPlaced = useSeek(box, wanted, isLoaded, (index) =>
    list.scrollToIndex(index, { align: "center" }),
  );

  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const { fetchPreviousPage, fetchNextPage } = query;
  const wantsOlder = isPlaced && hasPreviousPage && first < AHEAD;
  const wantsNewer = isPlaced && hasNextPage && last >= rows.length - AHEAD;
  useEffect(() => {
    if (isFetching || isError) return;
    if (wantsOlder) void fetchPreviousPage();
    else if (wantsNewer) void fetchNextPage();
  }, [isFetching, isError, wantsOlder, wantsNewer, fetchPreviousPage, fetchNextPage]);

  const isEmpty = isLoaded && rows.length === 0 && !hasPreviousPage;
  return (
    <div className="flex h-full flex-col">
      <WithProblems sessionId={sessionId} tools={tools} />
      <div className="relative min-h-0 flex-1">
        <div
          ref={box}
          role="log"
          aria-label="Conversation"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
          tabIndex={0}
          className="h-full overflow-y-auto overscroll-contain px-3 focus-visible:-outline-offset-2 sm:px-6"
        >
          {query.isPending && <Loading label="Loading the conversation" />}
          {query.error && (
            <ErrorNote
              error={query.error}
              onRetry={() => (query.data ? fetchPreviousPage() : query.refetch())}
              className="mx-auto mt-4 max-w-3xl"
            />
          )}
          {isEmpty && (
            <Empty icon={<MessagesSquare aria-hidden />} title="Nothing was said yet">
              Prompts, replies and tool calls stand here as soon as the agent writes them down.
            </Empty>
          )}
          <ol className="relative mx-auto max-w-3xl" style={{ height: list.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              return (
                row && (
                  <li
                    key={item.key}
                    ref={list.measureElement}
                    data-index={item.index}
                    className="absolute inset-x-0 top-0 py-2"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    {row.agentId === null ? (
                      <Entry entry={row.entry} around={around} />
                    ) : (
                      <SubAgent
                        agentId={row.agentId}
                        entries={agents.get(row.agentId) ?? []}
                        around={around}
                      />
                    )}
                    {row.turn && <TurnCost sum={row.turn} />}
                  </li>
                )
              );
            })}
          </ol>
        </div>
        {!isEmpty && (!isAtEnd || hasNextPage) && isLoaded && (
          <Button
            className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-lg"
            onClick={() => (hasNextPage ? onLatest() : goToEnd())}
          >
            <ArrowDown aria-hidden className="size-4" /> Latest
          </Button>
        )}
      </div>
    </div>
  );
}

/** How high a row may be, until it is known. */
function guess(row: Row | undefined): number {
  if (!row) return 80;
  if (row.entry.tool || row.entry.kind === "thinking") return 84;
  return 70 + Math.min(2000, Math.ceil(row.entry.text.length / 80) * 24);
}
