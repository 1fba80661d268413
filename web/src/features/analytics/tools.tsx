import { useQuery } from "@tanstack/react-query";
import { exact, span } from "@/lib/amounts";
import { Part } from "./part";
import { type ToolUsage, toolsQuery } from "./queries";
import { type Column, CsvButton, Sheet } from "./sheet";

const COLUMNS: Column<ToolUsage>[] = [
  { title: "Tool", shows: (row) => row.tool, value: (row) => row.tool },
  {
    title: "Calls",
    shows: (row) => exact(row.count),
    value: (row) => row.count,
    isNumber: true,
  },
  {
    title: "Failed",
    shows: (row) =>
      row.errors === 0 ? (
        "0"
      ) : (
        <span className="text-danger">
          {exact(row.errors)} ({shareOf(row)} %)
        </span>
      ),
    value: (row) => row.errors,
    isNumber: true,
  },
  {
    title: "Mean time in ms",
    shows: (row) => (row.averageMs === null ? "not told" : span(row.averageMs)),
    value: (row) => row.averageMs,
    isNumber: true,
  },
];

function shareOf({ errors, count }: ToolUsage): string {
  const percent = (errors / count) * 100;
  return percent < 1 ? "<1" : String(Math.round(percent));
}

/** The tools that were used, the most used first. */
export function Tools({ range }: { range: string }) {
  return (
    <Part
      title="Tools"
      query={useQuery(toolsQuery(range))}
      isEmpty={(rows) => rows.length === 0}
      empty="No tool was used in this time."
      tools={(rows) => <CsvButton title="Tools" columns={COLUMNS} rows={rows} />}
    >
      {(rows) => <Sheet title="Tools" columns={COLUMNS} rows={rows} keyOf={(row) => row.tool} />}
    </Part>
  );
}
