import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, Clock } from "lucide-react";
import type { NotificationDelivery } from "@/api/schema";
import { Plain } from "@/components/plain";
import { TimeAgo } from "@/components/time-ago";
import { deliveriesQuery } from "./queries";

/** What was sent where of late, and what is still on its way. */
export function DeliveryLog() {
  const deliveries = useQuery(deliveriesQuery).data ?? [];
  if (deliveries.length === 0) return null;
  return (
    <details className="mt-3 rounded-xl border bg-panel">
      <summary className="target flex cursor-pointer items-center px-4 text-sm">
        What was sent where
      </summary>
      <ul className="divide-y border-t">
        {deliveries.map((delivery) => (
          <li key={delivery.id} className="flex items-center gap-3 px-4 py-2 text-[13px]">
            <Mark state={delivery.state} />
            <span className="min-w-0 flex-1 break-words">
              {delivery.channel === "push" ? "Push" : "Web hook"} · <Plain text={delivery.target} />{" "}
              · {delivery.state}
              {delivery.attempts > 1 && ` after ${delivery.attempts} tries`}
              {delivery.lastError && (
                <>
                  : <Plain text={delivery.lastError} />
                </>
              )}
            </span>
            <span className="shrink-0 text-muted">
              <TimeAgo at={delivery.createdAt} suffix=" ago" />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Mark({ state }: Pick<NotificationDelivery, "state">) {
  if (state === "delivered") return <CircleCheck aria-hidden className="size-4 text-ok" />;
  if (state === "waiting") return <Clock aria-hidden className="size-4 text-muted" />;
  return <CircleX aria-hidden className="size-4 text-danger" />;
}
