import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ExecutionStep } from "@/api/types";
import { CopyIcon } from "@/components/copy-button";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";
import { dollars } from "@/lib/amounts";
import { cn } from "@/lib/cn";
import { KindIcon } from "./kinds";
import { StandingBadge } from "./standing";
import { useNow } from "./use-now";
import { standingOfStep, textOf, took } from "./words";

interface Props {
  steps: ExecutionStep[];
  /** A way to the step's session. */
  sessionLink: (id: string) => ReactNode;
}

/** The steps of an execution that have begun, with what came of them. */
export function StepList({ steps, sessionLink }: Props) {
  const now = useNow(steps.some((step) => step.completedAt === null));
  return (
    <ol className="divide-y overflow-hidden rounded-xl border bg-panel">
      {steps.map((step) => (
        <Row
          key={step.id}
          step={step}
          now={now}
          session={step.sessionId && sessionLink(step.sessionId)}
        />
      ))}
    </ol>
  );
}

function Row({ step, now, session }: { step: ExecutionStep; now: number; session: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const results = Object.entries(step.result);
  const hasMore = results.length > 0 || step.error !== null;
  const facts = [
    took(step, now),
    step.attempt > 1 && `attempt ${step.attempt}`,
    step.cost !== null && dollars(step.cost),
  ];
  return (
    <li style={{ paddingLeft: `${step.depth * 0.875}rem` }}>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 py-1 pr-2 pl-1">
        <button
          type="button"
          aria-expanded={isOpen}
          disabled={!hasMore}
          onClick={() => setOpen(!isOpen)}
          className="target flex min-w-0 flex-1 basis-28 items-center gap-2 px-2 text-left text-sm"
        >
          <ChevronRight
            aria-hidden
            className={cn(
              "size-4 shrink-0 text-muted transition-transform",
              isOpen && "rotate-90",
              !hasMore && "invisible",
            )}
          />
          <KindIcon kind={step.stepType} />
          <span className="min-w-0 font-medium break-words">
            <Plain text={step.id} />
          </span>
        </button>
        <span className="ml-8 flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 sm:ml-auto">
          {session}
          <span className="text-[13px] text-muted tabular-nums">
            {facts.filter(Boolean).join(" · ")}
          </span>
          <StandingBadge standing={standingOfStep(step)} />
        </span>
      </div>
      {isOpen && (
        <div className="space-y-3 px-4 pt-1 pb-4">
          {step.error !== null && (
            <p role="alert" className="text-sm break-words whitespace-pre-wrap text-danger">
              <Ticked text={step.error} />
            </p>
          )}
          <Values values={step.result} />
        </div>
      )}
    </li>
  );
}

/** Values by name, each to be copied. */
export function Values({ values }: { values: Record<string, unknown> }) {
  return (
    <dl className="space-y-2.5">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt className="mb-1 text-[13px] font-medium text-muted">{name}</dt>
          <dd className="flex items-start rounded-lg bg-raised">
            <pre
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
              tabIndex={0}
              className="code max-h-80 min-w-0 flex-1 overflow-auto px-3 py-2.5 break-words whitespace-pre-wrap"
            >
              <Plain text={textOf(value)} />
            </pre>
            <CopyIcon text={textOf(value)} label={`Copy ${name}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
