import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Empty } from "@/components/empty";
import { INPUT, SelectField } from "@/components/field";
import { Page } from "@/components/page";
import { useDebounced } from "@/components/use-debounced";
import { KINDS, kindOf } from "@/features/search/kinds";
import { Results } from "@/features/search/results";
import { sessionsQuery } from "@/features/sessions/queries";
import { labelOf } from "@/features/sessions/words";
import { addressOf } from "@/lib/places";

/** How long one types until it is looked for, in milliseconds. */
const PAUSE_MS = 250;

const SPANS = [
  ["1", "Since yesterday"],
  ["7", "The last 7 days"],
  ["30", "The last 30 days"],
] as const;

/** Finds what was said in any session. */
export function SearchPage() {
  const wanted = useSearch({ from: "/app/search" });
  const navigate = useNavigate();
  const sessions = useQuery(sessionsQuery).data ?? [];
  const [typed, setTyped] = useState(wanted.text ?? "");
  const text = useDebounced(typed.trim(), PAUSE_MS);
  useEffect(() => {
    const search = (old: object) => ({ ...old, text: text || undefined });
    void navigate({ to: "/search", search, replace: true });
  }, [text, navigate]);
  const narrow = (more: Partial<typeof wanted>) =>
    void navigate({ to: "/search", search: (old) => ({ ...old, ...more }), replace: true });
  const nameOf = (id: string) => {
    const session = sessions.find((s) => s.id === id);
    return session ? labelOf(session) : id.slice(0, 8);
  };

  return (
    <Page title="Search">
      <search className="mb-5 block space-y-3">
        <input
          type="search"
          aria-label="Search all conversations"
          placeholder="Words that were said, or that a tool gave"
          // biome-ignore lint/a11y/noAutofocus: there is nothing else to do here
          autoFocus
          className={INPUT}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="grid gap-3 sm:grid-cols-3">
          <SelectField
            label="Session"
            value={wanted.session ?? ""}
            onChange={(event) => narrow({ session: event.target.value || undefined })}
          >
            <option value="">All</option>
            {sessions.map((session) => (
              <option key={session.id} value={session.id}>
                {labelOf(session)}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="What"
            value={wanted.kind ?? ""}
            onChange={(event) => narrow({ kind: kindOf(event.target.value) })}
          >
            <option value="">Everything</option>
            {KINDS.map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="When"
            value={String(wanted.days ?? "")}
            onChange={(event) => narrow({ days: Number(event.target.value) || undefined })}
          >
            <option value="">Any time</option>
            {SPANS.map(([days, words]) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </SelectField>
        </div>
      </search>
      {text ? (
        <Results
          wanted={{ ...wanted, text }}
          nameOf={nameOf}
          link={({ sessionId, entry }, children) => (
            <Link
              to="/sessions/$id"
              params={{ id: sessionId }}
              search={{ tab: "conversation", entry: addressOf(entry) }}
              className="block px-3.5 py-3 hover:bg-raised focus-visible:-outline-offset-2"
            >
              {children}
            </Link>
          )}
        />
      ) : (
        <Empty icon={<Search aria-hidden />} title="Search all conversations">
          In every session: prompts, replies, thoughts, and what tools were given and gave.
        </Empty>
      )}
    </Page>
  );
}
