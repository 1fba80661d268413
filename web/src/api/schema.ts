/** The types of the API, made of `docs/openapi.json` by `make api`. */

/**
 * A point in time in whole milliseconds since the Unix epoch, written as ISO 8601 UTC with
 * milliseconds (`2026-11-23T10:00:00.000Z`).
 */
export type Timestamp = string;
/**
 * Where a statement about a session comes from.
 */
export type EvidenceSource = "hook" | "screen" | "transcript" | "app-server" | "process";
/**
 * What a running session is doing.
 */
export type ActivityState = "working" | "idle" | "needs_input" | "needs_permission" | "unknown";
/**
 * Where a value comes from.
 */
export type Source = "default" | "file" | "environment" | "command_line" | "dashboard";
/**
 * When a change counts.
 */
export type TakesEffect = "at_once" | "new_sessions" | "restart";
/**
 * What a person says to a request.
 */
export type Permission = "allow" | "deny";
/**
 * The way an answer came.
 */
export type Via = "cli" | "api" | "dashboard" | "push" | "terminal";
/**
 * Why there is nothing to answer any more.
 */
export type ClosedReason = "answered_in_terminal" | "agent_moved_on" | "session_ended";
/**
 * The name of an approval: a version 4 UUID, shown in lower case with hyphens.
 */
export type ApprovalId = string;
/**
 * What is to become of a tool call. The order is that of strictness: of several verdicts the
 * greatest holds.
 */
export type Verdict = "allow" | "ask" | "deny";
/**
 * Why a policy counts for a session.
 */
export type Scope = "session" | "set" | "global";
/**
 * An agent CLI that CodePiper knows how to run.
 */
export type ProviderId = "claude-code" | "codex" | "demo";
/**
 * What a tool call could do at worst.
 */
export type RiskClass =
  "read" | "write_workspace" | "write_outside" | "network" | "destructive" | "unknown";
/**
 * The name of a session: a version 4 UUID, shown in lower case with hyphens. It also names the
 * tmux session (`codepiper-<uuid>`) and, where the agent lets us choose, its conversation.
 */
export type SessionId = string;
/**
 * Where an approval is in its life.
 */
export type ApprovalStatus =
  "pending" | "answered" | "effective" | "closed" | "expired" | "ineffective";
/**
 * Who pays for the agent's model calls.
 */
export type BillingMode = "subscription" | "api";
/**
 * How a provider does a thing.
 */
export type Native = "native" | "screen" | "none";
/**
 * The way in which an agent is heard and answered.
 */
export type Channel = "app-server" | "hooks" | "screen";
/**
 * A side of a difference.
 */
export type Side = "old" | "new";
/**
 * What an entry of a conversation is.
 */
export type ConversationKind =
  "prompt" | "reply" | "thinking" | "tool_call" | "sub_agent" | "compaction" | "error" | "other";
/**
 * What was used, and what that costs.
 */
export type UsageCost = Tokens & {
  /**
   * In dollars; none where there is no price.
   */
  costUsd: number | null;
};
/**
 * How an old conversation goes on.
 */
export type ResumeMode = "resume" | "fork";
/**
 * Whether new sessions in a workspace get a git worktree of their own.
 */
export type WorktreeWish = "never" | "ask" | "always";
/**
 * What was decided on a tool call.
 */
export type DecisionKind = "allow" | "deny" | "ask" | "none";
/**
 * What came of a tool call.
 */
export type Outcome = "ran" | "blocked" | "answered" | "unknown";
/**
 * What a decision was made from.
 */
export type DecisionSource = "rule" | "default" | "agent" | "fallback";
/**
 * What an entry of the audit's second chain tells.
 */
export type EntryKind =
  | "asked"
  | "answered"
  | "outcome"
  | "submitted"
  | "input_changed"
  | "actor_refused"
  | "head_missing"
  | "dangerous_start"
  | "session_deleted"
  | "policy_created"
  | "policy_updated"
  | "policy_deleted"
  | "default_action_changed"
  | "policies_copied"
  | "policy_set_created"
  | "policy_set_updated"
  | "policy_set_deleted"
  | "policy_set_given"
  | "policy_set_taken"
  | "signed_in"
  | "sign_in_refused"
  | "sign_in_ended"
  | "password_changed"
  | "authenticator_changed"
  | "env_set_created"
  | "env_set_updated"
  | "env_set_deleted"
  | "env_value_revealed"
  | "key_rotated"
  | "notifications_changed"
  | "workspace_changed"
  | "workflow_run"
  | "workflow_command"
  | "workflow_answered";
/**
 * Who reported an event.
 */
export type EventSource =
  "hook" | "app-server" | "transcript" | "pty" | "statusline" | "daemon" | "policy" | "user";
/**
 * A command line for Bash, or a call of any tool.
 */
export type Example = string | ExampleCall;
/**
 * How an execution stands.
 */
export type ExecutionStatus = "pending" | "running" | "completed" | "failed" | "cancelled";
/**
 * How a step stands.
 */
export type NodeStatus = "pending" | "running" | "completed" | "failed" | "cancelled";
/**
 * How a session came to its end.
 */
export type ExitReason = "stopped" | "exited" | "killed" | "tmux_lost" | "launch_failed";
/**
 * What is known of what an agent does, and from where.
 */
export type ExplainResponse = SessionTerms & {
  /**
   * What is believed; only while running.
   */
  activity: Activity | null;
  /**
   * Why that, and nothing else that a sign says.
   */
  because: string | null;
  /**
   * Everything that says something of it at this moment, the most trustworthy first.
   */
  signs: ActivitySign[];
  /**
   * Where the session is in its life.
   */
  status: Status;
  /**
   * What keeps it from being known better.
   */
  warnings: string[];
};
/**
 * Where a session is in its life.
 */
export type Status = "STARTING" | "RUNNING" | "STOPPED" | "CRASHED";
/**
 * The form of an export.
 */
export type ExportFormat = "jsonl" | "csv";
/**
 * What a client says on `/ws`.
 */
export type HubRequest =
  | {
      op: "hello";
      /**
       * What it could do, by name.
       */
      supports?: {
        [k: string]: unknown;
      };
      /**
       * The version that the client speaks.
       */
      version?: number | null;
    }
  | {
      op: "subscribe";
      /**
       * From the first event behind this one on; of a conversation, from the first change behind
       * this revision on.
       */
      sinceSeq?: number | null;
      /**
       * Which.
       */
      topic: string;
    }
  | {
      op: "unsubscribe";
      /**
       * Of which.
       */
      topic: string;
    }
  | {
      op: "presence";
      /**
       * Which; null: none.
       */
      sessionId?: string | null;
    }
  | {
      /**
       * The bytes.
       */
      data: string;
      op: "pty_input";
      /**
       * What the answer is called.
       */
      requestId?: string | null;
      /**
       * Where.
       */
      sessionId: string;
    }
  | {
      /**
       * Its name.
       */
      key: string;
      op: "pty_key";
      /**
       * What the answer is called.
       */
      requestId?: string | null;
      /**
       * Where.
       */
      sessionId: string;
    }
  | {
      /**
       * Of how many.
       */
      chunkCount: number;
      /**
       * Which piece of it, from 0.
       */
      chunkIndex: number;
      /**
       * The piece.
       */
      data: string;
      op: "pty_paste";
      /**
       * What the text is called.
       */
      requestId: string;
      /**
       * Where.
       */
      sessionId: string;
    };
/**
 * A policy, as it is shown.
 */
export type KeptPolicy = Policy & {
  /**
   * Why it cannot be used as it is kept: what cannot be used asks about everything.
   */
  broken?: string;
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * When it last changed.
   */
  updatedAt: Timestamp;
};
/**
 * One pattern or a list of them. Of a list any may match; one that begins with `!` must not, and
 * a list of nothing but such ones matches everything else.
 */
export type Patterns = string | string[];
/**
 * A place.
 */
export type Within = "workspace";
/**
 * One class of risk or several, any of which will do.
 */
export type RiskRule = RiskClass | RiskClass[];
/**
 * What a viewer calls a message of its own, to know the answer by.
 */
export type MessageId = number | string;
/**
 * A set with its policies.
 */
export type PolicySetWithPolicies = PolicySet & {
  /**
   * Its policies, highest priority first.
   */
  policies: KeptPolicy[];
};
/**
 * How far a prompt has come.
 */
export type ReceiptStatus = "accepted" | "typed" | "submitted" | "turn_done" | "failed";
/**
 * What works with a provider, also in the words of the existing CodePiper.
 */
export type ProviderCapabilities = Capabilities & {
  /**
   * Where tokens are counted: `native`, or `none`.
   */
  metricsChannel: string;
  /**
   * Whether it reports by hooks.
   */
  nativeHooks: boolean;
  /**
   * Where rules are asked: `native-hooks`, or `input-preflight` for typed text only.
   */
  policyChannel: string;
  /**
   * Whether a session can be given another model.
   */
  supportsModelSwitch: boolean;
  /**
   * Whether a session is taken up by the next daemon.
   */
  supportsTmuxAdoption: boolean;
  /**
   * Whether what is said in it can be read.
   */
  supportsTranscriptTailing: boolean;
};
/**
 * `POST /analytics/rebuild`
 */
export type RebuildResponse = UsageResponse & {
  /**
   * Answers that are counted no more: of more tokens than any answer has.
   */
  removedAnswers: number;
  /**
   * Turns that are not: longer than any turn.
   */
  removedTurns: number;
};
/**
 * A sum, and what it is of.
 */
export type UsageRow = UsageSum & {
  /**
   * A day `2026-11-23`, an hour `2026-11-23T14`, an id, a path, a name.
   */
  key: string;
};
/**
 * A sum of usage.
 */
export type UsageSum = Tokens & {
  /**
   * Answers of models.
   */
  answers: number;
  /**
   * What that costs in dollars, of the answers that have a price; none where none has.
   */
  costUsd: number | null;
  /**
   * Turns that are over.
   */
  turns: number;
  /**
   * How many of them have no price.
   */
  unpricedAnswers: number;
  /**
   * How long they took; milliseconds.
   */
  workingMs: number;
};
/**
 * Calls of which something else would become.
 */
export type ReplayChanges = ReplayCounts & {
  /**
   * How many there are.
   */
  count: number;
};
/**
 * What a text is meant as.
 */
export type SendKind = "prompt" | "command";
/**
 * What a viewer is told on a terminal's stream, beside what the terminal shows.
 */
export type TerminalMessage =
  | {
      /**
       * Columns.
       */
      cols: number;
      /**
       * The offset behind the newest byte of output.
       */
      offset: number;
      /**
       * The oldest offset that can be asked for.
       */
      oldest: number;
      /**
       * Rows.
       */
      rows: number;
      type: "hello";
    }
  | {
      /**
       * Columns.
       */
      cols: number;
      /**
       * Rows.
       */
      rows: number;
      type: "resized";
    }
  | {
      /**
       * Whether it is pinned.
       */
      on: boolean;
      type: "locked";
    }
  | {
      /**
       * Its name.
       */
      id: MessageId;
      type: "ack";
    }
  | {
      /**
       * A name for programs.
       */
      code: string;
      /**
       * The message it was asked for with.
       */
      id?: MessageId;
      /**
       * Why, and what to do.
       */
      message: string;
      type: "error";
    }
  | {
      /**
       * The exit code, where there was one.
       */
      code: number | null;
      /**
       * The signal that ended the agent.
       */
      signal: number | null;
      type: "exit";
    };
/**
 * What a viewer says on a terminal's stream.
 */
export type TerminalRequest =
  | {
      /**
       * The bytes.
       */
      data: string;
      /**
       * Its name.
       */
      id?: MessageId | null;
      type: "input";
    }
  | {
      /**
       * Its name.
       */
      id?: MessageId | null;
      /**
       * The text.
       */
      text: string;
      type: "paste";
    }
  | {
      /**
       * Its name.
       */
      id?: MessageId | null;
      /**
       * The keys, such as `ctrl+c`.
       */
      keys: string[];
      type: "keys";
    }
  | {
      /**
       * Columns.
       */
      cols: number;
      /**
       * Rows.
       */
      rows: number;
      type: "resize";
    }
  | {
      /**
       * The offset behind the last byte that it has drawn.
       */
      offset: number;
      type: "drawn";
    }
  | {
      /**
       * Whether it is pinned.
       */
      on: boolean;
      type: "lock";
    };
/**
 * Whether new sessions in a workspace get a git worktree of their own.
 */
export type WorktreeChoice = "never" | "ask" | "always";

/**
 * What a session is doing, since when, and why that is believed.
 */
export interface Activity {
  /**
   * The approval it waits for.
   */
  approvalId: string | null;
  /**
   * Why that is believed; absent before anything was seen.
   */
  evidence: Evidence | null;
  /**
   * When it began to.
   */
  since: Timestamp;
  /**
   * What it is doing.
   */
  state: ActivityState;
}
/**
 * Why an activity is believed.
 */
