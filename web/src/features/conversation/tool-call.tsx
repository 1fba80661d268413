import {
  Bot,
  CircleAlert,
  FileText,
  Globe,
  LoaderCircle,
  Pencil,
  Search,
  SquareTerminal,
  Wrench,
} from "lucide-react";
import type { ReactNode } from "react";
import type { ConversationEntry, ConversationTool } from "@/api/types";
import { Block, Diff } from "@/components/code";
import { CopyIcon } from "@/components/copy-button";
import { Plain } from "@/components/plain";
import { span } from "@/lib/amounts";
import { shownCall, summaryOf } from "@/lib/tool-call";
import { Fold } from "./fold";
import { SubAgent } from "./sub-agent";
import type { Surroundings } from "./surroundings";

interface Props {
  entry: ConversationEntry;
  tool: ConversationTool;
  around: Surroundings;
}

/** A tool that was used: what it was given, what came of it, and who allowed it. */
export function ToolCall({ entry, tool, around }: Props) {
  const name = tool.name ?? "A tool";
  const shown = shownCall(name, tool.input, null);
  const given = tool.subAgentId ? (around.agents.get(tool.subAgentId) ?? []) : [];
  return (
    <Fold
      name={`call ${entry.id}`}
      isOpenAtFirst={shown.kind === "diff" || around.way.includes(entry.id)}
      className="rounded-xl border bg-panel"
      head={
        <>
          {iconOf(name, tool.subAgentId !== null)}
          <span className="shrink-0 font-medium">
            <Plain text={name} />
          </span>
          <span className="code min-w-0 truncate text-muted">
            <Plain text={aboutOf(entry, tool)} />
          </span>
          <State tool={tool} />
        </>
      }
    >
      {() => (
        <>
          <Input name={name} tool={tool} />
          {tool.subAgentId && (
            <SubAgent agentId={tool.subAgentId} entries={given} around={around} />
          )}
          {tool.result !== null && <Result tool={tool} />}
          {tool.decisionId && around.decision(tool, entry.at)}
        </>
      )}
    </Fold>
  );
}

function aboutOf(entry: ConversationEntry, tool: ConversationTool): string {
  const text = entry.text.trim();
  if (text) return text;
  const summary = summaryOf(tool.name ?? "", tool.input);
  return summary.startsWith(`${tool.name} `) ? summary.slice(`${tool.name} `.length) : summary;
}

function State({ tool }: { tool: ConversationTool }) {
  const ran = tool.durationMs === null ? "" : span(tool.durationMs);
  if (tool.result === null)
    return (
      <span title="No result yet" className="ml-auto shrink-0 text-muted">
        <LoaderCircle aria-label="No result yet" className="size-4 motion-safe:animate-spin" />
      </span>
    );
  return (
    <span className="ml-auto flex shrink-0 items-center gap-2 text-muted tabular-nums">
      {ran}
      {tool.isError && (
        <span className="flex items-center gap-1 font-medium text-danger">
          <CircleAlert aria-hidden className="size-4" /> Failed
        </span>
      )}
    </span>
  );
}

function Input({ name, tool }: { name: string; tool: ConversationTool }) {
  const shown = shownCall(name, tool.input, null);
  if (shown.kind === "diff") return <Diff path={shown.path} lines={shown.lines} />;
  if (shown.kind === "value" && (tool.input === null || tool.input === "")) return null;
  return (
    <Titled
      title="Input"
      text={
        shown.kind === "command"
          ? shown.command
          : typeof tool.input === "string"
            ? tool.input
            : shown.text
      }
    />
  );
}

function Result({ tool }: { tool: ConversationTool }) {
  const text = tool.result ?? "";
  const title = tool.isError ? "What went wrong" : "Result";
  if (!text.trim()) return <p className="text-[13px] text-muted">{title}: nothing was said</p>;
  return <Titled title={title} text={text} />;
}

function Titled({ title, text }: { title: string; text: string }) {
  return (
    <section aria-label={title}>
      <header className="flex items-center justify-between text-[13px] text-muted">
        {title}
        <CopyIcon text={text} label={`Copy: ${title}`} className="-my-1" />
      </header>
      <Block text={text.replace(/\n$/, "")} />
    </section>
  );
}

function iconOf(name: string, isAgent: boolean): ReactNode {
  if (isAgent || /^(task|agent|spawn)/i.test(name)) return <Bot aria-hidden />;
  if (/bash|shell|exec|terminal/i.test(name)) return <SquareTerminal aria-hidden />;
  if (/edit|write|patch/i.test(name)) return <Pencil aria-hidden />;
  if (/web|fetch/i.test(name)) return <Globe aria-hidden />;
  if (/grep|glob|search|find/i.test(name)) return <Search aria-hidden />;
  if (/read|view/i.test(name)) return <FileText aria-hidden />;
  return <Wrench aria-hidden />;
}
