import type { Approval, RiskClass } from "@/api/types";
import { Badge } from "@/components/badge";
import { plainText } from "@/lib/plain-text";

const RISKS: Record<RiskClass, { words: string; tone: "plain" | "warn" | "danger" }> = {
  read: { words: "reads", tone: "plain" },
  write_workspace: { words: "changes the workspace", tone: "plain" },
  write_outside: { words: "changes files elsewhere", tone: "warn" },
  network: { words: "uses the network", tone: "warn" },
  destructive: { words: "may destroy", tone: "danger" },
  unknown: { words: "effect unknown", tone: "warn" },
};

/** What it could do at worst. */
export function Risk({ risk }: { risk: Approval["risk"] }) {
  const { words, tone } = RISKS[risk.class];
  return (
    <Badge tone={tone} title={risk.reasons.map(plainText).join("\n").replaceAll("`", "")}>
      {words}
    </Badge>
  );
}
