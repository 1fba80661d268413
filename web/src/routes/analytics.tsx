import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ProviderId } from "@/api/types";
import { Page } from "@/components/page";
import { Breakdown } from "@/features/analytics/breakdown";
import { ByTime } from "@/features/analytics/by-time";
import { HeatMap } from "@/features/analytics/heat-map";
import { Overview } from "@/features/analytics/overview";
import { RangePicker } from "@/features/analytics/range-picker";
import { Rules } from "@/features/analytics/rules";
import { Tools } from "@/features/analytics/tools";
import { sessionsQuery } from "@/features/sessions/queries";
import { labelOf, PROVIDER_NAMES } from "@/features/sessions/words";

/** What agents used, and what that costs. */
export function AnalyticsPage() {
  const { range = "7d" } = useSearch({ from: "/app/analytics" });
  const navigate = useNavigate();
  const sessions = useQuery(sessionsQuery).data ?? [];

  function sessionOf(id: string) {
    const session = sessions.find((s) => s.id === id);
    // What was used stays when its session was deleted.
    if (!session) return <span className="text-muted">Deleted: {id.slice(0, 8)}</span>;
    return (
      <Link
        to="/sessions/$id"
        params={{ id }}
        search={{ tab: "conversation" }}
        className="text-accent underline"
      >
        {labelOf(session)}
      </Link>
    );
  }

  return (
    <Page title="Analytics" wide>
      <RangePicker
        range={range}
        onChange={(range) => void navigate({ to: "/analytics", search: { range } })}
      />
      <Overview range={range} />
      <ByTime what="Tokens" range={range} />
      <ByTime what="Cost" range={range} />
      <Breakdown title="Models" one="Model" by="model" range={range} name={(key) => key} />
      <Breakdown title="Projects" one="Project" by="project" range={range} name={(key) => key} />
      <Breakdown
        title="Agents"
        one="Agent"
        by="provider"
        range={range}
        name={(key) => PROVIDER_NAMES[key as ProviderId] ?? key}
      />
      <Breakdown title="Sessions" one="Session" by="session" range={range} name={sessionOf} />
      <Tools range={range} />
      <Rules range={range} />
      <HeatMap range={range} />
    </Page>
  );
}
