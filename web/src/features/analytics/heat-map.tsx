import { useQuery } from "@tanstack/react-query";
import { exact } from "@/lib/amounts";
import { Part } from "./part";
import { type HeatCell, heatQuery } from "./queries";
import { type Column, CsvButton } from "./sheet";

/** 2026-11-23 is a Monday. */
const DAYS = Array.from({ length: 7 }, (_, day) =>
  new Date(Date.UTC(2026, 10, 23 + day)).toLocaleDateString(undefined, {
    weekday: "short",
    timeZone: "UTC",
  }),
);
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

const COLUMNS: Column<HeatCell>[] = [
  { title: "Day of the week", shows: () => null, value: (cell) => DAYS[cell.weekday] ?? "" },
  { title: "Hour", shows: () => null, value: (cell) => cell.hour },
  { title: "Answers", shows: () => null, value: (cell) => cell.answers },
  { title: "Turns", shows: () => null, value: (cell) => cell.turns },
];

/** When there was something to do: each hour of the week. */
export function HeatMap({ range }: { range: string }) {
  return (
    <Part
      title="When it was busy"
      query={useQuery(heatQuery(range))}
      isEmpty={(cells) => cells.every((cell) => cell.answers + cell.turns === 0)}
      tools={(cells) => <CsvButton title="Activity by hour" columns={COLUMNS} rows={cells} />}
    >
      {(cells) => <Grid cells={cells} />}
    </Part>
  );
}

function Grid({ cells }: { cells: HeatCell[] }) {
  const most = Math.max(1, ...cells.map((cell) => cell.answers));
  const at = new Map(cells.map((cell) => [cell.weekday * 24 + cell.hour, cell]));
  return (
    <section
      aria-label="When it was busy"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keys
      tabIndex={0}
      className="overflow-x-auto rounded-xl border bg-panel p-3"
    >
      <table className="w-full min-w-[36rem] table-fixed border-separate border-spacing-0.5 text-xs text-muted">
        <thead>
          <tr>
            <td className="w-10" />
            {HOURS.map((hour) => (
              <th key={hour} scope="col" className="font-normal tabular-nums">
                {hour % 3 === 0 ? hour : <span className="sr-only">{hour}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DAYS.map((day, weekday) => (
            <tr key={day}>
              <th scope="row" className="pr-1.5 text-left font-normal">
                {day}
              </th>
              {HOURS.map((hour) => {
                const cell = at.get(weekday * 24 + hour);
                const answers = cell?.answers ?? 0;
                const words = `${day} ${hour}:00: ${exact(answers)} answers, ${exact(cell?.turns ?? 0)} turns`;
                // Even one answer is to be seen.
                const share = answers === 0 ? 0 : 15 + 85 * (answers / most);
                return (
                  <td
                    key={hour}
                    title={words}
                    className="h-6 rounded-[3px]"
                    style={{
                      background: `color-mix(in oklab, var(--accent) ${share}%, var(--raised))`,
                    }}
                  >
                    <span className="sr-only">{answers}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