export interface Evidence {
  /**
   * When it was seen.
   */
  at: Timestamp;
  /**
   * What the agent says of it, where something went wrong.
   */
  detail: string | null;
  /**
   * The event that carries it, when there is one.
   */
  eventId: number | null;
  /**
   * Where it was seen.
   */
  source: EvidenceSource;
  /**
   * What was seen, in the source's own terms, such as `trust_dialog`; the name of a
   * [`TroubleKind`] where something went wrong.
   */
  type: string;
}
/**
 * One thing that says what an agent does.
 */
export interface ActivitySign {
  /**
   * How long ago that is, in milliseconds.
   */
  ageMs: number;
  /**
   * When it was seen.
   */
  at: Timestamp;
  /**
   * Whether it is what is believed.
   */
  believed: boolean;
  /**
   * The words themselves: the window's title, the file, the process.
   */
  detail: string | null;
  /**
   * The event that carries it.
   */
  eventId: number | null;
  /**
   * What it says, where it says something that is understood.
   */
  says: ActivityState | null;
  /**
   * Where it is seen.
   */
  source: EvidenceSource;
  /**
   * What was seen, in the source's own terms.
   */
  type: string;
}
/**
 * `POST /policy-sets/:id/policies`
 */
export interface AddPolicyRequest {
  /**
   * The policy.
   */
  policyId: string;
}
/**
 * Every setting.
 */
export interface AllSettingsResponse {
  /**
   * What of `config.toml` does not make sense.
   */
  problems: string[];
  /**
   * Those that can be changed here first.
   */
  settings: Setting[];
}
/**
 * A setting.
 */
export interface Setting {
  /**
   * Whether it can be changed here; others are set where the daemon is started.
   */
  changeable: boolean;
  /**
   * What it may be, where that are a few words.
   */
  choices: string[];
  /**
   * What it is where nobody says anything.
   */
  default: unknown;
  /**
   * What it is for.
   */
  description: string;
  /**
   * The flag of the daemon that sets it.
   */
  flag: string | null;
  /**
   * `boolean`, `number`, `text` or `choice`.
   */
  kind: string;
  /**
   * Its name.
   */
  name: string;
  /**
   * Who said so.
   */
  source: Source;
  /**
   * When a change counts.
   */
  takesEffect: TakesEffect;
  /**
   * What is counted.
   */
  unit: string | null;
  /**
   * What it is; null where it is absent.
   */
  value: unknown;
  /**
   * The variable that sets it.
   */
  variable: string | null;
}
/**
 * An answer to an approval.
 */
export interface Answer {
  /**
   * When.
   */
  at: Timestamp;
  /**
   * Who gave it: `owner`, `terminal`.
   */
  by: string;
  /**
   * What it says.
   */
  decision: Permission;
  /**
   * What was added; told to the agent when the answer is no.
   */
  note: string | null;
  /**
   * The rule that was made of it.
   */
  ruleId: string | null;
  /**
   * How it came.
   */
  via: Via;
}
/**
 * `POST /approvals/:id/answer`
 */
export interface AnswerApprovalRequest {
  /**
   * What is said.
   */
  decision: Permission;
  /**
   * What is added; told to the agent when the answer is no.
   */
  note?: string | null;
  /**
   * The request that was read, by its hash.
   */
  requestHash: string;
  /**
   * Whether the same is to be answered so for the rest of the session.
   */
  rule?: boolean;
}
/**
 * `POST /workflows/executions/:id/steps/:step/answer`
 */
export interface AnswerStepRequest {
  /**
   * Whether it is a yes.
   */
  approve: boolean;
  /**
   * What else is said.
   */
  note?: string | null;
}
/**
 * Ids by what became of them, in the order of the file.
 */
export interface AppliedChanges {
  /**
   * Those that were not there.
   */
  created: string[];
  /**
   * Those that said the same.
   */
  unchanged: string[];
  /**
   * Those that said something else.
   */
  updated: string[];
}
/**
 * `POST /policies/apply`
 */
export interface ApplyPoliciesRequest {
  /**
   * Only say what would change.
   */
  dryRun?: boolean;
  /**
   * Policies and sets, as YAML or JSON.
   */
  text: string;
}
/**
 * What a file changed, or would change.
 */
export interface ApplyPoliciesResponse {
  /**
   * Whether nothing was done.
   */
  dryRun: boolean;
  /**
   * The policies.
   */
  policies: AppliedChanges;
  /**
   * The sets.
   */
  sets: AppliedChanges;
}
/**
 * A request of an agent that waits for a person.
 */
export interface Approval {
  /**
   * The sub-agent that asks; none for the main one.
   */
  agentId: string | null;
  /**
   * The answer.
   */
  answer: Answer | null;
  /**
   * Why there is nothing to answer any more.
   */
  closedReason: ClosedReason | null;
  /**
   * When the agent asked.
   */
  createdAt: Timestamp;
  /**
   * Where it would happen.
   */
  cwd: string;
  /**
   * What a file edit would change, where that is known.
   */
  diff: string | null;
  /**
   * When the question ends by itself; never, today.
   */
  expiresAt: Timestamp | null;
  /**
   * Its name.
   */
  id: ApprovalId;
  /**
   * The rules that matched, strictest first.
   */
  matched: Matched[];
  /**
   * The agent.
   */
  provider: ProviderId;
  /**
   * Names exactly this request; an answer has to repeat it.
   */
  requestHash: string;
  /**
   * What it could do at worst.
   */
  risk: Risk;
  /**
   * The session that asks.
   */
  sessionId: SessionId;
  /**
   * Where it is in its life.
   */
  status: ApprovalStatus;
  /**
   * The same in one line for a person.
   */
  summary: string;
  /**
   * What the tool is to get: any JSON, as the agent gave it.
   */
  toolInput: unknown;
  /**
   * The tool.
   */
  toolName: string;
}
/**
 * A rule that matched.
 */
export interface Matched {
  /**
   * What it says.
   */
  action: Verdict;
  /**
   * Its policy.
   */
  policyId: string;
  /**
   * Why it says so.
   */
  reason: string | null;
  /**
   * Its name.
   */
  ruleId: string;
  /**
   * Why its policy counts.
   */
  scope: Scope;
}
/**
 * What a tool call could do at worst, and why that is thought.
 */
export interface Risk {
  /**
   * What it could do.
   */
  class: RiskClass;
  /**
   * Why, one sentence each.
   */
  reasons: string[];
}
/**
 * One approval.
 */
export interface ApprovalResponse {
  /**
   * The approval.
   */
  approval: Approval;
}
/**
 * Approvals, newest first.
 */
export interface ApprovalsResponse {
  /**
   * The approvals.
   */
  approvals: Approval[];
}
/**
 * The newest row of a chain.
 */
export interface AuditHead {
  /**
   * Its hash.
   */
  hash: string;
  /**
   * Its place.
   */
  seq: number;
}
/**
 * The newest hash of each chain; none where it is empty.
 */
export interface AuditHeads {
  /**
   * Of what came after them.
   */
  after: AuditHead | null;
  /**
   * Of the decisions.
   */
  decisions: AuditHead | null;
}
/**
 * Something that is not as it was written.
 */
export interface AuditProblem {
  /**
   * `decisions`, or `after` for what came after them.
   */
  chain: string;
  /**
   * The decision it is, or is about.
   */
  decisionId: string | null;
  /**
   * The row.
   */
  seq: number;
  /**
   * What is wrong with it.
   */
  what: string;
}
/**
 * How far a browser is signed in.
 */
export interface AuthStatusResponse {
  /**
   * Whether this browser is signed in.
   */
  authenticated: boolean;
  /**
   * Whether there is an authenticator.
   */
  mfaEnabled: boolean;
  /**
   * Whether this browser has shown the password and is to set up an authenticator.
   */
  mfaSetupRequired: boolean;
  /**
   * Whether an authenticator has to be set up.
   */
  onboardingPending: boolean;
  /**
   * Whether there is no password yet.
   */
  setupRequired: boolean;
}
/**
 * An authenticator that is offered.
 */
export interface AuthenticatorOffer {
  /**
   * The same for a program.
   */
  otpauthUri: string;
  /**
   * The same for a camera, as SVG.
   */
  qr: string;
  /**
   * The secret, to be typed.
   */
  secret: string;
}
/**
 * What a branch is to a worktree for a session.
 */
export interface BranchCheck {
  /**
   * Whether a worktree is on it.
   */
  branchCheckedOut: boolean;
  /**
   * Whether there is such a branch.
   */
  branchExists: boolean;
  /**
   * Which one.
   */
  checkedOutIn?: string;
  /**
   * Why not.
   */
  errors: string[];
  /**
   * Whether something in the directory is in no commit, which the worktree will not have.
   */
  uncommittedChanges: boolean;
  /**
   * Whether a worktree can be on it.
   */
  valid: boolean;
  /**
   * What may be unexpected.
   */
  warnings: string[];
}
/**
 * The branches of a repository.
 */
export interface Branches {
  /**
   * Those of its own, the latest first.
   */
  branches: string[];
  /**
   * The one that it is on.
   */
  currentBranch: string | null;
  /**
   * The one that others are compared with.
   */
  defaultBranch: string | null;
}
/**
 * What works with a provider today, and how.
 */
export interface Capabilities {
  /**
   * How it is known what the agent is doing.
   */
  activity: Native;
  /**
   * How its requests for permission are answered.
   */
  permissions: Native;
  /**
   * How it is known that a prompt was taken.
   */
  promptReceipts: Native;
  /**
   * Whether the agent can be told to run without asking.
   */
  supportsDangerousMode: boolean;
  /**
   * Whether a session can carry on an earlier conversation of the agent.
   */
  supportsResume: boolean;
}
/**
 * `POST /auth/password`.
 */
export interface ChangePasswordRequest {
  /**
   * The password so far.
   */
  currentPassword: string;
  /**
   * The one from now on.
   */
  newPassword: string;
}
/**
 * A change of some settings; what is absent stays.
 */
export interface ChangeSettingsRequest {
  /**
   * See [`DaemonSettings::codex_app_server`].
   */
  codexAppServer?: boolean | null;
  /**
   * See [`DaemonSettings::codex_host_access_profile_enabled`].
   */
  codexHostAccessProfileEnabled?: boolean | null;
  /**
   * See [`DaemonSettings::default_policy_action`].
   */
  defaultPolicyAction?: Verdict | null;
  /**
   * See [`DaemonSettings::detach_key`].
   */
  detachKey?: string | null;
  /**
   * See [`DaemonSettings::forward_ssh_auth_sock`].
   */
  forwardSshAuthSock?: boolean | null;
  /**
   * See [`DaemonSettings::preserve_sessions`].
   */
  preserveSessions?: boolean | null;
  /**
   * See [`DaemonSettings::restore_after_reboot`].
   */
  restoreAfterReboot?: boolean | null;
  /**
   * See [`DaemonSettings::retention_days`]; null keeps them for ever.
   */
  retentionDays?: number | null;
  /**
   * See [`DaemonSettings::status_line`].
   */
  statusLine?: boolean | null;
  /**
   * See [`DaemonSettings::time_zone`]; null takes that of the machine.
   */
  timeZone?: string | null;
  /**
   * See [`DaemonSettings::worktree_place`]; null puts them beside their repositories.
   */
  worktreePlace?: string | null;
}
/**
 * Where a kind is told.
 */
export interface Channels {
  /**
   * In the list of what nobody has read.
   */
  inbox?: boolean;
  /**
   * To browsers that are subscribed.
   */
  push?: boolean;
  /**
   * To the web hook.
   */
  webhook?: boolean;
}
/**
 * Where a kind is told; what is absent stays.
 */
export interface ChannelsRequest {
  /**
   * In the list of what nobody has read.
   */
  inbox?: boolean | null;
  /**
   * To browsers that are subscribed.
   */
  push?: boolean | null;
  /**
   * To the web hook.
   */
  webhook?: boolean | null;
}
/**
 * `POST /policies/check`
 */
export interface CheckPolicyRequest {
  /**
   * Where it would happen; absolute.
   */
  cwd: string;
  /**
   * The permission mode that the agent is in, in its own spelling.
   */
  mode?: string | null;
  /**
   * The agent.
   */
  provider?: string | null;
  /**
   * Rules to ask instead of those that are kept: a list of `Rule`.
   */
  rules?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * The session that would ask.
   */
  sessionId?: SessionId | null;
  /**
   * What it would get: any JSON, as the agent would give it.
   */
  toolInput?: unknown;
  /**
   * The tool.
   */
  toolName: string;
}
/**
 * What the rules say of a tool call, and whether a rule said it.
 */
export interface CheckPolicyResponse {
  /**
   * The simple commands of a shell line, where it is one that can be read.
   */
  commands: CheckedCommand[];
  /**
   * The rule that decides.
   */
  decidedBy: DecidedBy | null;
  /**
   * Every rule that matched, strictest first.
   */
  matched: Matched[];
  /**
   * What the call could do at worst.
   */
  risk: Risk;
  /**
   * `rule` or `default`.
   */
  source: string;
  /**
   * What would become of it where the agent itself would ask.
   */
  verdict: Verdict;
}
/**
 * One simple command of a shell line.
 */
