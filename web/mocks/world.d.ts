import type { DaemonSettings, NotificationDelivery, NotificationSettings } from "../src/api/schema";
import type {
  Approval,
  ConversationEntry,
  ConversationKind,
  ConversationTool,
  Execution,
  ExecutionStep,
  Session,
  Workflow,
  Workspace,
  Worktree,
} from "../src/api/types";

export class World {
  constructor(options?: { empty?: boolean; onboarded?: boolean });
  sessions: Session[];
  approvals: Approval[];
  conversations: {
    of(sessionId: string): ConversationEntry[];
    say(
      sessionId: string,
      kind: ConversationKind,
      text: string,
      more?: Partial<Omit<ConversationEntry, "tool">> & { tool?: Partial<ConversationTool> },
    ): ConversationEntry;
    finish(sessionId: string, entry: ConversationEntry, tool: Partial<ConversationTool>): void;
  };
  workflows: {
    list: Workflow[];
    runs: { execution: Execution; steps: ExecutionStep[] }[];
    live: { execution: Execution; steps: ExecutionStep[] };
    ask(message?: string): void;
  };
  terminals: Map<string, { bytes: Buffer }>;
  settings: DaemonSettings;
  git: { uploads: number; entries: unknown[]; messages: string[]; comments: unknown[] };
  notifications: { readAt: string | null }[];
  notificationSettings: NotificationSettings;
  muted: Set<string>;
  subscriptions: string[];
  deliveries: NotificationDelivery[];
  looked: string | null;
  envSets: { id: string; name: string; vars: Record<string, string> }[];
  workspaces: Workspace[];
  worktrees: Worktree[];
  blockedUntil: number;
  signIns: Map<string, unknown>;
  ask(session: Session, toolName: string, toolInput: object): Approval;
  answer(approval: Approval, decision: "allow" | "deny", note: string | null, via: string): void;
  emit(name: string): void;
  event(sessionId: string, source: string, type: string, payload: object): void;
}
