import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ErrorNote } from "@/components/error-note";
import { templatesQuery } from "./queries";

const CARD = "rounded-xl border bg-panel px-4 py-3 text-left hover:bg-raised";

/** What a new workflow may begin with: one that is ready-made, or nothing. */
export function Templates() {
  const templates = useQuery(templatesQuery);
  return (
    <>
      {templates.error && (
        <ErrorNote error={templates.error} onRetry={() => templates.refetch()} className="mb-3" />
      )}
      <ul className="grid gap-2 sm:grid-cols-2">
        {templates.data?.map(({ name, description }) => (
          <li key={name} className="grid">
            <Link to="/new-workflow" search={{ template: name }} className={CARD}>
              <span>
                <span className="block text-sm font-medium">{name}</span>
                <span className="block text-[13px] text-muted">{description}</span>
              </span>
            </Link>
          </li>
        ))}
        <li className="grid">
          <Link to="/new-workflow" className={CARD}>
            <span>
              <span className="block text-sm font-medium">An empty one</span>
              <span className="block text-[13px] text-muted">A single step, to be changed</span>
            </span>
          </Link>
        </li>
      </ul>
    </>
  );
}
