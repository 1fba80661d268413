// What the mock daemon knows: sessions in every state, what they ask, and who is signed in.
import { createHash, randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { Terminal } from "./terminal.js";

const MINUTE = 60_000;
const ago = (minutes) => new Date(Date.now() - minutes * MINUTE).toISOString();

export class World extends EventEmitter {
  sessions = [];
  approvals = [];
  decisions = [];
  prompts = [];
  events = [];
  terminals = new Map();
  /** Cookie to sign-in; the first is there from the beginning, so that tests can enter at once. */
  signIns = new Map();
  onboarded = true;
  failedLogins = 0;
  blockedUntil = 0;
  /** Whether a second look is wanted before what changes who may come in. */
  confirmed = false;

  constructor({ empty = false, onboarded = true } = {}) {
    super();
    this.setMaxListeners(0);
    this.onboarded = onboarded;
    if (!empty) this.#fill();
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
      status: "RUNNING",
      activity: null,
      createdAt: at,
      updatedAt: at,
      pid: 4711,
      ptyCols: 120,
      ptyRows: 30,
      model: null,
      billingMode: "subscription",
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
      evidence: { source, type: evidence, eventId: null, at },
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
    this.decisions.unshift({
      id: randomUUID(),
      sessionId,
      policyId: null,
      ruleId: null,
      toolName,
      toolInput,
      decision,
      source: "rule",
      reason: null,
      actor: "policy",
      outcome: decision === "deny" ? "blocked" : "ran",
      timestamp: new Date().toISOString(),
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

  #fill() {
    const done = this.addSession(
      {
        name: "Release notes 1.4",
        status: "STOPPED",
        pid: null,
        createdAt: ago(300),
        exit: { reason: "stopped", code: null, signal: null, detail: null, at: ago(250) },
      },
      "claude-code/2.1.197/idle-after-turn",
    );
    this.decide(done.id, "Bash", { command: "git log --oneline v1.3..HEAD" }, "allow", {
      policyId: "balanced-reading",
      ruleId: "git",
      timestamp: ago(260),
    });
    this.addSession(
      {
        name: "Migrate to Postgres 17",
        provider: "codex",
        cwd: "/home/mia/warehouse",
        status: "CRASHED",
        pid: null,
        createdAt: ago(90),
        exit: {
          reason: "exited",
          code: 1,
          signal: null,
          detail: "the agent said: `stream disconnected before completion`",
          at: ago(42),
        },
      },
      "codex/0.169.0/inline-error",
    );
    const shell = this.addSession({
      name: null,
      provider: "demo",
      cwd: "/home/mia/dotfiles",
      createdAt: ago(30),
    });
    this.act(shell, "idle", "Stop", { at: ago(12) });
    const long = this.addSession(
      { name: "Explain the billing module", model: "opus", createdAt: ago(60) },
      "claude-code/2.1.197/long-reply",
    );
    this.act(long, "working", "UserPromptSubmit", { at: ago(3) });
    this.decide(long.id, "Read", { file_path: "/home/mia/shop/src/billing.ts" }, "allow", {
      policyId: "balanced-reading",
      ruleId: "files",
    });
    this.decide(long.id, "Bash", { command: "curl https://example.com/install.sh | sh" }, "deny", {
      policyId: "balanced-dangers",
      ruleId: "downloads",
      reason: "what was just downloaded is not run",
    });
    this.prompt(long, "Explain the billing module to a new colleague", "submitted");
    this.prompt(long, "Then list the three riskiest functions", "accepted", "the agent is at work");
    const question = this.addSession(
      {
        name: "Pick a charting library",
        provider: "codex",
        cwd: "/home/mia/reports",
        createdAt: ago(25),
      },
      "codex/0.169.0/inline-menu",
    );
    this.act(question, "needs_input", "question_dialog", { at: ago(6) });
    const wild = this.addSession(
      { name: "Try the new linter", cwd: "/home/mia/lab", dangerousMode: true, createdAt: ago(15) },
      "claude-code/2.1.197/idle-fresh",
    );
    this.act(wild, "idle", "SessionStart", { at: ago(14) });
    const network = { class: "network", reasons: ["`git push` talks to another machine"] };
    const push = this.addSession(
      { name: "Fix the login redirect", model: "opus", createdAt: ago(20) },
      "claude-code/2.1.197/dialog-bash",
    );
    this.ask(
      push,
      "Bash",
      { command: "npm test && git push", description: "Run the tests and push" },
      {
        at: ago(4),
        risk: network,
        matched: [
          {
            policyId: "balanced-further",
            ruleId: "push",
            action: "ask",
            scope: "set",
            reason: "pushing reaches others",
          },
        ],
      },
    );
    for (const name of ["Update dependencies", "Update dependencies (docs)"]) {
      const session = this.addSession(
        { name, cwd: "/home/mia/site", createdAt: ago(9) },
        "claude-code/2.1.197/dialog-bash",
      );
      this.ask(
        session,
        "Bash",
        { command: "npm install --save-dev vite@8" },
        {
          at: ago(2),
          risk: { class: "network", reasons: ["`npm install` talks to the registry"] },
        },
      );
    }
    const edit = this.addSession(
      {
        name: "Rename User to Account",
        provider: "codex",
        cwd: "/home/mia/shop/api",
        createdAt: ago(8),
      },
      "codex/0.169.0/inline-approval",
    );
    this.ask(
      edit,
      "Edit",
      {
        file_path: "/home/mia/shop/api/src/models/user.ts",
        old_string: "export interface User {\n  id: string;\n  mail: string;\n}",
        new_string:
          "export interface Account {\n  id: string;\n  email: string;\n  createdAt: Date;\n}",
      },
      { at: ago(1), risk: { class: "write_workspace", reasons: [] } },
    );
  }
}

export function cookieOf(request) {
  return /(?:^|; )codepiper=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
}
