import type { WorkflowProblem } from "@/api/types";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";

interface Props {
  problems: WorkflowProblem[];
  onGoTo: (line: number, column: number) => void;
}

/** What is wrong with a definition, each with its place. */
export function ProblemList({ problems, onGoTo }: Props) {
  if (problems.length === 0) return null;
  return (
    <ul aria-label="What is wrong" className="divide-y overflow-hidden rounded-xl border bg-panel">
      {problems.map(({ message, line, column = 1, snippet, path }, at) => (
        <li key={`${path} ${at}`} className="px-3 py-2">
          <p className="flex flex-wrap items-center gap-x-2.5 text-sm">
            {line !== undefined && (
              <button
                type="button"
                onClick={() => onGoTo(line, column)}
                className="target text-[13px] text-accent underline tabular-nums"
              >
                Line {line}, column {column}
              </button>
            )}
            <span className="min-w-0 break-words text-danger">
              <Ticked text={message} />
            </span>
          </p>
          {snippet && (
            <pre
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keys
              tabIndex={0}
              className="code mt-1 overflow-x-auto rounded-lg bg-raised px-3 py-2"
            >
              <Plain text={snippet} />
            </pre>
          )}
        </li>
      ))}
    </ul>
  );
}
