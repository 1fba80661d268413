// Sessions, approvals, prompts and events of the mock.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { directory } from "./directories.js";

const SCREENS = join(
  import.meta.dirname,
  "../../crates/codepiper-providers/tests/fixtures/claude-code/2.1.197",
);
const done = [200, { success: true }];
const capabilities = {
  activity: "native",
  permissions: "native",
  promptReceipts: "screen",
  supportsDangerousMode: true,
  supportsResume: true,
  nativeHooks: true,
  supportsModelSwitch: true,
  supportsTranscriptTailing: true,
  supportsTmuxAdoption: true,
  policyChannel: "native-hooks",
  metricsChannel: "none",
};
const support = {
  hooks: "native",
  approvals: "native",
  modelSwitch: "screen",
  transcript: "native",
  interrupt: "screen",
  usage: "none",
};
const provider = (id, label, more) => ({
  id,
  label,
  installed: true,
  signedIn: true,
  hint: null,
  program: null,
  version: null,
  seenVersion: "2.1.197",
  runtime: "tmux",
  channel: "hooks",
  capabilities,
  support,
  launchHints: { dangerousFlag: "--yolo", resume: `${id} resume {id}`, fork: `${id} fork {id}` },
  warnings: [],
  ...more,
});

const policySet = (id, name, more) => ({
  id,
  name,
  isDefault: false,
  sessionCount: 0,
  createdAt: "2026-11-01T09:00:00.000Z",
  updatedAt: "2026-11-01T09:00:00.000Z",
  ...more,
});

const DEFAULTS = { statusLine: false, retentionDays: null, defaultPolicyAction: "ask" };

/** Some of the settings, one of each kind, and one that is not changed here. */
function allSettings({ settings }) {
  const setting = (name, kind, description, more) => ({
    name,
    kind,
    description,
    value: settings[name],
    default: DEFAULTS[name],
    choices: [],
    unit: null,
    source: settings[name] === DEFAULTS[name] ? "default" : "dashboard",
    takesEffect: "at_once",
    changeable: true,
    variable: null,
    flag: null,
    ...more,
  });
  return [
    setting("statusLine", "boolean", "Whether the status line goes through CodePiper.", {
      takesEffect: "new_sessions",
    }),
    setting("retentionDays", "number", "After how long sessions are removed.", { unit: "days" }),
    setting("defaultPolicyAction", "choice", "What becomes of a request that no rule matches.", {
      choices: ["ask", "deny"],
    }),
    setting("httpPort", "number", "The port of the dashboard.", {
      value: "3000",
      default: "3000",
      source: "environment",
      takesEffect: "restart",
      changeable: false,
      variable: "CODEPIPER_HTTP_PORT",
      flag: "--port",
    }),
  ];
}

const settings = (world) => [200, { settings: world.settings }];

/** A route that needs the session. */
const of = (run) => (world, call) => {
  const session = world.session(call.id);
  return session
    ? run(world, session, call)
    : [404, { error: `there is no session \`${call.id}\``, code: "session_not_found" }];
};

const POLICY_SETS = [
  policySet("balanced", "Balanced", {
    description: "Reading, builds, tests and edits in the workspace run unasked.",
    isDefault: true,
    policyCount: 5,
  }),
  policySet("read-only", "Read-only", {
    description: "Everything that writes is denied.",
    policyCount: 2,
  }),
];

