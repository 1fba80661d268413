import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";

interface Props<T> {
  title: string;
  query: UseQueryResult<T>;
  isEmpty: (data: T) => boolean;
  /** Why there may be nothing. */
  empty?: string;
  tools?: (data: T) => ReactNode;
  children: (data: T) => ReactNode;
}

/** A part of the page that is asked for by itself, under a heading. */
export function Part<T>({ title, query, isEmpty, empty, tools, children }: Props<T>) {
  const { data, error } = query;
  const hasAny = data !== undefined && !isEmpty(data);
  return (
    <section className="mb-8">
      <header className="mb-2 flex min-h-9 items-center justify-between gap-2">
        <h2 className="text-sm font-medium text-muted">{title}</h2>
        {hasAny && tools && <div className="flex gap-1">{tools(data)}</div>}
      </header>
      {query.isPending && <Loading />}
      {error && <ErrorNote error={error} onRetry={() => query.refetch()} />}
      {data !== undefined && !hasAny && (
        <p className="rounded-xl border border-dashed px-4 py-8 text-center text-sm text-muted">
          {empty ?? "Nothing in this time."}
        </p>
      )}
      {hasAny && children(data)}
    </section>
  );
}