export interface CheckedCommand {
  /**
   * Its words.
   */
  argv: string[];
  /**
   * What the rules say of it, or else the default action.
   */
  verdict: Verdict;
}
/**
 * The rule that decides.
 */
export interface DecidedBy {
  /**
   * Its policy.
   */
  policyId: string;
  /**
   * Its name.
   */
  ruleId: string;
}
/**
 * A comment on lines of a file.
 */
export interface CommentRequest {
  /**
   * The last of several.
   */
  endLine?: number | null;
  /**
   * The line, counted from 1.
   */
  line: number;
  /**
   * The file.
   */
  path: string;
  /**
   * Which text of it: as it is, or as it was in the last commit.
   */
  side?: Side;
  /**
   * What is said about it.
   */
  text: string;
}
/**
 * `POST /sessions/:id/git/comments`
 */
export interface CommentsRequest {
  /**
   * All of them go in one prompt.
   */
  comments: CommentRequest[];
  /**
   * What is said besides.
   */
  note?: string | null;
}
/**
 * `POST /sessions/:id/git/commit`
 */
export interface CommitRequest {
  /**
   * Whether it takes the last one's place.
   */
  amend?: boolean;
  /**
   * What is said about it.
   */
  message: string;
}
/**
 * A commit that was made.
 */
export interface Committed {
  /**
   * Its name.
   */
  hash: string;
}
/**
 * `POST /auth/confirm`: one of the two.
 */
export interface ConfirmRequest {
  /**
   * The password.
   */
  password?: string | null;
  /**
   * A code of the authenticator, or a recovery code.
   */
  totpCode?: string | null;
}
/**
 * It is the owner who asks.
 */
export interface ConfirmResponse {
  /**
   * Always true.
   */
  ok: boolean;
  /**
   * How long that counts.
   */
  until: Timestamp;
}
/**
 * How full the context of a model is.
 */
export interface ContextUse {
  /**
   * How many tokens that is.
   */
  tokens: number | null;
  /**
   * How much of it is used; percent.
   */
  usedPercent: number;
  /**
   * How many tokens it holds.
   */
  window: number | null;
}
/**
 * One thing that was said or done in a session.
 */
export interface ConversationEntry {
  /**
   * The sub-agent that said it; none for the agent of the session.
   */
  agentId: string | null;
  /**
   * When.
   */
  at: Timestamp;
  /**
   * Names it among all entries.
   */
  id: number;
  /**
   * What it is.
   */
  kind: ConversationKind;
  /**
   * The answer of the model, or with Codex the turn, that it is a part of.
   */
  messageId: string | null;
  /**
   * The model that said it, as the agent reports it.
   */
  model: string | null;
  /**
   * Where it stands in its conversation, for `before` and `after`.
   */
  place: string;
  /**
   * Grows with every change of any entry: of two states of one entry the higher is the newer.
   */
  revision: number;
  /**
   * The words, at most 256 KiB of them; of a tool call what it is about.
   */
  text: string;
  /**
   * The tool that was used.
   */
  tool: ConversationTool | null;
  /**
   * What that answer or turn cost, on its first entry.
   */
  usage: UsageCost | null;
}
/**
 * A tool that was used, and what came of that.
 */
export interface ConversationTool {
  /**
   * The approval that a person gave or refused.
   */
  approvalId: ApprovalId | null;
  /**
   * The agent's name of the call.
   */
  callId: string;
  /**
   * The decision about the call.
   */
  decisionId: string | null;
  /**
   * How long it ran, where the agent tells; milliseconds.
   */
  durationMs: number | null;
  /**
   * When the result came.
   */
  endedAt: Timestamp | null;
  /**
   * What it was given; a text where that is no JSON or too long.
   */
  input: unknown;
  /**
   * Whether it failed or was refused.
   */
  isError: boolean;
  /**
   * The tool; none where only the result is known.
   */
  name: string | null;
  /**
   * What the model was told; none as long as it runs.
   */
  result: string | null;
  /**
   * The sub-agent that was given the work.
   */
  subAgentId: string | null;
}
/**
 * Tokens of one answer, or of many; no token is in two of these but for `reasoning`.
 */
export interface Tokens {
  /**
   * What it read from the cache.
   */
  cacheRead: number;
  /**
   * What it read and put into the cache for an hour.
   */
  cacheWrite1h: number;
  /**
   * What it read and put into the cache for five minutes.
   */
  cacheWrite5m: number;
  /**
   * What the model read that was in no cache and went into none.
   */
  input: number;
  /**
   * What it wrote, its reasoning included.
   */
  output: number;
  /**
   * The part of `output` that was reasoning, where the agent tells.
   */
  reasoning: number;
}
/**
 * A part of a conversation, in order.
 */
export interface ConversationResponse {
  /**
   * The entries.
   */
  entries: ConversationEntry[];
  /**
   * The place of the first entry.
   */
  first: string | null;
  /**
   * Whether there are more, in the direction that was asked for.
   */
  hasMore: boolean;
  /**
   * The place of the last entry.
   */
  last: string | null;
  /**
   * Everything up to this revision is in it: the `since` of the next question.
   */
  revision: number;
}
/**
 * `POST /env-sets`
 */
export interface CreateEnvSetRequest {
  /**
   * What it is for.
   */
  description?: string | null;
  /**
   * What people call it.
   */
  name: string;
  /**
   * Its variables.
   */
  vars?: {
    [k: string]: string;
  };
}
/**
 * `POST /policies`
 */
export interface CreatePolicyRequest {
  /**
   * What it is for.
   */
  description?: string | null;
  /**
   * Whether it counts.
   */
  enabled?: boolean;
  /**
   * Its id; one is found when there is none.
   */
  id?: string | null;
  /**
   * What people call it.
   */
  name: string;
  /**
   * Where it stands in lists.
   */
  priority?: number;
  /**
   * What it says: a list of `Rule`. One without an `id` is called after its place.
   */
  rules: {
    [k: string]: unknown;
  }[];
  /**
   * The only session it is for.
   */
  sessionId?: SessionId | null;
}
/**
 * `POST /policy-sets`
 */
export interface CreatePolicySetRequest {
  /**
   * What it is for.
   */
  description?: string | null;
  /**
   * Its id; one is found when there is none.
   */
  id?: string | null;
  /**
   * Whether it is given to every new session.
   */
  isDefault?: boolean;
  /**
   * What people call it; no two are called the same.
   */
  name: string;
  /**
   * Its policies.
   */
  policyIds?: string[];
}
/**
 * `POST /sessions`
 */
export interface CreateSessionRequest {
  /**
   * Further arguments for it.
   */
  args?: string[];
  /**
   * Who pays; absent: what the workspace says, else the subscription.
   */
  billingMode?: BillingMode;
  /**
   * Width of its terminal.
   */
  cols?: number | null;
  /**
   * Where it starts; absolute.
   */
  cwd?: string | null;
  /**
   * Run without asking.
   */
  dangerousMode?: boolean;
  /**
   * What becomes of a request that no rule matches, where the agent itself would ask: `ask` or
   * `deny`; absent: what the daemon's setting says.
   */
  defaultPolicyAction?: Verdict | null;
  /**
   * Further variables for it.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * The sets of variables that it gets under those, by their ids; the later win.
   */
  envSetIds?: string[];
  /**
   * Refuse tool calls while the daemon cannot be asked.
   */
  failClosed?: boolean;
  /**
   * Whatever its maker wants to remember: any JSON.
   */
  metadata?: {
    [k: string]: unknown;
  };
  /**
   * The model to use.
   */
  model?: string | null;
  /**
   * What people call the session.
   */
  name?: string | null;
  /**
   * The policy sets that it gets, beside the one that every new session gets.
   */
  policySetIds?: string[];
  /**
   * The first prompt.
   */
  prompt?: string | null;
  /**
   * The agent; what the workspace says may be left out.
   */
  provider?: string | null;
  /**
   * A conversation of the agent's own to go on with, begun here or elsewhere.
   */
  providerResume?: ProviderResumeRequest | null;
  /**
   * Height of its terminal.
   */
  rows?: number | null;
  /**
   * The workspace whose defaults apply to what is not said here.
   */
  workspaceId?: string | null;
  /**
   * A git worktree of its own, of the repository that `cwd` is in; it starts there. Null: none, also
   * where the workspace says that each session gets one.
   */
  worktree?: WorktreeRequest | null;
}
/**
 * A conversation of an agent's own.
 */
export interface ProviderResumeRequest {
  /**
   * Whether it goes on itself, or a copy of it does.
   */
  mode?: ResumeMode;
  /**
   * The agent's name for it.
   */
  providerSessionId: string;
}
/**
 * The git worktree of a new session.
 */
export interface WorktreeRequest {
  /**
   * Its branch; absent: one that is named after the session.
   */
  branch?: string | null;
  /**
   * Whether the branch is made with it; absent: where there is none of that name.
   */
  createBranch?: boolean | null;
  /**
   * A program that is run in it before the agent starts; where it is no absolute path, it is one in
   * the repository.
   */
  setupScript?: string | null;
  /**
   * Where a new branch begins; absent: at what `cwd` is on.
   */
  startPoint?: string | null;
  /**
   * A program that is run in it before it is removed.
   */
  teardownScript?: string | null;
}
/**
 * `POST /workspaces`
 */
export interface CreateWorkspaceRequest {
  /**
   * What new sessions there are.
   */
  defaults?: WorkspaceDefaultsRequest;
  /**
   * What people call it.
   */
  name: string;
  /**
   * The directory; absolute.
   */
  path: string;
}
/**
 * What new sessions in a workspace are; what is absent stays as it is, null takes it away.
 */
export interface WorkspaceDefaultsRequest {
  /**
   * Who pays.
   */
  billingMode?: BillingMode | null;
  /**
   * The sets of variables that they get.
   */
  envSetIds?: string[] | null;
  /**
   * The model to use.
   */
  model?: string | null;
  /**
   * The policy sets that they get.
   */
  policySetIds?: string[] | null;
  /**
   * The agent.
   */
  provider?: ProviderId | null;
  /**
   * A program that is run in each new worktree before the agent starts; where it is no absolute
   * path, it is one in the workspace.
   */
  setupScript?: string | null;
  /**
   * A program that is run in a worktree before it is removed.
   */
  teardownScript?: string | null;
  /**
   * Whether they get a git worktree of their own: `never`, `ask` or `always`.
   */
  worktree?: WorktreeWish | null;
}
/**
 * The settings of the daemon.
 */
export interface DaemonSettings {
  /**
   * Whether Codex gets an app-server, where its version has one; without, hooks have to do.
   */
  codexAppServer: boolean;
  /**
   * Whether new sessions of Codex work without a sandbox, where nothing else is asked for.
   */
  codexHostAccessProfileEnabled: boolean;
  /**
   * What becomes of a request that no rule matches, where the agent itself would ask: `ask` a
   * person or `deny`.
   */
  defaultPolicyAction: Verdict & string;
  /**
   * The key that leaves an attached terminal; every other key reaches the agent.
   */
  detachKey: string;
  /**
   * Whether agents get the `SSH_AUTH_SOCK` of the daemon.
   */
  forwardSshAuthSock: boolean;
  /**
   * Whether sessions live on when the daemon stops.
   */
  preserveSessions: boolean;
  /**
   * Whether the sessions that ran come back by themselves after the machine was switched off.
   */
  restoreAfterReboot: boolean;
  /**
   * After how many days sessions that have ended are removed; none: never.
   */
  retentionDays: number | null;
  /**
   * Whether Claude Code's status line goes through us in the sessions that start from now on, so
   * that its context, cost and limits are known; a status line of the person's own is drawn as
   * before.
   */
  statusLine: boolean;
  /**
   * The time zone in which the days of sums begin, such as `Europe/Berlin`; none: that of the
   * machine.
   */
  timeZone: string | null;
  /**
   * The directory below which new git worktrees of sessions go, absolute or from `~/`; none: beside
   * their repositories.
   */
  worktreePlace: string | null;
}
/**
 * The audit's row of one tool call.
 */
export interface Decision {
  /**
   * Who had the last word: `policy`, `owner`, `terminal`, `agent`.
   */
  actor: string;
  /**
   * The sub-agent; none for the main one.
   */
  agentId: string | null;
  /**
   * The same, under its older name.
   */
  args: unknown;
  /**
   * What was decided.
   */
  decision: DecisionKind;
  /**
   * The event that it was asked with.
   */
  eventId: number | null;
  /**
   * The hash of this entry of the audit's chain.
   */
  hash: string;
  /**
   * Its name, a UUID.
   */
  id: string;
  /**
   * Every rule that matched, strictest first.
   */
  matched: Matched[];
  /**
   * What came of it.
   */
  outcome: Outcome;
  /**
   * The policy whose rule decided.
   */
  policyId: string | null;
  /**
   * The hash of the entry before it.
   */
  prevHash: string;
  /**
   * Why.
   */
  reason: string | null;
  /**
   * The rule that decided.
   */
  ruleId: string | null;
  /**
   * The session.
   */
  sessionId: SessionId;
  /**
   * From what.
   */
  source: DecisionSource;
  /**
   * When.
   */
  timestamp: Timestamp;
  /**
   * What the tool was to get, without secrets: any JSON, as the agent gave it.
   */
  toolInput: unknown;
  /**
   * The tool.
   */
  toolName: string;
}
/**
 * A day of `GET /analytics/policy-decisions`
 */