export const SESSIONS = {
  "GET /sessions": (world) => [200, { sessions: world.sessions }],
  "GET /settings": (world) => [200, { settings: allSettings(world), problems: [] }],
  "DELETE /settings/:name": (world, { name }) => {
    world.settings[name] = DEFAULTS[name];
    return settings(world);
  },
  "GET /settings/daemon": settings,
  "PUT /settings/daemon": (world, { body }) => {
    Object.assign(world.settings, body);
    return settings(world);
  },
  "GET /providers": () => [
    200,
    {
      providers: [
        provider("claude-code", "Claude Code"),
        provider("codex", "Codex", {
          installed: false,
          signedIn: false,
          hint: "npm install -g @openai/codex",
        }),
        provider("demo", "CodePiper demo agent"),
      ],
    },
  ],
  "GET /policy-sets": () => [
    200,
    {
      policySets: POLICY_SETS,
    },
  ],
  "POST /sessions": (world, { body }) => {
    if (!body.cwd.startsWith("/"))
      return [
        400,
        {
          error: `\`cwd\` is an absolute path, not \`${body.cwd}\``,
          code: "invalid_request",
          field: "cwd",
        },
      ];
    if (!directory(body.cwd))
      return [
        400,
        {
          error: `directory \`${body.cwd}\` does not exist`,
          code: "invalid_request",
          field: "cwd",
        },
      ];
    const { prompt, policySetIds, envSetIds: _, workspaceId, worktree, ...fields } = body;
    const workspace = world.workspaces.find(({ id }) => id === workspaceId);
    fields.model ??= workspace?.defaults.model ?? null;
    if (worktree || workspace?.defaults.worktree === "always") {
      const branch = worktree?.branch ?? "codepiper/new";
      fields.metadata = { worktree: { branch, repoRoot: fields.cwd, base: "main" } };
      fields.branch = branch;
      fields.cwd = `${fields.cwd}-worktrees/${branch.replaceAll("/", "-")}`;
    }
    const session = world.addSession(fields);
    world.policySets.get(session.id).push(...(policySetIds ?? []));
    world.act(session, prompt ? "working" : "idle", "SessionStart");
    if (prompt) world.prompt(session, prompt, "submitted");
    return [201, { session }];
  },
  "POST /sessions/:id/stop": of((world, session) => {
    world.end(session, { reason: "stopped" });
    return done;
  }),
  "POST /sessions/:id/kill": of((world, session) => {
    world.end(session, { reason: "killed" });
    return done;
  }),
  "POST /sessions/:id/resume": of((world, session) => {
    world.change(session, { status: "RUNNING", exit: null, pid: 4712 });
    world.terminals.get(session.id).ended = false;
    world.act(session, "idle", "SessionStart");
    return [200, { session }];
  }),
  "POST /sessions/:id/fork": of((world, session) => {
    const copy = world.addSession({
      provider: session.provider,
      cwd: session.cwd,
      name: session.name && `${session.name} (fork)`,
    });
    world.act(copy, "idle", "SessionStart");
    return [201, { session: copy }];
  }),
  "PUT /sessions/:id/name": of((world, session, { body }) => {
    world.change(session, { name: body.name });
    return [200, { session }];
  }),
  "DELETE /sessions/:id": of((world, session) => {
    world.sessions = world.sessions.filter((s) => s !== session);
    world.emit("news", { topic: "sessions", type: "session_deleted", session });
    const { id, provider, name, cwd, providerSessionId, transcriptPath } = session;
    const events = world.events.filter((event) => event.sessionId === id).length;
    const endedAt = session.exit.at;
    const deleted = { id, provider, name, cwd, endedAt, events, providerSessionId, transcriptPath };
    return [200, { deleted, success: true }];
  }),
  "GET /sessions/:id/policy-sets": of((world, session) => {
    const given = world.policySets.get(session.id);
    return [200, { policySets: POLICY_SETS.filter((set) => given.includes(set.id)) }];
  }),
  "POST /sessions/:id/policy-sets": of((world, session, { body }) => {
    world.policySets.get(session.id).push(body.policySetId);
    return done;
  }),
  "DELETE /sessions/:id/policy-sets/:set": of((world, session, { set }) => {
    const given = world.policySets.get(session.id);
    world.policySets.set(
      session.id,
      given.filter((id) => id !== set),
    );
    return done;
  }),
  "PUT /sessions/:id/model": of((world, session, { body }) => {
    world.change(session, { model: body.model });
    return [200, { model: body.model, provider: session.provider, success: true }];
  }),
  "POST /sessions/:id/interrupt": of((world, session) => {
    world.act(session, "idle", "prompt_box");
    return done;
  }),
  "GET /sessions/:id/processes": of((_world, session) => [
    200,
    { processes: ["tmux: server", session.provider, "node"].map((command) => ({ command })) },
  ]),
  "POST /sessions/:id/send": of((world, session, { body }) => {
    if (session.activity?.state === "needs_permission")
      return [
        409,
        {
          error: "a dialog is open: what is typed now would answer it",
          code: "dialog_open",
          hint: "answer it first",
        },
      ];
    const isBusy = session.activity?.state === "working" && !body.steer;
    const prompt = world.prompt(
      session,
      body.text,
      isBusy ? "accepted" : "submitted",
      isBusy ? "the agent is at work" : null,
    );
    if (!isBusy) world.act(session, "working", "UserPromptSubmit");
    return [
      200,
      {
        receipt: { id: prompt.id, status: prompt.status, reason: prompt.reason },
        reply: null,
        success: true,
      },
    ];
  }),
  "GET /sessions/:id/prompts": of((world, session) => [
    200,
    { prompts: world.prompts.filter((p) => p.sessionId === session.id) },
  ]),
  "PUT /sessions/:id/prompts/:prompt": of((world, _session, { prompt, body }) => {
    const found = world.prompts.find((p) => p.id === prompt);
    found.text = body.text;
    return [200, { prompt: found }];
  }),
  "DELETE /sessions/:id/prompts/:prompt": of((world, _session, { prompt }) => {
    const taken = world.prompts.find((p) => p.id === prompt);
    world.prompts = world.prompts.filter((p) => p !== taken);
    return [200, { prompt: taken }];
  }),
  "GET /sessions/:id/output": of((_world, session) => {
    if (session.provider === "demo")
      return [404, { error: "no screen was kept", code: "no_output" }];
    return [
      200,
      {
        output: readFileSync(join(SCREENS, "idle-after-turn.screen.txt"), "utf8"),
        cols: 120,
        rows: 30,
        offset: null,
      },
    ];
  }),
  "GET /sessions/:id/events": of((world, session, { query }) => {
    const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
    const limit = Number(query.get("limit") ?? 100);
    const all = world.events.filter((e) => e.sessionId === session.id && e.id < before).reverse();
    return [200, { events: all.slice(0, limit), hasMore: all.length > limit }];
  }),
  "GET /approvals": (world, { query }) => {
    const [status, id] = [query.get("status"), query.get("sessionId")];
    return [
      200,
      {
        approvals: world.approvals.filter(
          (a) => (!status || a.status === status) && (!id || a.sessionId === id),
        ),
      },
    ];
  },
  "POST /approvals/:id/answer": (world, { id, body }) => {
    const approval = world.approvals.find((a) => a.id === id);
    if (!approval)
      return [404, { error: `there is no approval \`${id}\``, code: "approval_not_found" }];
    if (approval.status !== "pending")
      return [409, { error: "it was answered already", code: "already_answered", approval }];
    if (approval.requestHash !== body.requestHash)
      return [409, { error: "the request is another one now", code: "request_changed", approval }];
    world.answer(approval, body.decision, body.note);
    return [200, { approval }];
  },
  "GET /policy-decisions": (world, { query }) => [
    200,
    { decisions: world.decisions.filter((d) => d.sessionId === query.get("sessionId")) },
  ],
};
