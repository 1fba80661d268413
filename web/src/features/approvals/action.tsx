import { Block, Diff } from "@/components/code";
import { shownCall } from "@/lib/tool-call";

interface Props {
  toolName: string;
  toolInput: unknown;
  diff: string | null;
}

/** What is said where not all is shown at once. */
const CUT = "show all before you decide";

/** Exactly what the agent wants to do. */
export function Action({ toolName, toolInput, diff }: Props) {
  const shown = shownCall(toolName, toolInput, diff);
  switch (shown.kind) {
    case "command":
      return (
        <>
          <Block text={shown.command} cut={CUT} />
          {shown.about && (
            <p className="mt-1.5 text-[13px] text-muted">The agent says: {shown.about}</p>
          )}
        </>
      );
    case "diff":
      return <Diff path={shown.path} lines={shown.lines} cut={CUT} />;
    case "value":
      return <Block text={shown.text} cut={CUT} />;
  }
}
