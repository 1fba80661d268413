import { useState } from "react";
import { INPUT } from "@/components/field";
import { cn } from "@/lib/cn";
import { RANGES, rangeOf } from "./range";

interface Props {
  range: string;
  onChange: (range: string) => void;
}

/** Of when the sums are. */
export function RangePicker({ range, onChange }: Props) {
  const [first = "", last = ""] = range.includes("..") ? range.split("..") : [];
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState(last);
  const isWrong = from !== "" && to !== "" && from > to;

  function choose(from: string, to: string) {
    setFrom(from);
    setTo(to);
    const range = rangeOf(`${from}..${to}`);
    if (range) onChange(range);
  }

  return (
    <div className="mb-5 flex flex-wrap items-center gap-3">
      <fieldset aria-label="Range" className="flex rounded-lg border bg-panel p-0.5">
        {RANGES.map(([name, words]) => (
          <button
            key={name}
            type="button"
            aria-pressed={range === name}
            onClick={() => {
              setFrom("");
              setTo("");
              onChange(name);
            }}
            className={cn(
              "target rounded-md px-3 text-sm whitespace-nowrap",
              range === name ? "bg-raised font-medium" : "text-muted hover:text-text",
            )}
          >
            {words}
          </button>
        ))}
      </fieldset>
      <div className="flex items-center gap-2 text-sm text-muted max-sm:w-full">
        <Day label="First day" value={from} isWrong={isWrong} onChange={(day) => choose(day, to)} />
        to
        <Day label="Last day" value={to} isWrong={isWrong} onChange={(day) => choose(from, day)} />
      </div>
      {isWrong && <p className="text-[13px] text-danger">The first day is after the last.</p>}
    </div>
  );
}

interface DayProps {
  label: string;
  value: string;
  isWrong: boolean;
  onChange: (day: string) => void;
}

function Day({ label, value, isWrong, onChange }: DayProps) {
  return (
    <input
      type="date"
      aria-label={label}
      aria-invalid={isWrong || undefined}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={cn(INPUT, "min-w-0 max-sm:flex-1 sm:!w-auto")}
    />
  );
}
