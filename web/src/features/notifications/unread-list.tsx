import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, KeyRound } from "lucide-react";
import { Button, buttonLook } from "@/components/button";
import { Plain } from "@/components/plain";
import { TimeAgo } from "@/components/time-ago";
import { pathOf } from "./browser";
import { markAllRead, markRead, unreadQuery } from "./queries";

/** What ended while nobody looked; what waits for an answer stands elsewhere. */
export function UnreadList() {
  const client = useQueryClient();
  const unread = useQuery(unreadQuery).data ?? [];
  const refresh = () => client.invalidateQueries(unreadQuery);
  const read = useMutation({ mutationFn: markRead, onSettled: refresh });
  const readAll = useMutation({ mutationFn: markAllRead, onSettled: refresh });
  const ended = unread.filter(({ eventType }) => !eventType.endsWith("_needed"));
  if (ended.length === 0) return null;
  return (
    <section className="mb-8" aria-label="News">
      <div className="mb-2.5 flex items-center justify-between gap-2">
        <h2 className="text-sm font-medium text-muted">News</h2>
        <Button look="quiet" disabled={readAll.isPending} onClick={() => readAll.mutate()}>
          Mark all as read
        </Button>
      </div>
      <ul className="divide-y overflow-hidden rounded-xl border bg-panel">
        {ended.map((told) => (
          <li key={told.id} className="flex flex-wrap items-center gap-2 py-2 pr-2 pl-4">
            <Mark eventType={told.eventType} />
            <p className="min-w-0 flex-1 basis-40 text-sm break-words">
              <span className="font-medium">{told.title}</span> · <Plain text={told.body} />{" "}
              <span className="text-muted">
                · <TimeAgo at={told.createdAt} suffix=" ago" />
              </span>
            </p>
            <div className="flex shrink-0 gap-1">
              <Button look="quiet" onClick={() => read.mutate(told.id)}>
                Read <span className="sr-only">{told.body}</span>
              </Button>
              <Link
                to={pathOf(told)}
                onClick={() => read.mutate(told.id)}
                className={buttonLook("plain")}
              >
                Look <span className="sr-only">at {told.body}</span>
              </Link>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mark({ eventType }: { eventType: string }) {
  if (eventType === "sign_in")
    return <KeyRound aria-hidden className="size-5 shrink-0 text-danger" />;
  if (eventType.endsWith("_done"))
    return <CircleCheck aria-hidden className="size-5 shrink-0 text-ok" />;
  return <CircleX aria-hidden className="size-5 shrink-0 text-danger" />;
}