export interface DecisionDay {
  /**
   * How many.
   */
  count: number;
  /**
   * The day.
   */
  date: string;
  /**
   * `allow`, `deny`, `ask` or `none`.
   */
  decision: string;
}
/**
 * Decisions, newest first.
 */
export interface DecisionsResponse {
  /**
   * The decisions.
   */
  decisions: Decision[];
}
/**
 * `PUT /sessions/:id/default-policy-action`
 */
export interface DefaultActionRequest {
  /**
   * `ask`, `deny`, or null for what the daemon's setting says.
   */
  action: Verdict | null;
}
/**
 * A session was removed.
 */
export interface DeleteResponse {
  /**
   * The session as it was.
   */
  deleted: DeletedSession;
  /**
   * Always true.
   */
  success: boolean;
}
/**
 * A session that was removed, or would be.
 */
export interface DeletedSession {
  /**
   * Where the agent was started.
   */
  cwd: string;
  /**
   * When it ended.
   */
  endedAt: Timestamp;
  /**
   * How many events it had.
   */
  events: number;
  /**
   * Its id.
   */
  id: SessionId;
  /**
   * What people called it.
   */
  name: string | null;
  /**
   * The agent.
   */
  provider: ProviderId;
  /**
   * The agent's own name for the conversation, which stays.
   */
  providerSessionId: string | null;
  /**
   * Where the agent wrote the conversation down, which stays.
   */
  transcriptPath: string | null;
}
/**
 * What was delivered where.
 */
export interface DeliveriesResponse {
  /**
   * The newest first.
   */
  deliveries: NotificationDelivery[];
}
/**
 * A notification on its way to one place.
 */
export interface NotificationDelivery {
  /**
   * How often it was tried.
   */
  attempts: number;
  /**
   * `push` or `webhook`.
   */
  channel: string;
  /**
   * When it was written.
   */
  createdAt: Timestamp;
  /**
   * When it was delivered or dropped.
   */
  finishedAt: Timestamp | null;
  /**
   * Its number.
   */
  id: number;
  /**
   * Why the last try came to nothing, or why it was dropped.
   */
  lastError: string | null;
  /**
   * When it is tried next.
   */
  nextAt: Timestamp | null;
  /**
   * The notification.
   */
  notificationId: number;
  /**
   * `waiting`, `delivered` or `dropped`.
   */
  state: string;
  /**
   * The origin of where it goes.
   */
  target: string;
}
/**
 * A difference as git writes it.
 */
export interface Diff {
  /**
   * The text.
   */
  diff: string;
  /**
   * Whether it goes on behind what is there.
   */
  truncated: boolean;
}
/**
 * How much differs.
 */
export interface DiffStatResponse {
  /**
   * File by file.
   */
  files: FileStat[];
}
/**
 * How much of a file differs.
 */
export interface FileStat {
  /**
   * Lines that came; none: it has no lines.
   */
  additions: number | null;
  /**
   * Lines that went.
   */
  deletions: number | null;
  /**
   * The name that it had.
   */
  origPath?: string;
  /**
   * Where it is.
   */
  path: string;
}
/**
 * What is in a directory of the daemon's machine.
 */
export interface DirectoriesResponse {
  /**
   * The git branch that it is on, or the beginning of a commit.
   */
  branch: string | null;
  /**
   * The directories in it, by name; files are left out.
   */
  entries: DirectoryEntry[];
  /**
   * The one that it is in; the root is in none.
   */
  parent: string | null;
  /**
   * The directory, absolute, with all links followed.
   */
  path: string;
  /**
   * Why this is only the nearest directory, and not the one that was asked for.
   */
  problem: string | null;
  /**
   * Whether there are more than are listed.
   */
  truncated: boolean;
}
/**
 * A directory in another one.
 */
export interface DirectoryEntry {
  /**
   * Whether a git repository, or a worktree of one, is there.
   */
  git: boolean;
  /**
   * Its name.
   */
  name: string;
  /**
   * Its place; absolute.
   */
  path: string;
}
/**
 * What a directory is to a session.
 */
export interface DirectoryCheck {
  /**
   * Whether it is there.
   */
  directoryExists: boolean;
  /**
   * Why not.
   */
  errors: string[];
  /**
   * What git says of it, where it is in a worktree.
   */
  gitInfo?: GitInfo;
  /**
   * Whether it is in a git worktree.
   */
  isGitRepo: boolean;
  /**
   * Whether a session can start there.
   */
  valid: boolean;
  /**
   * What may be unexpected.
   */
  warnings: string[];
}
/**
 * What git says of a directory.
 */
export interface GitInfo {
  /**
   * Its branches, the latest first.
   */
  branches: string[];
  /**
   * The branch that it is on.
   */
  currentBranch: string | null;
  /**
   * Whether something is in no commit.
   */
  hasUncommittedChanges: boolean;
  /**
   * The root of the worktree.
   */
  repoRoot: string;
}
/**
 * Files that are as they were.
 */
export interface Discarded {
  /**
   * What it is taken back with.
   */
  undoId: string;
}
/**
 * It was done, where signing in is concerned.
 */
export interface Done {
  /**
   * Always true.
   */
  ok: boolean;
}
/**
 * `PUT /sessions/:id/prompts/:prompt`
 */
export interface EditPromptRequest {
  /**
   * The text it has from now on.
   */
  text: string;
}
/**
 * The other browsers were signed out.
 */
export interface EndSignInsResponse {
  /**
   * How many were signed out.
   */
  count: number;
  /**
   * Always true.
   */
  ok: boolean;
}
/**
 * Entries beside the decisions, newest first.
 */
export interface EntriesResponse {
  /**
   * The entries.
   */
  entries: Entry[];
}
/**
 * An entry of the audit's second chain: what came after a decision, or something else that has to
 * be accounted for.
 */
export interface Entry {
  /**
   * The decision that it is about.
   */
  decisionId: string | null;
  /**
   * What there is to tell, which differs from kind to kind; null where it cannot be read.
   */
  facts: unknown;
  /**
   * The hash of this entry of the chain.
   */
  hash: string;
  /**
   * What it tells, as it is stored: the name of an [`EntryKind`].
   */
  kind: string;
  /**
   * The hash of the entry before it.
   */
  prevHash: string;
  /**
   * Its place.
   */
  seq: number;
  /**
   * When.
   */
  timestamp: Timestamp;
}
/**
 * A set, without its values.
 */
export interface EnvSet {
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * What it is for.
   */
  description?: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * Its variables, each with a mask that says nothing of the value.
   */
  maskedVars: {
    [k: string]: string;
  };
  /**
   * What people call it.
   */
  name: string;
  /**
   * When it last changed.
   */
  updatedAt: Timestamp;
  /**
   * How many these are.
   */
  varCount: number;
}
/**
 * One set.
 */
export interface EnvSetResponse {
  /**
   * The set, without its values.
   */
  envSet: EnvSet;
}
/**
 * Sets of variables.
 */
export interface EnvSetsResponse {
  /**
   * By their names.
   */
  envSets: EnvSet[];
}
/**
 * The body of every answer that is not a success.
 */
export interface ErrorBody {
  /**
   * A name for programs.
   */
  code: string;
  /**
   * What happened, with the thing in backticks.
   */
  error: string;
  /**
   * The part of the request that is wrong, such as `keys[1]`.
   */
  field?: string;
  /**
   * What to do next.
   */
  hint?: string;
  /**
   * What else there is to know, such as the approval that was answered already.
   */
  [k: string]: unknown;
}
/**
 * A stored fact.
 */
export interface Event {
  /**
   * Its place in the order of all events.
   */
  id: number;
  /**
   * The details: any JSON, as the source gave it.
   */
  payload: unknown;
  /**
   * Whom it concerns.
   */
  sessionId: SessionId;
  /**
   * Who reported it.
   */
  source: EventSource;
  /**
   * When it happened.
   */
  timestamp: Timestamp;
  /**
   * What happened.
   */
  type: string;
}
/**
 * Events, in the order that was asked for.
 */
export interface EventsResponse {
  /**
   * The events.
   */
  events: Event[];
  /**
   * Whether there are more.
   */
  hasMore: boolean;
}
/**
 * A call of any tool.
 */
export interface ExampleCall {
  /**
   * Where; `/workspace` where that does not matter.
   */
  cwd?: string;
  /**
   * What it is given.
   */
  input?: unknown;
  /**
   * The mode that the agent is in.
   */
  mode?: string;
  /**
   * The tool.
   */
  tool: string;
}
/**
 * `POST /workflows/:id/execute`
 */
export interface ExecuteWorkflowRequest {
  /**
   * The agent that takes the place of every other: a rehearsal.
   */
  provider?: string | null;
  /**
   * The values of its inputs.
   */
  variables?: {
    [k: string]: unknown;
  };
}
/**
 * An execution that has begun.
 */
export interface ExecuteWorkflowResponse {
  /**
   * Its id.
   */
  executionId: string;
  /**
   * How it stands.
   */
  status: ExecutionStatus;
}
/**
 * One execution.
 */
export interface ExecutionResponse {
  /**
   * How it stands.
   */
  execution: WorkflowExecution;
  /**
   * Names what is shown here, for whoever wants to hear when it changes.
   */
  revision: string;
  /**
   * Its steps, as far as they have begun, in the order of the workflow.
   */
  steps: WorkflowStep[];
}
/**
 * An execution as it is shown.
 */
export interface WorkflowExecution {
  /**
   * When it was over.
   */
  completedAt: Timestamp | null;
  /**
   * The first thing that went wrong.
   */
  error: Failure | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether nothing new is begun.
   */
  isPaused: boolean;
  /**
   * What came of it.
   */
  outputs: {
    [k: string]: unknown;
  };
  /**
   * How many of its steps wait for a person's yes.
   */
  questions: number;
  /**
   * When it began.
   */
  startedAt: Timestamp;
  /**
   * How it stands.
   */
  status: ExecutionStatus;
  /**
   * What it was given.
   */
  variables: {
    [k: string]: unknown;
  };
  /**
   * Its workflow.
   */
  workflowId: string;
}
/**
 * What went wrong, and where.
 */
export interface Failure {
  /**
   * What.
   */
  message: string;
  /**
   * The step, with its round; none for the workflow as a whole.
   */
  step: string | null;
}
/**
 * A step of an execution as it is shown.
 */
export interface WorkflowStep {
  /**
   * Which attempt it is, from 1.
   */
  attempt: number;
  /**
   * When it was over.
   */
  completedAt: Timestamp | null;
  /**
   * What its session has cost from then to its end, in dollars; none where there is no price.
   */
  cost: number | null;
  /**
   * How many steps are around it.
   */
  depth: number;
  /**
   * Why it failed.
   */
  error: string | null;
  /**
   * Its name with its rounds, such as `fix[2]`.
   */
  id: string;
  /**
   * What a person is asked before it goes on.
   */
  question: string | null;
  /**
   * What came of it.
   */
  result: {
    [k: string]: unknown;
  };
  /**
   * Which round of each loop around it, from 0, the outermost first.
   */
  rounds: number[];
  /**
   * Its session.
   */
  sessionId: SessionId | null;
  /**
   * When its latest attempt began.
   */
  startedAt: Timestamp;
  /**
   * How it stands.
   */
  status: NodeStatus;
  /**
   * The step of the workflow.
   */
  stepName: string;
  /**
   * What kind of step it is.
   */
  stepType: string;
}
/**
 * Executions.
 */
export interface ExecutionsResponse {
  /**
   * The latest first.
   */
  executions: WorkflowExecution[];
}
/**
 * The end of a session.
 */
export interface Exit {
  /**
   * When.
   */
  at: Timestamp;
  /**
   * The agent's exit code, when it ended by itself and the code is known.
   */
  code: number | null;
  /**
   * What a person should know, such as why a launch failed.
   */
  detail: string | null;
  /**
   * How it came to its end.
   */
  reason: ExitReason;
  /**
   * The signal that ended it.
   */
  signal: number | null;
}
/**
 * How a session's agent is heard and answered, and what it may do.
 */
export interface SessionTerms {
  /**
   * When a person may be asked for more, in the words of Codex; none of other agents.
   */
  approvals: string | null;
  /**
   * Over what.
   */
  channel: Channel;
  /**
   * What keeps it in, in the words of Codex; none of other agents.
   */
  sandbox: string | null;
  /**
   * How each thing is done over that.
   */
  support: Support;
}
/**
 * How each thing can be done with an agent: through a channel of its own, by its screen and keys,
 * or not at all.
 */
export interface Support {
  /**
   * Answering its requests for leave.
   */
  approvals: Native;
  /**
   * Hearing of its events, and forbidding a tool call.
   */
  hooks: Native;
  /**
   * Ending a turn.
   */
  interrupt: Native;
  /**
   * Giving it another model.
   */
  modelSwitch: Native;
  /**
   * Reading what was said.
   */
  transcript: Native;
  /**
   * Counting its tokens.
   */
  usage: Native;
}
/**
 * `POST /policies/export`
 */
