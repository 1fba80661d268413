import { useQuery } from "@tanstack/react-query";
import { Plain } from "@/components/plain";
import { exact } from "@/lib/amounts";
import { Part } from "./part";
import { type RuleDecisions, rulesQuery } from "./queries";
import { type Column, CsvButton, Sheet } from "./sheet";

/** What came of the requests that a rule, or nobody's rule, was for. */
interface Ruled {
  policyId: string | null;
  ruleId: string | null;
  counts: Record<string, number>;
}

const count = (title: string, ...decisions: string[]): Column<Ruled> => {
  const value = ({ counts }: Ruled) =>
    decisions.reduce((sum, decision) => sum + (counts[decision] ?? 0), 0);
  return { title, value, shows: (row) => exact(value(row)), isNumber: true };
};

const COLUMNS: Column<Ruled>[] = [
  {
    title: "Rule",
    shows: ({ policyId, ruleId }) =>
      policyId === null ? (
        <span className="text-muted">No rule decided</span>
      ) : (
        <span className="code inline-block min-w-32 wrap-anywhere max-sm:whitespace-normal">
          <Plain text={policyId} /> / <Plain text={ruleId ?? ""} />
        </span>
      ),
    value: ({ policyId, ruleId }) => (policyId === null ? null : `${policyId} / ${ruleId ?? ""}`),
  },
  count("Allowed", "allow"),
  count("Denied", "deny"),
  count("Asked", "ask"),
  count("Left to the agent", "none"),
];

/** A row for each rule, the most used first. */
export function ruledOf(decisions: RuleDecisions[]): Ruled[] {
  const rows = new Map<string, Ruled>();
  for (const { policyId, ruleId, decision, count } of decisions) {
    const key = keyOf({ policyId, ruleId });
    const row = rows.get(key) ?? { policyId, ruleId, counts: {} };
    row.counts[decision] = (row.counts[decision] ?? 0) + count;
    rows.set(key, row);
  }
  const all = ({ counts }: Ruled) => Object.values(counts).reduce((sum, one) => sum + one, 0);
  return [...rows.values()].sort((a, b) => all(b) - all(a));
}

const keyOf = (row: Pick<Ruled, "policyId" | "ruleId">) =>
  JSON.stringify([row.policyId, row.ruleId]);

/** How often each rule decided, and what. */
export function Rules({ range }: { range: string }) {
  return (
    <Part
      title="Decisions by rule"
      query={useQuery(rulesQuery(range))}
      isEmpty={(rows) => rows.length === 0}
      empty="No agent asked for anything in this time."
      tools={(rows) => (
        <CsvButton title="Decisions by rule" columns={COLUMNS} rows={ruledOf(rows)} />
      )}
    >
      {(rows) => (
        <Sheet title="Decisions by rule" columns={COLUMNS} rows={ruledOf(rows)} keyOf={keyOf} />
      )}
    </Part>
  );
}
