import { useInfiniteQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import type { Found } from "@/api/types";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Empty, Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { plainText } from "@/lib/plain-text";
import { fullTime, shortTime } from "@/lib/time";
import { KINDS } from "./kinds";
import { marked } from "./marks";
import { searchQuery, type Wanted } from "./queries";

interface Props {
  wanted: Wanted;
  /** The name of a session. */
  nameOf: (sessionId: string) => string;
  /** What leads to something that was found. */
  link: (found: Found, children: ReactNode) => ReactNode;
}

/** What was found, the newest first. */
export function Results({ wanted, nameOf, link }: Props) {
  const query = useInfiniteQuery(searchQuery(wanted));
  const all = query.data?.pages.flatMap((page) => page.found) ?? [];
  if (query.isPending) return <Loading label="Searching" />;
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => query.refetch()} />;
  if (all.length === 0)
    return (
      <Empty icon={<SearchX aria-hidden />} title="Nothing was found">
        All words have to be there. “two words” in quotes stand in a row, and <code>word*</code> is
        the beginning of one.
      </Empty>
    );
  return (
    <>
      <ol aria-label="Found" className="divide-y overflow-hidden rounded-xl border bg-panel">
        {all.map((found) => (
          <li key={found.entry.id}>
            {link(found, <Line found={found} text={wanted.text} name={nameOf(found.sessionId)} />)}
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          className="mt-4"
          disabled={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          Older ones
        </Button>
      )}
    </>
  );
}

function Line({ found, text, name }: { found: Found; text: string; name: string }) {
  const { entry, excerpt } = found;
  return (
    <>
      <span className="flex items-center gap-2 text-[13px]">
        <span className="min-w-0 truncate font-medium">{name}</span>
        <Badge>
          {plainText(entry.tool?.name ?? "") || KINDS.find(([kind]) => kind === entry.kind)?.[1]}
        </Badge>
        <time
          dateTime={entry.at}
          title={fullTime(entry.at)}
          className="ml-auto shrink-0 text-muted tabular-nums"
        >
          {shortTime(entry.at)}
        </time>
      </span>
      <span className="mt-1 line-clamp-3 text-sm break-words text-muted">
        {marked(excerpt, text).map((part, at) =>
          part.isFound ? (
            <mark key={at} className="rounded-sm bg-warn-soft px-0.5 font-medium text-warn">
              <Plain text={part.text} />
            </mark>
          ) : (
            <Plain key={at} text={part.text} />
          ),
        )}
      </span>
    </>
  );
}