export interface ExportPoliciesRequest {
  /**
   * Every set, and every policy that is for every session.
   */
  all?: boolean;
  /**
   * These policies.
   */
  ids?: string[];
  /**
   * This set, with its policies.
   */
  set?: string | null;
}
/**
 * Policies and sets, as a file.
 */
export interface ExportPoliciesResponse {
  /**
   * YAML that `POST /policies/apply` takes.
   */
  text: string;
}
/**
 * A file's text.
 */
export interface FileContent {
  /**
   * The text; none of a file that is none.
   */
  content: string;
  /**
   * Whether it is no text.
   */
  isBinary: boolean;
  /**
   * How long the file is; bytes.
   */
  size: number;
  /**
   * Whether it goes on behind what is there.
   */
  truncated: boolean;
}
/**
 * `POST /worktrees/finish`
 */
export interface FinishWorktreeRequest {
  /**
   * Whether its branch goes, too; absent: if it was made with the worktree and all of it is merged.
   * One with commits that are nowhere else goes only with `force`.
   */
  deleteBranch?: boolean | null;
  /**
   * Whether it is removed with what is in no commit.
   */
  force?: boolean;
  /**
   * Whether its commits are merged into its base first.
   */
  merge?: boolean;
  /**
   * Where it is.
   */
  path: string;
}
/**
 * `POST /sessions/:id/fork`
 */
export interface ForkRequest {
  /**
   * What people call the new session.
   */
  name?: string | null;
  /**
   * Its first prompt.
   */
  prompt?: string | null;
}
/**
 * Something that was found in a conversation.
 */
export interface Found {
  /**
   * The entry.
   */
  entry: ConversationEntry;
  /**
   * The words around the first place.
   */
  excerpt: string;
  /**
   * The session in whose conversation it stands.
   */
  sessionId: SessionId;
}
/**
 * How a repository stands.
 */
export interface GitStatus {
  /**
   * Commits that are not there.
   */
  ahead: number;
  /**
   * Commits that are only there.
   */
  behind: number;
  /**
   * The branch that it is on; none: on none.
   */
  branch: string | null;
  /**
   * The root of the worktree, which all paths are relative to.
   */
  root: string;
  /**
   * What differs, by path.
   */
  status: StatusEntry[];
  /**
   * Whether there are more entries than are listed.
   */
  truncated: boolean;
  /**
   * The branch at a remote that it follows.
   */
  upstream: string | null;
}
/**
 * A path that differs.
 */
export interface StatusEntry {
  /**
   * How the index differs from the last commit: a letter of `git status`, or a blank.
   */
  indexStatus: string;
  /**
   * Whether two sides disagree about it.
   */
  isConflicted: boolean;
  /**
   * Whether it had another name.
   */
  isRenamed: boolean;
  /**
   * Whether git does not know it.
   */
  isUntracked: boolean;
  /**
   * The name that it had.
   */
  origPath?: string;
  /**
   * Where it is.
   */
  path: string;
  /**
   * How the file differs from the index.
   */
  workTreeStatus: string;
}
/**
 * `POST /sessions/:id/policy-sets`
 */
export interface GivePolicySetRequest {
  /**
   * The set.
   */
  policySetId: string;
}
/**
 * What is said to whoever has not signed in.
 */
export interface HealthResponse {
  /**
   * Always `ok`.
   */
  status: string;
}
/**
 * An hour of the week, of `GET /analytics/heatmap`
 */
export interface HeatCell {
  /**
   * Answers of models.
   */
  answers: number;
  /**
   * The hour of the day, 0 to 23.
   */
  hour: number;
  /**
   * Turns that ended in it.
   */
  turns: number;
  /**
   * The day of the week; 0 is Monday.
   */
  weekday: number;
}
/**
 * `POST /env-sets/:id/import`
 */
export interface ImportEnvSetRequest {
  /**
   * The text of a `.env` file.
   */
  text: string;
}
/**
 * A named list of rules, for every session or for one.
 */
export interface Policy {
  /**
   * What it is for.
   */
  description?: string;
  /**
   * Whether it counts.
   */
  enabled: boolean;
  /**
   * Its id.
   */
  id: string;
  /**
   * What people call it.
   */
  name: string;
  /**
   * Where it stands in lists; it decides nothing, the strictest rule does.
   */
  priority: number;
  /**
   * What it says.
   */
  rules: Rule[];
  /**
   * The only session it is for; all by default.
   */
  sessionId: SessionId | null;
}
/**
 * What is to become of the tool calls that it matches. Everything that is given must match.
 */
export interface Rule {
  /**
   * What it says.
   */
  action: Verdict;
  /**
   * The tool's arguments, by name. One that is not there is what every `!` pattern wants, and
   * nothing else. A shell line matches as a whole (not for an `allow`) or command by command.
   */
  args?: {
    [k: string]: Patterns;
  };
  /**
   * A simple command of a shell line.
   */
  command?: Patterns;
  /**
   * Where it would happen.
   */
  cwd?: Patterns;
  /**
   * The machines that are talked to.
   */
  host?: Patterns;
  /**
   * Its name within the policy.
   */
  id: string;
  /**
   * Calls that it must match.
   */
  match?: Example[];
  /**
   * The tool of an MCP server.
   */
  mcp?: McpRule;
  /**
   * The mode that the agent is in, in its own spelling (`plan`, `acceptEdits`).
   */
  mode?: Patterns;
  /**
   * Calls that it must not match.
   */
  not_match?: Example[];
  /**
   * The files that are read or written.
   */
  path?: PathRule;
  /**
   * The agent.
   */
  provider?: Patterns;
  /**
   * Why: shown to the person and told to the agent.
   */
  reason?: string;
  /**
   * What could happen at worst.
   */
  risk?: RiskRule;
  /**
   * The session's id.
   */
  session?: Patterns;
  /**
   * The tool's name.
   */
  tool?: Patterns;
}
/**
 * Which tools of which servers of the Model Context Protocol: `mcp__server__tool`.
 */
export interface McpRule {
  /**
   * The server's name.
   */
  server?: Patterns;
  /**
   * The tool's name there.
   */
  tool?: Patterns;
}
/**
 * The files that a call reads or writes. A pattern is held against the whole path, against
 * `~/…` below the home directory, and against the path below the session's directory.
 */
export interface PathRule {
  /**
   * Either.
   */
  any?: Patterns;
  /**
   * Files that are read.
   */
  read?: Patterns;
  /**
   * Where the files are.
   */
  within?: Within;
  /**
   * Files that are written, made, changed or removed.
   */
  write?: Patterns;
}
/**
 * What came of a change of the key.
 */
export interface KeyRotatedResponse {
  /**
   * How many secrets were sealed anew.
   */
  secrets: number;
}
/**
 * `POST /sessions/:id/keys`
 */
export interface KeysRequest {
  /**
   * The names of the keys, 1 to 100.
   */
  keys: string[];
}
/**
 * Command lines of an agent; `{id}` stands for its name of a conversation.
 */
export interface LaunchHints {
  /**
   * The argument that lets it run without asking.
   */
  dangerousFlag: string;
  /**
   * Goes on with a copy of one.
   */
  fork: string;
  /**
   * Goes on with a conversation.
   */
  resume: string;
}
/**
 * A commit.
 */
export interface LogEntry {
  /**
   * Who wrote it.
   */
  author: string;
  /**
   * When, as ISO 8601.
   */
  date: string;
  /**
   * Their address.
   */
  email: string;
  /**
   * Its name.
   */
  hash: string;
  /**
   * The first line of what they said.
   */
  message: string;
  /**
   * The beginning of that.
   */
  shortHash: string;
}
/**
 * The history.
 */
export interface LogResponse {
  /**
   * The latest first.
   */
  log: LogEntry[];
}
/**
 * `POST /auth/login`.
 */
export interface LoginRequest {
  /**
   * The password.
   */
  password: string;
  /**
   * Whether the token is told in the body too, for a program that keeps no cookies.
   */
  token?: boolean;
  /**
   * A code of the authenticator, or a recovery code.
   */
  totpCode?: string | null;
}
/**
 * The browser is signed in.
 */
export interface LoginResponse {
  /**
   * Always true.
   */
  ok: boolean;
  /**
   * What the cookie holds, where that was asked for.
   */
  token?: string;
}
/**
 * `PUT /sessions/:id/model`
 */
export interface ModelRequest {
  /**
   * The model, by the agent's name for it.
   */
  model: string;
}
/**
 * The model of a session.
 */
export interface ModelResponse {
  /**
   * The model that the agent was given; none: its own choice.
   */
  model: string | null;
  /**
   * The agent.
   */
  provider: ProviderId;
  /**
   * For clients of the existing CodePiper: it was done.
   */
  success: boolean;
  /**
   * Whether it can be given another one.
   */
  supportsModelSwitch: boolean;
}
/**
 * A model of `GET /analytics/tokens-by-model`
 */
export interface ModelTokens {
  /**
   * What it put into it.
   */
  cache_creation: number;
  /**
   * What it read from the cache.
   */
  cache_read: number;
  /**
   * What it wrote.
   */
  completion_tokens: number;
  /**
   * In dollars; none where there is no price.
   */
  costEstimate: number | null;
  /**
   * The model, as the agent reports it.
   */
  model: string;
  /**
   * What it read, without the cache.
   */
  prompt_tokens: number;
  /**
   * How often it answered.
   */
  requests: number;
  /**
   * All that it read and wrote.
   */
  tokens: number;
}
/**
 * Something that a person is told.
 */
export interface Notification {
  /**
   * A few more.
   */
  body: string;
  /**
   * When.
   */
  createdAt: Timestamp;
  /**
   * What it is: `turn_done`, `permission_needed`, `input_needed`, `session_crashed`,
   * `workflow_done`, `workflow_failed` or `sign_in`.
   */
  eventType: string;
  /**
   * Its number.
   */
  id: number;
  /**
   * What a program needs: with a permission the `approvalId` and the `requestHash`; with what is
   * about no session the `url` of the page that shows it.
   */
  payload: unknown;
  /**
   * Its agent.
   */
  provider: string | null;
  /**
   * When it was read.
   */
  readAt: Timestamp | null;
  /**
   * How it came to be read.
   */
  readSource: string | null;
  /**
   * The session that it is about; null where it is about none.
   */
  sessionId: string | null;
  /**
   * The event of the session that it came from.
   */
  sourceEventId: number | null;
  /**
   * A few words.
   */
  title: string;
}
/**
 * How many nobody has read.
 */
export interface NotificationCounts {
  /**
   * By session.
   */
  bySession: {
    [k: string]: number;
  };
  /**
   * Of all sessions.
   */
  totalUnread: number;
}
/**
 * How many nobody has read.
 */
export interface NotificationCountsResponse {
  /**
   * The numbers.
   */
  counts: NotificationCounts;
}
/**
 * Whether people are told of a session.
 */
export interface NotificationPrefs {
  /**
   * Whether they are; null: as of all others.
   */
  enabled: boolean | null;
  /**
   * The session.
   */
  sessionId: SessionId;
  /**
   * When somebody said so.
   */
  updatedAt: Timestamp | null;
}
/**
 * `PUT /sessions/:id/notifications/prefs`
 */
export interface NotificationPrefsRequest {
  /**
   * Whether people are told of the session; null: as of all others.
   */
  enabled: boolean | null;
}
/**
 * Whether people are told of a session.
 */
export interface NotificationPrefsResponse {
  /**
   * What was said of it.
   */
  prefs: NotificationPrefs;
}
/**
 * What is told, and where.
 */
export interface NotificationSettings {
  /**
   * Whether there is a secret that what goes there is signed with.
   */
  hasWebhookSecret: boolean;
  /**
   * By kind, where it is told.
   */
  kinds: {
    [k: string]: Channels;
  };
  /**
   * Where push services can complain, a `mailto:` or `https:` URL; null where nobody says.
   */
  pushContact: string | null;
  /**
   * Where the web hook is; null where there is none.
   */
  webhookUrl: string | null;
}
/**
 * `PUT /notifications/settings`: what is absent stays.
 */
export interface NotificationSettingsRequest {
  /**
   * By kind, where it is told.
   */
  kinds?: {
    [k: string]: ChannelsRequest;
  };
  /**
   * Where push services can complain, a `mailto:` or `https:` URL; null: nobody says.
   */
  pushContact?: string | null;
  /**
   * What is sent there is signed with, of 16 to 512 bytes; it is never shown.
   */
  webhookSecret?: string | null;
  /**
   * Where the web hook is; null takes it away, with its secret.
   */
  webhookUrl?: string | null;
}
/**
 * What is told, and where.
 */
export interface NotificationSettingsResponse {
  /**
   * The settings.
   */
  settings: NotificationSettings;
}
/**
 * What people were told.
 */
export interface NotificationsResponse {
  /**
   * The newest first.
   */
  notifications: Notification[];
}
/**
 * What a terminal shows.
 */
