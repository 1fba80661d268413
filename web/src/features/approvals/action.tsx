import { Arguments, Block, Diff } from "@/components/code";
import { Plain } from "@/components/plain";
import { shownCall } from "@/lib/tool-call";
import { Cut } from "./cut";

interface Props {
  toolName: string;
  toolInput: unknown;
  diff: string | null;
  /** Whether nothing of it is folded. */
  onSeen: (isSeen: boolean) => void;
}

/** Exactly what the agent wants to do. */
export function Action({ toolName, toolInput, diff, onSeen }: Props) {
  const shown = shownCall(toolName, toolInput, diff);
  return (
    <Cut onSeen={onSeen}>
      {shown.kind === "command" && <Block text={shown.command} whole />}
      {shown.kind === "diff" && <Diff path={shown.path} lines={shown.lines} whole />}
      {shown.kind === "value" ? <Block text={shown.text} whole /> : <Arguments all={shown.more} />}
      {shown.kind === "command" && shown.about && (
        <p className="mt-1.5 text-[13px] wrap-anywhere whitespace-pre-wrap text-muted">
          The agent says: <Plain text={shown.about} />
        </p>
      )}
    </Cut>
  );
}
