import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { cn } from "@/lib/cn";
import { csvOf, download } from "./csv";

/** A column: what it says, and the exact value that the file has. */
export interface Column<T> {
  title: string;
  shows: (row: T) => ReactNode;
  value: (row: T) => string | number | null;
  isNumber?: boolean;
}

interface Props<T> {
  title: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
}

/** Exact values in rows. */
export function Sheet<T>({ title, columns, rows, keyOf }: Props<T>) {
  return (
    <section
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-xl border bg-panel"
    >
      <table className="w-full text-[13px]">
        <thead className="sticky top-0 bg-panel">
          <tr className="border-b text-left text-[13px] text-muted">
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                className={cn(
                  "px-2.5 py-2 font-medium whitespace-nowrap",
                  column.isNumber && "text-right",
                )}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td
                  key={column.title}
                  className={cn(
                    "px-2.5 py-2 whitespace-nowrap",
                    column.isNumber && "text-right tabular-nums",
                  )}
                >
                  {column.shows(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The same as a file. */
export function CsvButton<T>({ title, columns, rows }: Omit<Props<T>, "keyOf">) {
  const save = () =>
    download(
      `${title.toLowerCase().replaceAll(" ", "-")}.csv`,
      csvOf(
        columns.map((column) => column.title),
        rows.map((row) => columns.map((column) => column.value(row))),
      ),
    );
  return (
    <Button look="quiet" aria-label={`${title} as CSV`} disabled={!rows.length} onClick={save}>
      <Download aria-hidden className="size-4" /> CSV
    </Button>
  );
}
