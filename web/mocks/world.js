// What the mock daemon knows: sessions in every state, what they ask, and who is signed in.
import { createHash, randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { Conversations } from "./conversations.js";
import { filled } from "./env-sets.js";
import { repository } from "./git.js";
import { deliveries, settings } from "./notifications.js";
import { fill } from "./scene.js";
import { Terminal } from "./terminal.js";
import { Workflows } from "./workflows.js";
import { someWorkspaces, someWorktrees } from "./workspaces.js";

export class World extends EventEmitter {
  sessions = [];
  approvals = [];
  decisions = [];
  prompts = [];
  events = [];
  conversations = new Conversations(this);
  workflows = new Workflows(this);
  terminals = new Map();
  /** Cookie to sign-in; the first is there from the beginning, so that tests can enter at once. */
  signIns = new Map();
  onboarded = true;
  failedLogins = 0;
  blockedUntil = 0;
  /** Whether a second look is wanted before what changes who may come in. */
  confirmed = false;
  /** The policy sets of each session, by their ids. */
  policySets = new Map();
  /** Lines of transcripts that could not be read. */
  problems = [];
  /** Sets of secret variables, with their values. */
  envSets = [];
  /** What people were told of. */
  notifications = [];
  notificationSettings = settings();
  /** Sessions of which nobody is told. */
  muted = new Set();
  /** Browsers that are told, and what was sent where. */
  subscriptions = [];
  deliveries = deliveries();
  /** The session that the last page says somebody looks at. */
  looked = null;
  /** The repository that every session is in. */
  git = repository();
  workspaces = [];
  worktrees = [];
  settings = {
    preserveSessions: true,
    restoreAfterReboot: false,
    forwardSshAuthSock: true,
    detachKey: "ctrl+]",
    defaultPolicyAction: "ask",
    retentionDays: null,
    codexAppServer: true,
    codexHostAccessProfileEnabled: false,
    statusLine: false,
    worktreePlace: null,
    timeZone: null,
  };

  constructor({ empty = false, onboarded = true } = {}) {
    super();
    this.setMaxListeners(0);
    this.onboarded = onboarded;
    if (empty) return;
    fill(this);
    this.envSets = filled();
    this.workspaces = someWorkspaces();
    this.worktrees = someWorktrees();
    this.conversations.fill();
    this.workflows.fill();
  }

  isSignedIn(request) {
    return this.signIns.has(cookieOf(request));
  }

  session(id) {
    return this.sessions.find((session) => session.id === id);
  }

  addSession(fields, recording) {
    const id = fields.id ?? randomUUID();
    const at = fields.createdAt ?? new Date().toISOString();
    const session = {
      id,
      provider: "claude-code",
      name: null,
      cwd: "/home/mia/shop",
      branch: "main",
      status: "RUNNING",
      activity: null,
      statusLine: null,
      createdAt: at,
      updatedAt: at,
      pid: 4711,
      ptyCols: 120,
      ptyRows: 30,
      model: null,
      billingMode: "subscription",
      channel: fields.provider === "codex" ? "app-server" : "hooks",
      dangerousMode: false,
      failClosed: false,
      defaultPolicyAction: null,
      providerSessionId: id,
      transcriptPath: null,
      attach: null,
      exit: null,
      scrubbedEnv: [],
      metadata: {},
      ...fields,
    };
    this.sessions.unshift(session);
    this.policySets.set(id, ["balanced"]);
    this.terminals.set(id, new Terminal(session, recording));
    this.event(id, "user", "SessionCreated", { provider: session.provider, cwd: session.cwd });
    this.emit("news", { topic: "sessions", type: "session_created", session });
    return session;
  }

  change(session, fields) {
    Object.assign(session, fields, { updatedAt: new Date().toISOString() });
    this.emit("news", { topic: "sessions", type: "session_updated", session });
  }

  act(session, state, evidence, more = {}) {
    const at = more.at ?? new Date().toISOString();
    const source = evidence.includes("_") ? "screen" : "hook";
    const activity = {
      state,
      since: at,
      approvalId: more.approvalId ?? null,
      evidence: { source, type: evidence, detail: null, eventId: null, at },
    };
    this.event(session.id, "daemon", "Activity", {
      from: session.activity?.state ?? "unknown",
      to: state,
      evidence,
    });
    this.change(session, { activity });
  }

  end(session, exit) {
    const failed =
      exit.reason === "tmux_lost" ||
      exit.reason === "launch_failed" ||
      (exit.reason === "exited" && exit.code !== 0);
    const at = new Date().toISOString();
    this.change(session, {
      status: failed ? "CRASHED" : "STOPPED",
      activity: null,
      pid: null,
      branch: null,
      exit: { code: null, signal: null, detail: null, at, ...exit },
    });
    this.terminals.get(session.id)?.end();
  }

  event(sessionId, source, type, payload) {
    const event = {
      id: this.events.length + 1,
      sessionId,
      timestamp: new Date().toISOString(),
      source,
      type,
      payload,
    };
    this.events.push(event);
    this.emit("news", { topic: `session:${sessionId}:events`, data: event });
  }

  ask(session, toolName, toolInput, more = {}) {
    const at = more.at ?? new Date().toISOString();
    const what = JSON.stringify({ sessionId: session.id, toolName, toolInput, cwd: session.cwd });
    const approval = {
      id: randomUUID(),
      sessionId: session.id,
      provider: session.provider,
      status: "pending",
      toolName,
      toolInput,
      summary: toolInput.command ?? toolInput.file_path ?? toolName,
      cwd: session.cwd,
      agentId: null,
      diff: null,
      risk: more.risk ?? { class: "unknown", reasons: [] },
      matched: more.matched ?? [],
      requestHash: `sha256:${createHash("sha256").update(what).digest("hex")}`,
      createdAt: at,
      expiresAt: null,
      answer: null,
      closedReason: null,
    };
    this.approvals.unshift(approval);
    this.event(session.id, "policy", "ApprovalRequested", { toolName, summary: approval.summary });
    this.act(session, "needs_permission", "PermissionRequest", { at, approvalId: approval.id });
    this.emit("news", { topic: "approvals", type: "approval_updated", approval });
    return approval;
  }

  answer(approval, decision, note, via = "dashboard") {
    const at = new Date().toISOString();
    Object.assign(approval, {
      status: "answered",
      answer: { decision, by: "owner", via, note: note ?? null, ruleId: null, at },
    });
    this.decide(approval.sessionId, approval.toolName, approval.toolInput, decision, {
      source: "default",
      actor: "owner",
    });
    this.emit("news", { topic: "approvals", type: "approval_updated", approval });
    const session = this.session(approval.sessionId);
    const waiting = this.approvals.some(
      (a) => a.sessionId === session.id && a.status === "pending",
    );
    if (!waiting) this.act(session, "working", "PostToolUse");
  }

  decide(sessionId, toolName, toolInput, decision, more = {}) {
    const prevHash = this.decisions[0]?.hash ?? "";
    this.decisions.unshift({
      id: randomUUID(),
      sessionId,
      eventId: null,
      agentId: null,
      policyId: null,
      ruleId: null,
      toolName,
      toolInput,
      args: toolInput,
      decision,
      source: "rule",
      matched: [],
      reason: null,
      actor: "policy",
      outcome: decision === "deny" ? "blocked" : "ran",
      timestamp: new Date().toISOString(),
      hash: createHash("sha256").update(prevHash).digest("hex"),
      prevHash,
      ...more,
    });
  }

  prompt(session, text, status, reason = null) {
    const at = new Date().toISOString();
    const prompt = {
      id: randomUUID(),
      sessionId: session.id,
      key: null,
      text,
      isCommand: false,
      sentBy: "owner",
      status,
      reason,
      createdAt: at,
      updatedAt: at,
    };
    this.prompts.push(prompt);
    this.event(session.id, "user", "PromptAccepted", { text });
    return prompt;
  }
}

export function cookieOf(request) {
  return /(?:^|; )codepiper=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
}
