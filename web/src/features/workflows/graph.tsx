import type { ExecutionStep, PlannedList, PlannedStep } from "@/api/types";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";
import { cn } from "@/lib/cn";
import { KindIcon } from "./kinds";
import { StandingBadge } from "./standing";
import { standingOfStep } from "./words";

interface Props {
  plan: PlannedList[];
  /** The steps of an execution, to be followed in it. */
  steps?: ExecutionStep[];
}

const PARTS: Record<string, string> = {
  on_error: "When that fails",
  finally: "At the end, whatever came before",
};

/** What a workflow does, from above to below; what is done at the same time side by side. */
export function Graph({ plan, steps = [] }: Props) {
  const byName = new Map<string, ExecutionStep[]>();
  for (const step of steps) byName.set(step.stepName, [...(byName.get(step.stepName) ?? []), step]);
  return (
    <div className="space-y-5">
      {plan.map((part) => (
        <section key={part.name} aria-label={PARTS[part.name] ?? "Steps"}>
          {PARTS[part.name] && (
            <h3 className="mb-2 text-[13px] font-medium text-muted">{PARTS[part.name]}</h3>
          )}
          <Steps steps={part.steps} begun={byName} />
        </section>
      ))}
    </div>
  );
}

interface StepsProps {
  steps: PlannedStep[];
  begun: Map<string, ExecutionStep[]>;
  isAtOnce?: boolean;
}

function Steps({ steps, begun, isAtOnce }: StepsProps) {
  return (
    <ol
      className={
        isAtOnce ? "grid gap-2 md:grid-cols-[repeat(auto-fit,minmax(13rem,1fr))]" : undefined
      }
    >
      {steps.map((step, at) => (
        <li key={step.name} className="min-w-0">
          {!isAtOnce && at > 0 && <div aria-hidden className="ml-6 h-3 w-px bg-line" />}
          <Node step={step} begun={begun} />
        </li>
      ))}
    </ol>
  );
}

function Node({ step, begun }: { step: PlannedStep; begun: Map<string, ExecutionStep[]> }) {
  const rounds = begun.get(step.name) ?? [];
  const latest = rounds.at(-1);
  const standing = latest && standingOfStep(rounds.find((r) => r.question !== null) ?? latest);
  const isLoop = step.type === "foreach" || step.type === "until";
  return (
    <div
      className={cn(
        "rounded-xl border bg-panel p-3",
        isLoop && "border-dashed",
        standing === "running" && "border-accent",
        standing === "asks" && "border-warn-line",
        standing === "failed" && "border-danger/60",
      )}
    >
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <KindIcon kind={step.type} />
        <span className="min-w-0 font-medium break-words">
          <Plain text={step.name} />
        </span>
        <span className="text-[13px] text-muted">{step.type}</span>
        <span className="ml-auto flex items-center gap-2">
          {rounds.length > 1 && (
            <span className="text-[13px] text-muted tabular-nums">{rounds.length} times</span>
          )}
          {standing && <StandingBadge standing={standing} />}
        </span>
      </p>
      <p className="mt-1 line-clamp-3 pl-6 text-[13px] break-words text-muted">
        <Ticked text={step.summary} />
      </p>
      {step.lists.length > 0 && (
        <div
          className={cn(
            "mt-3 grid gap-3",
            step.type === "if" && step.lists.length > 1 && "md:grid-cols-2",
          )}
        >
          {step.lists.map((list) => (
            <section
              key={list.name}
              aria-label={`${step.name}: ${list.name}`}
              className="min-w-0 rounded-lg bg-ground p-2"
            >
              {list.name !== "steps" && (
                <h4 className="mb-1.5 px-1 text-xs font-medium text-muted">
                  {list.name === "on_error" ? "when it fails" : list.name}
                </h4>
              )}
              <Steps
                steps={list.steps}
                begun={begun}
                isAtOnce={step.type === "parallel" && list.name === "steps"}
              />
            </section>
          ))}
        </div>
      )}
    </div>
  );
}
