import { queryOptions, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { get } from "@/api/client";
import type { ProblemsResponse } from "@/api/schema";
import { Button } from "@/components/button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { exact } from "@/lib/amounts";
import { fullTime, shortTime } from "@/lib/time";

/** So many are shown; the command line has them all. */
const SHOWN = 100;

const problemsQuery = (sessionId: string | null) =>
  queryOptions({
    queryKey: ["problems", sessionId],
    queryFn: ({ signal }) => {
      const of = sessionId === null ? "" : `&sessionId=${sessionId}`;
      return get<ProblemsResponse>(`/transcripts/problems?limit=${SHOWN}${of}`, signal);
    },
    staleTime: 10_000,
  });

/** The lines of all transcripts that could not be read. */
export function Problems() {
  const { data, error, refetch } = useQuery(problemsQuery(null));
  if (error) return <ErrorNote error={error} onRetry={() => refetch()} />;
  if (!data) return <Loading label="Loading the lines" />;
  if (data.count === 0)
    return <p className="text-sm text-muted">Every line that agents wrote could be read.</p>;
  return <Lines {...data} />;
}

/** The tools of a conversation, and beside them the lines of it that could not be read. */
export function WithProblems({ sessionId, tools }: { sessionId: string; tools: ReactNode }) {
  const { data } = useQuery(problemsQuery(sessionId));
  const [isOpen, setOpen] = useState(false);
  const count = data?.count ?? 0;
  return (
    <div className="shrink-0 border-b px-2 sm:px-4">
      <div className="flex justify-end gap-1">
        {count > 0 && (
          <Button
            look="quiet"
            className="mr-auto text-warn"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <TriangleAlert aria-hidden className="size-4" /> {exact(count)} unreadable{" "}
            <span className="sr-only">{count === 1 ? "line" : "lines"}</span>
          </Button>
        )}
        {tools}
      </div>
      {isOpen && data && (
        <div className="pb-3">
          <Lines {...data} />
        </div>
      )}
    </div>
  );
}

function Lines({ problems, count }: ProblemsResponse) {
  return (
    <>
      <section
        aria-label="Lines that could not be read"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
        tabIndex={0}
        className="max-h-60 overflow-auto rounded-xl border bg-panel"
      >
        <table className="w-full text-[13px]">
          <thead className="sticky top-0 bg-panel">
            <tr className="border-b text-left text-muted">
              {["Seen", "Why", "File", "From byte", "Bytes", "Begins"].map((title) => (
                <th key={title} scope="col" className="px-2.5 py-2 font-medium whitespace-nowrap">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y">
            {problems.map((line) => (
              <tr key={`${line.path} ${line.offset}`} className="align-top">
                <td className="px-2.5 py-2 whitespace-nowrap">
                  <time dateTime={line.seenAt} title={fullTime(line.seenAt)}>
                    {shortTime(line.seenAt)}
                  </time>
                </td>
                <td className="min-w-40 px-2.5 py-2">
                  <Plain text={line.reason} prose />
                </td>
                <td className="code min-w-48 px-2.5 py-2 break-all">
                  <Plain text={line.path} />
                </td>
                <td className="px-2.5 py-2 text-right tabular-nums">{exact(line.offset)}</td>
                <td className="px-2.5 py-2 text-right tabular-nums">{exact(line.bytes)}</td>
                <td className="code min-w-48 px-2.5 py-2 break-all">
                  <Plain text={line.begins} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {count > problems.length && (
        <p className="mt-2 text-[13px] text-muted">
          The newest {exact(problems.length)} of {exact(count)};{" "}
          <code className="code">codepiper transcripts problems</code> shows more.
        </p>
      )}
    </>
  );
}
