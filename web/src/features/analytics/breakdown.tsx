import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { allColumns, totalOf } from "./columns";
import { Part } from "./part";
import { type By, type UsageResponse, usageQuery } from "./queries";
import { CsvButton, Sheet } from "./sheet";

interface Props {
  title: string;
  /** What one of them is. */
  one: string;
  by: By;
  range: string;
  /** One of them, as people call it. */
  name: (key: string) => ReactNode;
}

/** Usage of each of a kind, the most expensive first. */
export function Breakdown({ title, one, by, range, name }: Props) {
  const query = useQuery(usageQuery(range, by));
  const columns = allColumns(one, name);
  const rowsOf = ({ rows }: UsageResponse) =>
    [...rows].sort((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0) || totalOf(b) - totalOf(a));
  return (
    <Part
      title={title}
      query={query}
      isEmpty={(data) => data.rows.length === 0}
      tools={(data) => <CsvButton title={title} columns={columns} rows={rowsOf(data)} />}
    >
      {(data) => (
        <Sheet title={title} columns={columns} rows={rowsOf(data)} keyOf={(row) => row.key} />
      )}
    </Part>
  );
}
