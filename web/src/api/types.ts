/** The shapes of the API, as the daemon gives them. Times are ISO 8601 in UTC. */

export type ProviderId = "claude-code" | "codex" | "demo";
export type Status = "STARTING" | "RUNNING" | "STOPPED" | "CRASHED";
export type ActivityState = "working" | "idle" | "needs_input" | "needs_permission" | "unknown";
export type BillingMode = "subscription" | "api";

export interface Evidence {
  source: "hook" | "screen" | "transcript" | "app-server" | "process";
  type: string;
  eventId: number | null;
  at: string;
}

export interface Activity {
  state: ActivityState;
  since: string;
  approvalId: string | null;
  evidence: Evidence | null;
}

export interface Exit {
  reason: "stopped" | "exited" | "killed" | "tmux_lost" | "launch_failed";
  code: number | null;
  signal: number | null;
  detail: string | null;
  at: string;
}

export interface Session {
  id: string;
  provider: ProviderId;
  name: string | null;
  cwd: string;
  /** The git branch there, while there is an agent. */
  branch: string | null;
  status: Status;
  activity: Activity | null;
  createdAt: string;
  updatedAt: string;
  pid: number | null;
  ptyCols: number;
  ptyRows: number;
  model: string | null;
  billingMode: BillingMode;
  dangerousMode: boolean;
  failClosed: boolean;
  providerSessionId: string | null;
  attach: string[] | null;
  exit: Exit | null;
}

export interface CreateSession {
  provider: ProviderId;
  cwd: string;
  prompt?: string;
  name?: string;
  model?: string;
  billingMode?: BillingMode;
  dangerousMode?: boolean;
  defaultPolicyAction?: "ask" | "deny";
  policySetIds?: string[];
}

/** What is in a directory of the daemon's machine. */
export interface Listing {
  path: string;
  parent: string | null;
  branch: string | null;
  entries: { name: string; path: string; git: boolean }[];
  truncated: boolean;
  /** Why this is only the nearest directory, and not the one that was asked for. */
  problem: string | null;
}

/** A directory that sessions worked in. */
export interface RecentDirectory {
  path: string;
  branch: string | null;
  lastUsedAt: string;
}

export interface Provider {
  id: ProviderId;
  label: string;
  installed: boolean;
  signedIn: boolean;
  hint: string | null;
  capabilities: {
    supportsDangerousMode: boolean;
    supportsResume: boolean;
    supportsModelSwitch: boolean;
  };
}

export interface PolicySet {
  id: string;
  name: string;
  description: string | null;
  isDefault: boolean;
  policyCount: number;
}

export type ApprovalStatus =
  | "pending"
  | "answered"
  | "effective"
  | "closed"
  | "expired"
  | "ineffective";
export type RiskClass =
  | "read"
  | "write_workspace"
  | "write_outside"
  | "network"
  | "destructive"
  | "unknown";
export type Permission = "allow" | "deny";

export interface Matched {
  policyId: string;
  ruleId: string;
  action: "allow" | "ask" | "deny";
  reason: string | null;
}

export interface Answer {
  decision: Permission;
  by: string;
  via: "cli" | "api" | "dashboard" | "push" | "terminal";
  note: string | null;
  ruleId: string | null;
  at: string;
}

export interface Approval {
  id: string;
  sessionId: string;
  provider: ProviderId;
  status: ApprovalStatus;
  toolName: string;
  toolInput: unknown;
  summary: string;
  cwd: string;
  agentId: string | null;
  diff: string | null;
  risk: { class: RiskClass; reasons: string[] };
  matched: Matched[];
  requestHash: string;
  createdAt: string;
  expiresAt: string | null;
  answer: Answer | null;
  closedReason: "answered_in_terminal" | "agent_moved_on" | "session_ended" | null;
}

export interface Decision {
  id: string;
  sessionId: string;
  policyId: string | null;
  ruleId: string | null;
  toolName: string;
  toolInput: unknown;
  decision: "allow" | "deny" | "ask" | "none";
  source: "rule" | "default" | "agent" | "fallback";
  reason: string | null;
  actor: string;
  outcome: "ran" | "blocked" | "answered" | "unknown";
  timestamp: string;
}

export interface SessionEvent {
  id: number;
  sessionId: string;
  timestamp: string;
  source: "hook" | "transcript" | "pty" | "statusline" | "daemon" | "policy" | "user";
  type: string;
  payload: Record<string, unknown>;
}

export type ReceiptStatus = "accepted" | "typed" | "submitted" | "turn_done" | "failed";

export interface SentPrompt {
  id: string;
  sessionId: string;
  text: string;
  isCommand: boolean;
  sentBy: string;
  status: ReceiptStatus;
  reason: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface AuthStatus {
  setupRequired: boolean;
  mfaEnabled: boolean;
  mfaSetupRequired: boolean;
  onboardingPending: boolean;
  authenticated: boolean;
}

/** A browser's login; never called session, though the path of the API says so. */
export interface SignIn {
  id: string;
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string;
  ipAddress: string | null;
  userAgent: string | null;
  current: boolean;
}

/** The body of every answer that is not a success. */
export interface ErrorBody {
  error: string;
  code: string;
  field?: string;
  hint?: string;
  retryAfter?: number;
  approval?: Approval;
}
