import { queryOptions, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { get } from "@/api/client";
import type { ProblemsResponse } from "@/api/schema";
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

/** The same of one session; nothing where there are none. */
export function ProblemsOf({ sessionId }: { sessionId: string }) {
  const { data } = useQuery(problemsQuery(sessionId));
  if (!data?.count) return null;
  return (
    <details className="border-b bg-warn-soft">
      <summary className="target flex cursor-pointer items-center gap-2 px-3 text-[13px] text-warn sm:px-4">
        <TriangleAlert aria-hidden className="size-4 shrink-0" />
        {words(data.count)} of what the agent wrote could not be read
      </summary>
      <div className="max-h-60 overflow-y-auto px-3 pb-3 sm:px-4">
        <Lines {...data} />
      </div>
    </details>
  );
}

const words = (count: number) => (count === 1 ? "1 line" : `${exact(count)} lines`);

function Lines({ problems, count }: ProblemsResponse) {
  return (
    <>
      <section
        aria-label="Lines that could not be read"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
        tabIndex={0}
        className="max-h-96 overflow-auto rounded-xl border bg-panel"
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