export interface OutputResponse {
  /**
   * Columns.
   */
  cols: number;
  /**
   * Where the stream of output goes on; null once the session has ended.
   */
  offset: number | null;
  /**
   * The text.
   */
  output: string;
  /**
   * Rows.
   */
  rows: number;
}
/**
 * `GET /analytics/overview`
 */
export interface OverviewResponse {
  /**
   * Sessions that live now.
   */
  activeSessions: number;
  /**
   * What they put into it.
   */
  cacheCreationTokens: number;
  /**
   * The share of what was read that came from the cache; percent.
   */
  cacheHitRate: number;
  /**
   * What they read from the cache.
   */
  cacheReadTokens: number;
  /**
   * In dollars, of the answers that have a price.
   */
  costEstimate: number;
  /**
   * The first day.
   */
  from: string;
  /**
   * What they read, without the cache.
   */
  inputTokens: number;
  /**
   * What they wrote.
   */
  outputTokens: number;
  /**
   * Why the person's own prices are left out and those of the program count; none where they
   * are not.
   */
  pricesProblem: string | null;
  /**
   * Sessions that were made in the range.
   */
  sessionsCount: number;
  /**
   * In which days begin.
   */
  timeZone: string;
  /**
   * The last day.
   */
  to: string;
  /**
   * Turns and answers.
   */
  totalMessages: number;
  /**
   * All that models read and wrote.
   */
  totalTokens: number;
  /**
   * Turns that are over.
   */
  turns: number;
  /**
   * Answers that have none.
   */
  unpricedAnswers: number;
  /**
   * How long agents waited for a person in it; milliseconds.
   */
  waitingMs: number;
  /**
   * How long they took; milliseconds.
   */
  workingMs: number;
}
/**
 * `POST /sessions/:id/git/stage`, `…/unstage` and `…/discard`
 */
export interface PathsRequest {
  /**
   * Which files, or directories with all in them.
   */
  paths: string[];
}
/**
 * What a definition would do.
 */
export interface PlanWorkflowResponse {
  /**
   * Its parts in order.
   */
  plan: PlannedList[];
}
/**
 * Steps within another, or a part of the workflow.
 */
export interface PlannedList {
  /**
   * What it is: `steps`, `then`, `else`, `on_error`, `finally`.
   */
  name: string;
  /**
   * The steps.
   */
  steps: PlannedStep[];
}
/**
 * A step as it would be done.
 */
export interface PlannedStep {
  /**
   * The lists of steps within it.
   */
  lists: PlannedList[];
  /**
   * Its name.
   */
  name: string;
  /**
   * What it does, in a line.
   */
  summary: string;
  /**
   * What kind of step it is.
   */
  type: string;
}
/**
 * Policies.
 */
export interface PoliciesResponse {
  /**
   * Highest priority first.
   */
  policies: KeptPolicy[];
}
/**
 * One policy.
 */
export interface PolicyResponse {
  /**
   * The policy.
   */
  policy: KeptPolicy;
}
/**
 * A set in a list.
 */
export interface PolicySet {
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * What it is for.
   */
  description?: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it is given to every new session.
   */
  isDefault: boolean;
  /**
   * What people call it.
   */
  name: string;
  /**
   * How many policies are in it.
   */
  policyCount: number;
  /**
   * How many sessions have it.
   */
  sessionCount: number;
  /**
   * When it last changed.
   */
  updatedAt: Timestamp;
}
/**
 * One set.
 */
export interface PolicySetResponse {
  /**
   * The set.
   */
  policySet: PolicySetWithPolicies;
}
/**
 * Sets of policies.
 */
export interface PolicySetsResponse {
  /**
   * By their names.
   */
  policySets: PolicySet[];
}
/**
 * What is wrong with a definition, and with which part of it.
 */
export interface Problem {
  /**
   * Its column, from 1.
   */
  column?: number;
  /**
   * Its line, from 1, where the text is known.
   */
  line?: number;
  /**
   * What is wrong.
   */
  message: string;
  /**
   * The part, such as `steps[0].wait`; empty for the whole.
   */
  path: string;
  /**
   * Its line with a caret below it.
   */
  snippet?: string;
  /**
   * The step it is in.
   */
  stepName?: string;
}
/**
 * Lines of transcripts that could not be read, the newest first.
 */
export interface ProblemsResponse {
  /**
   * How many there are in all.
   */
  count: number;
  /**
   * The lines.
   */
  problems: TranscriptProblem[];
}
/**
 * A line of a transcript that could not be read.
 */
export interface TranscriptProblem {
  /**
   * How it begins.
   */
  begins: string;
  /**
   * How long the line is.
   */
  bytes: number;
  /**
   * The first byte of the line.
   */
  offset: number;
  /**
   * The file.
   */
  path: string;
  /**
   * Why it could not be.
   */
  reason: string;
  /**
   * When it was read.
   */
  seenAt: Timestamp;
  /**
   * The session for which the file is followed.
   */
  sessionId: SessionId;
}
/**
 * What one process takes of the machine.
 */
export interface Process {
  /**
   * The name of its program, as the system has it; never its arguments, which may hold secrets.
   */
  command: string;
  /**
   * How long it has kept processors busy, in milliseconds.
   */
  cpuMillis: number;
  /**
   * The number of its parent.
   */
  parent: number;
  /**
   * Its number.
   */
  pid: number;
  /**
   * The memory it has at hand, in bytes; what it shares with others is in it.
   */
  rssBytes: number;
  /**
   * When it was started.
   */
  startedAt: Timestamp;
}
/**
 * A sum over processes.
 */
export interface ProcessTotal {
  /**
   * Of [`Process::cpu_millis`]; what processes took that have ended is not in it.
   */
  cpuMillis: number;
  /**
   * Of [`Process::rss_bytes`]; what processes share is counted with each.
   */
  rssBytes: number;
}
/**
 * What the processes of a session take at one moment.
 */
export interface ProcessTree {
  /**
   * Its processes in the order of their start, its tmux server among them.
   */
  processes: Process[];
  /**
   * All of them together.
   */
  total: ProcessTotal;
}
/**
 * One prompt.
 */
export interface PromptResponse {
  /**
   * The prompt.
   */
  prompt: SentPrompt;
}
/**
 * Something that was sent to an agent, and how far it has come.
 */
export interface SentPrompt {
  /**
   * When it was accepted.
   */
  createdAt: Timestamp;
  /**
   * Its name, which is its receipt's too.
   */
  id: string;
  /**
   * Whether it is a slash command.
   */
  isCommand: boolean;
  /**
   * The name that its sender gave it.
   */
  key: string | null;
  /**
   * Why it came no further, or what it waits for.
   */
  reason: string | null;
  /**
   * Who sent it.
   */
  sentBy: string;
  /**
   * The session.
   */
  sessionId: SessionId;
  /**
   * How far it has come.
   */
  status: ReceiptStatus;
  /**
   * What was sent; once it is over, without secrets and shortened.
   */
  text: string;
  /**
   * When it last came further.
   */
  updatedAt: Timestamp;
}
/**
 * What was sent to a session, in order.
 */
export interface PromptsResponse {
  /**
   * The prompts.
   */
  prompts: SentPrompt[];
}
/**
 * What can be said of a provider on this machine.
 */
export interface Provider {
  /**
   * What works with it.
   */
  capabilities: ProviderCapabilities;
  /**
   * How a session that is started now would be heard and answered.
   */
  channel: Channel;
  /**
   * How to get it, or how to sign in, where that is needed.
   */
  hint: string | null;
  /**
   * Its name.
   */
  id: ProviderId;
  /**
   * Whether its program is there.
   */
  installed: boolean;
  /**
   * What people call it.
   */
  label: string;
  /**
   * What people type to do the same without us.
   */
  launchHints: LaunchHints;
  /**
   * Where.
   */
  program: string | null;
  /**
   * What its sessions run in.
   */
  runtime: string;
  /**
   * The version that all this was seen with.
   */
  seenVersion: string;
  /**
   * Whether somebody is signed in.
   */
  signedIn: boolean;
  /**
   * How each thing is done over that channel.
   */
  support: Support;
  /**
   * Its version, where it says one.
   */
  version: string | null;
  /**
   * What may not be as it is said here.
   */
  warnings: string[];
}
/**
 * An agent of `GET /analytics/sessions-by-provider`
 */
export interface ProviderSessions {
  /**
   * Sessions that were made in the range.
   */
  count: number;
  /**
   * The agent.
   */
  provider: string;
}
/**
 * The agents that are known.
 */
export interface ProvidersResponse {
  /**
   * The agents, in the order in which they are offered.
   */
  providers: Provider[];
}
/**
 * A session that could not be removed.
 */
export interface PruneFailure {
  /**
   * Why.
   */
  error: string;
  /**
   * The session.
   */
  sessionId: SessionId;
}
/**
 * `POST /sessions/prune`
 */
export interface PruneRequest {
  /**
   * Whether to say only which these are.
   */
  dryRun?: boolean;
  /**
   * Only sessions that ended at least so many milliseconds ago.
   */
  olderThanMs?: number;
}
/**
 * What came of removing many sessions.
 */
export interface PruneResponse {
  /**
   * Whether nothing was removed because that was asked for.
   */
  dryRun: boolean;
  /**
   * Those that are not.
   */
  failed: PruneFailure[];
  /**
   * Those that are gone, or would be; longest ended first.
   */
  sessions: DeletedSession[];
}
/**
 * `POST /worktrees/prune`
 */
export interface PruneWorktreesRequest {
  /**
   * Whether nothing is removed, and only said what would be.
   */
  dryRun?: boolean;
  /**
   * Whether those go as well that hold what is in no commit.
   */
  force?: boolean;
}
/**
 * Worktrees that were, or would be, removed or kept.
 */
export interface PruneWorktreesResponse {
  /**
   * What became of each.
   */
  worktrees: RemovedWorktree[];
}
/**
 * What became of a worktree that was to be removed.
 */
export interface RemovedWorktree {
  /**
   * Its branch.
   */
  branch: string | null;
  /**
   * Whether its branch is gone, too.
   */
  branchDeleted: boolean;
  /**
   * Why it was kept.
   */
  keptBecause: string[];
  /**
   * Whether its commits were merged into its base.
   */
  merged: boolean;
  /**
   * Where it is, or was.
   */
  path: string;
  /**
   * Whether it is gone, or would be.
   */
  removed: boolean;
  /**
   * What it took of the disk, where that is known.
   */
  sizeBytes: number | null;
}
/**
 * What a browser's messages are sealed with.
 */
export interface PushKeysRequest {
  /**
   * What else only it and we know, in base64url.
   */
  auth: string;
  /**
   * Its public key, in base64url.
   */
  p256dh: string;
}
/**
 * Whether browsers can be told where no page is open.
 */
export interface PushStatus {
  /**
   * Whether there is a key.
   */
  configured: boolean;
  /**
   * Whether they can.
   */
  enabled: boolean;
  /**
   * What a browser wants as `applicationServerKey`.
   */
  publicKey: string | null;
  /**
   * Why they cannot.
   */
  reasons: string[];
}
/**
 * Whether browsers can be told.
 */
export interface PushStatusResponse {
  /**
   * How that stands.
   */
  status: PushStatus;
}
/**
 * A browser that is told even where no page is open.
 */
export interface PushSubscription {
  /**
   * When it first asked.
   */
  createdAt: Timestamp;
  /**
   * Where its messages are posted.
   */
  endpoint: string;
  /**
   * When it ends by itself, in milliseconds since 1970.
   */
  expirationTime: number | null;
  /**
   * When it last did.
   */
  updatedAt: Timestamp;
}
/**
 * What became of a message that only tries whether it arrives.
 */
export interface PushTrial {
  /**
   * Browsers that it was sent to.
   */
  attempted: number;
  /**
   * Of which push services have taken it.
   */
  delivered: number;
  /**
   * Of which are gone, and were removed.
   */
  expired: number;
  /**
   * Of which did not take it.
   */
  failed: number;
  /**
   * Why not all have it.
   */
  reason?: string;
  /**
   * Of which it was not sent to, since it could not be sealed for them.
   */
  skipped: number;
}
/**
 * What became of a message that only tries whether it arrives.
 */
export interface PushTrialResponse {
  /**
   * How many it has reached.
   */
  result: PushTrial;
}
/**
 * What waits for a person.
 */
export interface QuestionsResponse {
  /**
   * All that is asked now.
   */
  questions: WorkflowQuestion[];
}
/**
 * What a step asks a person before it goes on.
 */
export interface WorkflowQuestion {
  /**
   * The execution.
   */
  executionId: string;
  /**
   * What is asked.
   */
  message: string;
  /**
   * The step with its rounds.
   */
  step: string;
  /**
   * Its workflow.
   */
  workflowId: string;
  /**
   * What people call that.
   */
  workflowName: string;
}
/**
 * How much is used of what an account may use in a time.
 */
export interface RateLimit {
  /**
   * When the time begins anew.
   */
  resetsAt: Timestamp | null;
  /**
   * How much is used; percent.
   */
  usedPercent: number;
  /**
   * The time; minutes.
   */
  windowMinutes: number;
}
/**
 * `POST /notifications/:id/read`
 */
