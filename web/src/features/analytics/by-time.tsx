import { useQuery } from "@tanstack/react-query";
import { ChartColumn, Table2 } from "lucide-react";
import { lazy, useState } from "react";
import { Button } from "@/components/button";
import { LazyPart } from "@/components/lazy-part";
import { costColumns, nothing, tokenColumns, totalOf } from "./columns";
import { Part } from "./part";
import { type UsageResponse, usageQuery } from "./queries";
import { filled } from "./range";
import { CsvButton, Sheet } from "./sheet";

const TokenChart = lazy(() =>
  import("./charts").then((module) => ({ default: module.TokenChart })),
);
const CostChart = lazy(() => import("./charts").then((module) => ({ default: module.CostChart })));

const CHARTS = { Tokens: TokenChart, Cost: CostChart } as const;

/** Tokens or costs over the days of a range, or over the hours of one day. */
export function ByTime({ what, range }: { what: keyof typeof CHARTS; range: string }) {
  const [isTable, setTable] = useState(false);
  const days = useQuery(usageQuery(range, "day"));
  const isOneDay = days.data !== undefined && days.data.from === days.data.to;
  const hours = useQuery({ ...usageQuery(range, "hour"), enabled: isOneDay });
  const query = isOneDay ? hours : days;
  const unit = isOneDay ? "Hour" : "Day";
  const title = `${what} by ${unit.toLowerCase()}`;
  const columns = what === "Tokens" ? tokenColumns(unit) : costColumns(unit);
  const rowsOf = ({ rows, from, to }: UsageResponse) => filled(rows, from, to, nothing);
  const Chart = CHARTS[what];
  const hasNoPrice = (data: UsageResponse) => what === "Cost" && data.total.costUsd === null;
  return (
    <Part
      title={title}
      query={query}
      isEmpty={(data) => totalOf(data.total) === 0 || (hasNoPrice(data) && !isTable)}
      empty={
        what === "Cost" && query.data && totalOf(query.data.total) > 0
          ? "The models that were used have no price. prices.toml can give them one."
          : "Nothing was used in this time."
      }
      tools={(data) => (
        <>
          <Button
            look="quiet"
            aria-pressed={isTable}
            aria-label={`${title} as a table`}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? (
              <ChartColumn aria-hidden className="size-4" />
            ) : (
              <Table2 aria-hidden className="size-4" />
            )}
            {isTable ? "Chart" : "Table"}
          </Button>
          <CsvButton title={title} columns={columns} rows={rowsOf(data)} />
        </>
      )}
    >
      {(data) =>
        isTable ? (
          <Sheet
            title={title}
            columns={columns}
            rows={rowsOf(data).filter((row) => row.answers > 0)}
            keyOf={(row) => row.key}
          />
        ) : (
          <LazyPart key={what} label="Loading the chart">
            <Chart rows={rowsOf(data)} />
          </LazyPart>
        )
      }
    </Part>
  );
}
