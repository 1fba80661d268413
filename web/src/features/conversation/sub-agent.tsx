import { useState } from "react";
import type { ConversationEntry } from "@/api/types";
import { Button } from "@/components/button";
import { price } from "@/lib/amounts";
import { Entry } from "./entry";
import { addTo, NOTHING } from "./sum";
import type { Surroundings } from "./surroundings";

/** So many are drawn at once; a long part is opened bit by bit. */
const SHOWN = 50;

interface Props {
  agentId: string;
  entries: ConversationEntry[];
  around: Surroundings;
}

/** What a sub-agent was told, did and said. */
export function SubAgent({ agentId, entries, around }: Props) {
  const wanted = entries.findIndex((entry) => around.way.includes(entry.id));
  const [count, setCount] = useState(Math.max(SHOWN, wanted + 1));
  if (entries.length === 0)
    return <p className="text-[13px] text-muted">The sub-agent has not said anything yet.</p>;
  const usages = entries.flatMap(({ usage }) => usage ?? []);
  const sum = usages.reduce(addTo, NOTHING);
  return (
    <section aria-label={`Sub-agent ${agentId}`} className="border-l-2 pl-3">
      <p className="mb-2 text-[13px] text-muted">
        Sub-agent {agentId}
        {sum.answers > 0 && ` · ${price(sum.costUsd, sum.unpriced)}`}
      </p>
      <ol className="space-y-3">
        {entries.slice(0, count).map((entry) => (
          <li key={entry.id}>
            <Entry entry={entry} around={around} />
          </li>
        ))}
      </ol>
      {entries.length > count && (
        <Button look="quiet" className="mt-2" onClick={() => setCount(count + SHOWN)}>
          {entries.length - count} more
        </Button>
      )}
    </section>
  );
}