export interface ReadNotificationRequest {
  /**
   * How it came to be read; `click` by default.
   */
  readSource?: string | null;
}
/**
 * Whether it was not read before.
 */
export interface ReadNotificationResponse {
  /**
   * Whether it was not.
   */
  changed: boolean;
  success: boolean;
}
/**
 * `POST /notifications/read`
 */
export interface ReadNotificationsRequest {
  /**
   * How they came to be read; `bulk` by default.
   */
  readSource?: string | null;
  /**
   * Of this session only.
   */
  sessionId?: SessionId | null;
}
/**
 * How many were not read before.
 */
export interface ReadNotificationsResponse {
  success: boolean;
  /**
   * How many.
   */
  updated: number;
}
/**
 * A set that needs nothing but to be applied.
 */
export interface ReadySet {
  /**
   * What it is for.
   */
  description: string | null;
  /**
   * The id of its set.
   */
  id: string;
  /**
   * What people call it.
   */
  name: string;
  /**
   * Its file, as [`PolicyEngine::apply`] takes it.
   */
  text: string;
}
/**
 * The sets that come with this.
 */
export interface ReadySetsResponse {
  /**
   * The most careful first.
   */
  readySets: ReadySet[];
}
/**
 * `GET /analytics/usage`
 */
export interface UsageResponse {
  /**
   * The first day.
   */
  from: string;
  /**
   * Why the person's own prices are left out and those of the program count; none where they
   * are not.
   */
  pricesProblem: string | null;
  /**
   * One for each of `by`; none where that is left out.
   */
  rows: UsageRow[];
  /**
   * In which days begin.
   */
  timeZone: string;
  /**
   * The last day.
   */
  to: string;
  /**
   * All together.
   */
  total: UsageSum;
}
/**
 * What became of a prompt.
 */
export interface Receipt {
  /**
   * The receipt's name in the events.
   */
  id: string;
  /**
   * Why it came no further.
   */
  reason: string | null;
  /**
   * How far it has come.
   */
  status: ReceiptStatus;
}
/**
 * `GET /directories/recent`
 */
export interface RecentDirectoriesResponse {
  /**
   * Where sessions worked last and still can; the latest first.
   */
  directories: RecentDirectory[];
}
/**
 * A directory that sessions worked in.
 */
export interface RecentDirectory {
  /**
   * The git branch that it is on, or the beginning of a commit.
   */
  branch: string | null;
  /**
   * When the latest session there was made.
   */
  lastUsedAt: Timestamp;
  /**
   * Its place; absolute.
   */
  path: string;
}
/**
 * The authenticator counts from now on.
 */
export interface RecoveryCodesResponse {
  /**
   * Each signs in once, without the authenticator.
   */
  recoveryCodes: string[];
}
/**
 * A worktree that was removed.
 */
export interface RemovedWorktreeResponse {
  /**
   * What became of it.
   */
  worktree: RemovedWorktree;
}
/**
 * `PUT /sessions/:id/name`
 */
export interface RenameRequest {
  /**
   * The name; null or blank takes it away, absence does not.
   */
  name: string | null;
}
/**
 * Calls by what would become of them.
 */
export interface ReplayCounts {
  /**
   * They would run.
   */
  allow: number;
  /**
   * A person would be asked.
   */
  ask: number;
  /**
   * They would not run.
   */
  deny: number;
}
/**
 * A call of which something else would become.
 */
export interface ReplayDifference {
  /**
   * When.
   */
  at: Timestamp;
  /**
   * What was decided, in the audit.
   */
  decisionId: string;
  /**
   * The rule that would decide.
   */
  rule: DecidedBy | null;
  /**
   * The session.
   */
  sessionId: SessionId;
  /**
   * What it was to get, in one line and without secrets.
   */
  summary: string;
  /**
   * The tool.
   */
  toolName: string;
  /**
   * What was decided.
   */
  was: DecisionKind;
  /**
   * From what: `policy/rule`, `default`, `agent` or `fallback`.
   */
  wasBy: string;
  /**
   * What would be.
   */
  would: Verdict;
}
/**
 * Differences that are alike.
 */
export interface ReplayGroup {
  /**
   * How many there are.
   */
  count: number;
  /**
   * The rule that would decide.
   */
  rule: DecidedBy | null;
  /**
   * What was decided.
   */
  was: DecisionKind;
  /**
   * From what: `policy/rule`, `default`, `agent` or `fallback`.
   */
  wasBy: string;
  /**
   * The beginning of the command, or the tool.
   */
  what: string;
  /**
   * What would be.
   */
  would: Verdict;
}
/**
 * `POST /sessions/:id/resize`
 */
export interface ResizeRequest {
  /**
   * Columns.
   */
  cols: number;
  /**
   * Rows.
   */
  rows: number;
}
/**
 * A session that is not back.
 */
export interface RestoreFailure {
  /**
   * Why.
   */
  error: string;
  /**
   * The session.
   */
  sessionId: SessionId;
}
/**
 * What came of bringing back sessions.
 */
export interface RestoreResponse {
  /**
   * Those that are not.
   */
  failed: RestoreFailure[];
  /**
   * Those that are back.
   */
  restored: SessionId[];
}
/**
 * `POST /env-sets/:id/reveal`
 */
export interface RevealVariableRequest {
  /**
   * The variable.
   */
  name: string;
}
/**
 * A value.
 */
export interface RevealedResponse {
  /**
   * The variable.
   */
  name: string;
  /**
   * Its value.
   */
  value: string;
}
/**
 * A rule of `GET /analytics/rules`
 */
export interface RuleDecisions {
  /**
   * How many.
   */
  count: number;
  /**
   * `allow`, `deny`, `ask` or `none`.
   */
  decision: string;
  /**
   * The policy; none where no rule decided.
   */
  policyId: string | null;
  /**
   * The rule.
   */
  ruleId: string | null;
}
/**
 * What was found, the newest first.
 */
export interface SearchResponse {
  /**
   * The entries.
   */
  found: Found[];
  /**
   * Whether there is more.
   */
  hasMore: boolean;
}
/**
 * `POST /sessions/:id/send`
 */
export interface SendRequest {
  /**
   * Pictures that go before it, by the paths that uploading them answered.
   */
  images?: string[];
  /**
   * A name for it, 1 to 200 bytes: what is sent to a session again with the same one does not
   * arrive twice, and gets the first receipt.
   */
  key?: string | null;
  /**
   * What it is meant as.
   */
  kind?: SendKind;
  /**
   * Whether Enter follows.
   */
  newline?: boolean;
  /**
   * Whether it is typed at once although the agent works, instead of waiting for its turn.
   */
  steer?: boolean;
  /**
   * The text.
   */
  text: string;
  /**
   * How long to wait at most, in milliseconds.
   */
  timeoutMs?: number | null;
  /**
   * Whether to answer only when the turn is over.
   */
  wait?: boolean;
}
/**
 * What became of a text.
 */
export interface SendResponse {
  /**
   * How far it has come.
   */
  receipt: Receipt;
  /**
   * What the agent said at the end of the turn, where that was waited for.
   */
  reply: string | null;
  /**
   * For clients of the existing CodePiper: it arrived.
   */
  success: boolean;
}
/**
 * One run of an agent in its own tmux server, from launch to exit.
 */
export interface Session {
  /**
   * What it is doing; only while running.
   */
  activity: Activity | null;
  /**
   * The command that attaches a terminal; absent once ended.
   */
  attach: string[] | null;
  /**
   * Who pays.
   */
  billingMode: BillingMode;
  /**
   * The git branch that this directory is on, or the beginning of a commit; only while there is
   * an agent.
   */
  branch: string | null;
  /**
   * How its agent is heard and answered.
   */
  channel: Channel;
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * Where the agent was started; absolute.
   */
  cwd: string;
  /**
   * Whether it runs without asking.
   */
  dangerousMode: boolean;
  /**
   * What becomes of a request that no rule matches, where the agent itself would ask; none: what
   * the daemon's setting says.
   */
  defaultPolicyAction: Verdict | null;
  /**
   * How it ended.
   */
  exit: Exit | null;
  /**
   * Whether a tool call is refused while the daemon cannot be asked.
   */
  failClosed: boolean;
  /**
   * Its name for ever.
   */
  id: SessionId;
  /**
   * Whatever its maker wanted to remember: any JSON.
   */
  metadata: {
    [k: string]: unknown;
  };
  /**
   * The model it was asked to use.
   */
  model: string | null;
  /**
   * What people call it.
   */
  name: string | null;
  /**
   * The agent's process.
   */
  pid: number | null;
  /**
   * The agent.
   */
  provider: ProviderId;
  /**
   * The agent's own name for the conversation.
   */
  providerSessionId: string | null;
  /**
   * Width of its terminal.
   */
  ptyCols: number;
  /**
   * Height of its terminal.
   */
  ptyRows: number;
  /**
   * Variables that its billing mode kept away from it.
   */
  scrubbedEnv: string[];
  /**
   * Where it is in its life.
   */
  status: Status;
  /**
   * What its agent told last of its context, its cost and its limits.
   */
  statusLine: StatusLine | null;
  /**
   * Where the agent writes the conversation down.
   */
  transcriptPath: string | null;
  /**
   * When its row last changed.
   */
  updatedAt: Timestamp;
}
/**
 * What an agent tells of its own state, as it would stand in its status line. What it does not tell
 * is absent.
 */
export interface StatusLine {
  /**
   * How full the model's context is.
   */
  context: ContextUse | null;
  /**
   * What the agent's process has cost so far, by its own count; dollars.
   */
  costUsd: number | null;
  /**
   * How much is used of what the account may use, the shortest time first.
   */
  limits: RateLimit[];
}
/**
 * A policy for one session only.
 */
export interface SessionPolicy {
  /**
   * What it is for.
   */
  description?: string | null;
  /**
   * Whether it counts.
   */
  enabled?: boolean;
  /**
   * What people call it.
   */
  name: string;
  /**
   * Where it stands in lists.
   */
  priority?: number;
  /**
   * What it says: a list of `Rule`. One without an `id` is called after its place.
   */
  rules: {
    [k: string]: unknown;
  }[];
}
/**
 * `PUT /sessions/:id/policy`
 */
export interface SessionPolicyRequest {
  /**
   * What holds for the session.
   */
  policy: SessionPolicy;
}
/**
 * What became of a session's policy.
 */
export interface SessionPolicyResponse {
  /**
   * `created` or `updated`.
   */
  action: string;
  /**
   * The policy.
   */
  policyId: string;
  success: boolean;
}
/**
 * One session.
 */
export interface SessionResponse {
  /**
   * The session.
   */
  session: Session;
}
/**
 * Sessions.
 */
export interface SessionsResponse {
  /**
   * Newest first.
   */
  sessions: Session[];
}
/**
 * The settings of the daemon.
 */
export interface SettingsResponse {
  /**
   * The settings.
   */
  settings: DaemonSettings;
}
/**
 * A browser that is signed in.
 */
export interface SignInView {
  /**
   * When it signed in.
   */
  createdAt: Timestamp;
  /**
   * Whether it is the one that asks.
   */
  current: boolean;
  /**
   * When it ends, unless it is used before.
   */
  expiresAt: Timestamp;
  /**
   * Its name.
   */
  id: string;
  /**
   * Where it came from.
   */
  ipAddress: string;
  /**
   * When it was used last, to the minute.
   */
  lastUsedAt: Timestamp;
  /**
   * What it says it is.
   */
  userAgent: string;
}
/**
 * The browsers that are signed in.
 */
export interface SignInsResponse {
  /**
   * The browsers. They are no sessions, but the path calls them so.
   */
  sessions: SignInView[];
}
/**
 * `PUT /notifications/push/subscriptions`: what a browser's `PushSubscription.toJSON()` says.
 */
export interface SubscribePushRequest {
  /**
   * Where its messages are posted: `https:`, or `http:` on this machine.
   */
  endpoint: string;
  /**
   * When it ends by itself, in milliseconds since 1970.
   */
  expirationTime?: number | null;
  /**
   * What they are sealed with.
   */
  keys: PushKeysRequest;
}
/**
 * A browser that is told.
 */
export interface SubscriptionResponse {
  /**
   * As it is kept.
   */
  subscription: PushSubscription;
}
/**
 * Browsers that are told.
 */
export interface SubscriptionsResponse {
  /**
   * The oldest first.
   */
  subscriptions: PushSubscription[];
}
/**
 * It was done.
 */
export interface Success {
  /**
   * Always true.
   */
  success: boolean;
}
/**
 * `POST /policies/test`
 */
export interface TestPoliciesRequest {
  /**
   * Calls of this session only.
   */
  sessionId?: SessionId | null;
  /**
   * Calls from this time on.
   */
  since?: Timestamp | null;
  /**
   * A draft: policies and sets, as YAML or JSON.
   */
  text: string;
  /**
   * Calls before this time.
   */
  until?: Timestamp | null;
  /**
   * Ask what would be kept once the draft is applied, and not the draft alone.
   */
  withCurrent?: boolean;
}
/**
 * What a draft would have made of calls that were decided on.
 */
