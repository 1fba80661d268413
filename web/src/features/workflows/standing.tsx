import { Ban, Check, Circle, Hand, LoaderCircle, Pause, X } from "lucide-react";
import { Badge } from "@/components/badge";
import { type Standing, standingWords } from "./words";

const LOOKS = {
  pending: ["plain", Circle],
  running: ["accent", LoaderCircle],
  paused: ["plain", Pause],
  asks: ["warn", Hand],
  completed: ["ok", Check],
  failed: ["danger", X],
  cancelled: ["plain", Ban],
} as const;

/** How an execution or a step stands. */
export function StandingBadge({ standing }: { standing: Standing }) {
  const [tone, Icon] = LOOKS[standing];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={standing === "running" ? "animate-spin" : undefined} />
      {standingWords(standing)}
    </Badge>
  );
}
