import {
  Bot,
  GitFork,
  Hand,
  ListTree,
  type LucideIcon,
  MessageSquareText,
  Repeat,
  Rows3,
  ScrollText,
  SquareTerminal,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  session: Bot,
  send: MessageSquareText,
  command: SquareTerminal,
  approve: Hand,
  if: GitFork,
  parallel: Rows3,
  foreach: Repeat,
  until: Repeat,
  log: ScrollText,
};

/** The kind of a step as an icon. */
export function KindIcon({ kind }: { kind: string }) {
  const Icon = ICONS[kind] ?? ListTree;
  return <Icon aria-hidden className="size-4 shrink-0 text-muted" />;
}