export interface TestPoliciesResponse {
  /**
   * How many calls there were.
   */
  calls: number;
  /**
   * Those of which something else would have become.
   */
  changed: ReplayChanges;
  /**
   * The newest of the differences, newest first; at most two hundred.
   */
  differences: ReplayDifference[];
  /**
   * The differences that are alike together, the most frequent first; at most two hundred.
   */
  groups: ReplayGroup[];
  /**
   * Those that no rule of the draft matches: what the default action, or the agent itself, makes
   * of them.
   */
  noRule: number;
  /**
   * Whether there are more differences than are listed.
   */
  truncated: boolean;
  /**
   * Those of which not everything was kept, so that the draft may say something else of them.
   */
  uncertain: number;
  /**
   * What would have become of them.
   */
  would: ReplayCounts;
}
/**
 * A day of `GET /analytics/activity-timeline`
 */
export interface TimelineDay {
  /**
   * Answers of models.
   */
  assistant_messages: number;
  /**
   * The day.
   */
  date: string;
  /**
   * Both.
   */
  total: number;
  /**
   * Turns that ended on it.
   */
  user_messages: number;
}
/**
 * A day of `GET /analytics/token-usage`
 */
export interface TokenDay {
  /**
   * What they put into the cache.
   */
  cacheCreation: number;
  /**
   * What they read from it.
   */
  cacheRead: number;
  /**
   * What they wrote.
   */
  completion: number;
  /**
   * The day.
   */
  date: string;
  /**
   * What models read, without the cache.
   */
  prompt: number;
}
/**
 * A tool of `GET /analytics/tool-usage`
 */
export interface ToolUsage {
  /**
   * How long it ran on average, where agents tell; milliseconds.
   */
  averageMs: number | null;
  /**
   * How often it was used.
   */
  count: number;
  /**
   * How often that failed or was refused.
   */
  errors: number;
  /**
   * The tool.
   */
  tool: string;
}
/**
 * `POST /notifications/push/test`
 */
export interface TryPushRequest {
  /**
   * The text, of at most 500 characters.
   */
  body?: string | null;
  /**
   * The session that it leads to.
   */
  sessionId?: string | null;
  /**
   * The title, of at most 120 characters.
   */
  title?: string | null;
}
/**
 * A turn of an agent, and how much it changed.
 */
export interface TurnView {
  /**
   * Lines that came.
   */
  added: number;
  /**
   * When it ended; none: it goes on, or its end is being noted.
   */
  endedAt: Timestamp | null;
  /**
   * Files that differ; of a turn that goes on, up to now.
   */
  files: number;
  /**
   * Why something is not shown, or more than the agent did.
   */
  problem: string | null;
  /**
   * Lines that went.
   */
  removed: number;
  /**
   * When it began.
   */
  startedAt: Timestamp;
  /**
   * Which one, counted from 1.
   */
  turn: number;
}
/**
 * The turns of a session's agent.
 */
export interface TurnsView {
  /**
   * Why there are none, where there can be none.
   */
  problem: string | null;
  /**
   * The latest first; at most the last 50.
   */
  turns: TurnView[];
}
/**
 * `POST /sessions/:id/git/undo`
 */
export interface UndoRequest {
  /**
   * What discarding, or the last undoing, answered.
   */
  undoId: string;
}
/**
 * `DELETE /notifications/push/subscriptions`
 */
export interface UnsubscribePushRequest {
  /**
   * Where its messages are posted.
   */
  endpoint: string;
}
/**
 * Whether a browser was told before.
 */
export interface UnsubscribedResponse {
  /**
   * Whether it was.
   */
  deleted: boolean;
  success: boolean;
}
/**
 * `PUT /env-sets/:id`: what is absent stays, variables too.
 */
export interface UpdateEnvSetRequest {
  /**
   * What it is for; a blank text takes that away.
   */
  description?: string | null;
  /**
   * What people call it.
   */
  name?: string | null;
  /**
   * Variables that are removed.
   */
  unset?: string[];
  /**
   * Variables that are set.
   */
  vars?: {
    [k: string]: string;
  };
}
/**
 * `PUT /policies/:id`: what is absent stays.
 */
export interface UpdatePolicyRequest {
  /**
   * What it is for; a blank text takes that away.
   */
  description?: string | null;
  /**
   * Whether it counts.
   */
  enabled?: boolean | null;
  /**
   * What people call it.
   */
  name?: string | null;
  /**
   * Where it stands in lists.
   */
  priority?: number | null;
  /**
   * What it says: a list of `Rule`. One without an `id` is called after its place.
   */
  rules?:
    | {
        [k: string]: unknown;
      }[]
    | null;
}
/**
 * `PUT /policy-sets/:id`: what is absent stays.
 */
export interface UpdatePolicySetRequest {
  /**
   * What it is for; a blank text takes that away.
   */
  description?: string | null;
  /**
   * Whether it is given to every new session.
   */
  isDefault?: boolean | null;
  /**
   * What people call it.
   */
  name?: string | null;
}
/**
 * `PUT /workspaces/:id`: what is absent stays.
 */
export interface UpdateWorkspaceRequest {
  /**
   * What new sessions there are.
   */
  defaults?: WorkspaceDefaultsRequest;
  /**
   * What people call it.
   */
  name?: string | null;
  /**
   * The directory; absolute.
   */
  path?: string | null;
}
/**
 * A form with a picture.
 */
export interface UploadImageForm {
  /**
   * PNG, JPEG, GIF or WebP, whatever it is called; at most 10 MiB.
   */
  image: string;
}
/**
 * `POST /sessions/:id/upload-image`
 */
export interface UploadedImage {
  /**
   * What it is called there.
   */
  filename: string;
  /**
   * Where it is: what `images` of a prompt names it by.
   */
  path: string;
}
/**
 * `POST /sessions/validate-git`
 */
export interface ValidateBranchRequest {
  /**
   * The branch.
   */
  branch: string;
  /**
   * Whether the branch is to be made with the worktree.
   */
  createBranch?: boolean;
  /**
   * The directory; absolute.
   */
  cwd: string;
}
/**
 * `POST /sessions/validate`
 */
export interface ValidateDirectoryRequest {
  /**
   * The directory; absolute.
   */
  cwd: string;
}
/**
 * What is wrong with a definition.
 */
export interface ValidateWorkflowResponse {
  /**
   * Whether nothing is.
   */
  valid: boolean;
  /**
   * Everything that is.
   */
  validationErrors: Problem[];
}
/**
 * What checking the audit came to.
 */
export interface VerificationResponse {
  /**
   * How many decisions there are.
   */
  decisions: number;
  /**
   * How many entries came after decisions.
   */
  entries: number;
  /**
   * The newest hashes: worth noting down elsewhere.
   */
  head: AuditHeads;
  /**
   * Whether nothing is wrong.
   */
  ok: boolean;
  /**
   * How many problems there are.
   */
  problemCount: number;
  /**
   * The first hundred of them.
   */
  problems: AuditProblem[];
  /**
   * What keeps the end of the audit from being checked.
   */
  warnings: string[];
}
/**
 * `POST /auth/mfa/verify`.
 */
export interface VerifyAuthenticatorRequest {
  /**
   * A code of the new authenticator.
   */
  totpCode: string;
}
/**
 * The versions of what runs here.
 */
export interface VersionResponse {
  /**
   * Of tmux; none where it cannot be found.
   */
  tmux: string | null;
  /**
   * Of this program.
   */
  version: string;
}
/**
 * What waiting came to.
 */
export interface WaitResponse {
  /**
   * Whether one of the states was reached.
   */
  reached: boolean;
  /**
   * The session as it is now.
   */
  session: Session;
}
/**
 * A workflow as it is shown.
 */
export interface Workflow {
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * What it says.
   */
  definition: unknown;
  /**
   * What it is for.
   */
  description: string | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * What people call it.
   */
  name: string;
  /**
   * As its author wrote it: YAML or JSON.
   */
  source: string;
  /**
   * When it last changed.
   */
  updatedAt: Timestamp;
}
/**
 * A line of a log.
 */
export interface WorkflowLogLine {
  /**
   * Its number, for `after`.
   */
  id: number;
  /**
   * `info`, `log`, `warning` or `error`.
   */
  level: string;
  /**
   * What happened.
   */
  message: string;
  /**
   * The step, with its rounds.
   */
  step: string | null;
  /**
   * When.
   */
  timestamp: Timestamp;
}
/**
 * Lines of a log.
 */
export interface WorkflowLogResponse {
  /**
   * The lines in order.
   */
  lines: WorkflowLogLine[];
  /**
   * How the execution stands.
   */
  status: ExecutionStatus;
}
/**
 * `POST /workflows`, and `PUT /workflows/:id` without `id`: a definition as an object, or as text.
 */
export interface WorkflowRequest {
  /**
   * What it says.
   */
  definition?: unknown;
  /**
   * What it is for.
   */
  description?: string | null;
  /**
   * Its id; one is made of its name when there is none.
   */
  id?: string | null;
  /**
   * What people call it; what its definition says when there is none.
   */
  name?: string | null;
  /**
   * The same as text: YAML or JSON. Errors then say in which line.
   */
  source?: string | null;
}
/**
 * One workflow.
 */
export interface WorkflowResponse {
  /**
   * The workflow.
   */
  workflow: Workflow;
}
/**
 * A workflow to begin with.
 */
export interface WorkflowTemplate {
  /**
   * What it is for.
   */
  description: string;
  /**
   * Its name.
   */
  name: string;
  /**
   * Its definition in YAML, with comments that explain it.
   */
  source: string;
}
/**
 * Workflows to begin with.
 */
export interface WorkflowTemplatesResponse {
  /**
   * All that there are.
   */
  templates: WorkflowTemplate[];
}
/**
 * Workflows.
 */
export interface WorkflowsResponse {
  /**
   * The newest first.
   */
  workflows: Workflow[];
}
/**
 * A workspace.
 */
export interface Workspace {
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * What new sessions there are, where nothing else is asked for.
   */
  defaults: WorkspaceDefaults;
  /**
   * Its id.
   */
  id: string;
  /**
   * What people call it.
   */
  name: string;
  /**
   * The directory.
   */
  path: string;
  /**
   * When it last changed.
   */
  updatedAt: Timestamp;
}
/**
 * What new sessions in a workspace are, where nothing else is asked for.
 */
export interface WorkspaceDefaults {
  /**
   * Who pays.
   */
  billingMode: BillingMode | null;
  /**
   * The sets of variables that they get.
   */
  envSetIds: string[];
  /**
   * The model to use.
   */
  model: string | null;
  /**
   * The policy sets that they get.
   */
  policySetIds: string[];
  /**
   * The agent.
   */
  provider: ProviderId | null;
  /**
   * A program that is run in each new worktree before the agent starts; where it is no absolute
   * path, it is one in the workspace.
   */
  setupScript: string | null;
  /**
   * A program that is run in a worktree before it is removed.
   */
  teardownScript: string | null;
  /**
   * Whether they get a git worktree of their own.
   */
  worktree: WorktreeChoice & string;
}
/**
 * One workspace.
 */
export interface WorkspaceResponse {
  /**
   * The workspace.
   */
  workspace: Workspace;
}
/**
 * Workspaces.
 */
export interface WorkspacesResponse {
  /**
   * By their names.
   */
  workspaces: Workspace[];
}
/**
 * A worktree that was made for a session, as it is now.
 */
export interface Worktree {
  /**
   * Commits that the branch's upstream has not.
   */
  ahead: number | null;
  /**
   * What its branch is to be merged into.
   */
  base: string | null;
  /**
   * Commits of the upstream that the branch has not.
   */
  behind: number | null;
  /**
   * The branch that it is on now, where it is on one.
   */
  branch: string | null;
  /**
   * When it was made.
   */
  createdAt: Timestamp;
  /**
   * Whether that branch was made with it.
   */
  createdBranch: boolean;
  /**
   * Whether one of them has an agent.
   */
  inUse: boolean;
  /**
   * Why it is not removed as it is; empty: it may be.
   */
  keptBecause: string[];
  /**
   * Whether somebody locked it with git.
   */
  locked: boolean;
  /**
   * The branch that it was made for.
   */
  madeFor: string;
  /**
   * Whether its directory is gone.
   */
  missing: boolean;
  /**
   * Where it is.
   */
  path: string;
  /**
   * The main worktree of its repository, or the directory of a bare one.
   */
  repoRoot: string;
  /**
   * The sessions in it, newest first.
   */
  sessionIds: SessionId[];
  /**
   * What it takes of the disk, where that is found out soon enough.
   */
  sizeBytes: number | null;
  /**
   * Files with changes that are in no commit; null where that is not known.
   */
  uncommitted: number | null;
  /**
   * Commits that are neither in the base nor in any remote branch.
   */
  unmerged: number | null;
  /**
   * New files that git does not ignore.
   */
  untracked: number | null;
}
/**
 * Worktrees.
 */
export interface WorktreesResponse {
  /**
   * Newest first.
   */
  worktrees: Worktree[];
}
