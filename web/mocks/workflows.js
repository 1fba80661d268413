// The workflows of the mock: one with executions that stand in every way, and those that a test makes.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const CRATE = join(import.meta.dirname, "../../crates/codepiper-workflow");
const read = (path) => readFileSync(join(CRATE, path), "utf8");
const TEMPLATES = ["implement-review-fix", "parallel-research", "test-until-green"].map((name) => {
  const source = read(`templates/${name}.yaml`);
  return { name, description: /^description: (.*)$/m.exec(source)[1], source };
});

const SOURCE = `# From the branch to the release.
name: Ship the fix
description: Implement a fix, review it until it is right, check it from all sides, and ship it

inputs:
  task: {description: what is to be mended}
  rounds: {type: number, default: 3, description: the most reviews}
  files: {type: list, required: false, description: where to look}
  fast: {type: boolean, default: true, description: whether slow tests are left out}

steps:
  - name: implement
    type: session
    provider: claude-code
    prompt: \${task}
`;

const step = (name, type, summary, ...lists) => ({ name, type, summary, lists });
const list = (name, ...steps) => ({ name, steps });
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how workflows mention
const PLAN = [
  list(
    "steps",
    step("implement", "session", "claude-code: ${task}"),
    step(
      "rounds",
      "until",
      "until ${steps.review.verdict} == approve, at most 3 times",
      list(
        "steps",
        step("review", "session", "codex: Review the changes in this repository"),
        step(
          "verdict",
          "if",
          "if ${steps.review.verdict} == changes",
          list("then", step("fix", "send", "to implement: ${steps.review.comments}")),
          list("else", step("content", "log", "The review is content")),
        ),
      ),
    ),
    step(
      "checks",
      "parallel",
      "all at the same time",
      list(
        "steps",
        step("test", "command", "run npm test"),
        step("lint", "command", "run npm run lint"),
        step("types", "command", "run npx tsc --noEmit"),
      ),
    ),
    step("sure", "approve", "ask: Ship it? ${steps.implement.reply}"),
  ),
  list("finally", step("tidy", "log", "It is over")),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

function stepOf(id, stepType, more = {}) {
  const [, stepName] = /^([^[]*)/.exec(id);
  return {
    id,
    stepName,
    stepType,
    rounds: [],
    depth: 0,
    status: "completed",
    attempt: 1,
    sessionId: null,
    result: { status: "success" },
    error: null,
    question: null,
    cost: null,
    startedAt: ago(240),
    completedAt: ago(180),
    ...more,
  };
}

/** The workflows and what became of them. */
export class Workflows {
  list = [];
  /** Executions with their steps and their logs, the latest first. */
  runs = [];
  #lines = 0;

  constructor(world) {
    this.world = world;
  }

  fill() {
    const workflow = this.add(SOURCE, "ship-the-fix");
    workflow.createdAt = workflow.updatedAt = ago(86_400);
    workflow.definition.inputs = {
      task: { description: "what is to be mended" },
      rounds: { type: "number", default: 3, description: "the most reviews" },
      files: { type: "list", required: false, description: "where to look" },
      fast: { type: "boolean", default: true, description: "whether slow tests are left out" },
    };
    const task = "Fix the login redirect";
    const variables = { task, rounds: 3, files: ["src/login.ts"], fast: true };
    const done = this.begin(workflow, variables, 7200);
    done.steps = this.steps();
    this.close(done, "completed", { verdict: "approve", report: "Two files were changed." });
    const failed = this.begin(workflow, { ...variables, fast: false }, 3600);
    const error = "command `npm test` ended with exit code 1: 3 of 214 tests failed";
    const begun = { status: "failed", error, attempt: 2, result: { exit_code: 1 } };
    failed.steps = [...this.steps().slice(0, 6), stepOf("test", "command", { depth: 1, ...begun })];
    this.close(failed, "failed");
    failed.execution.error = { message: error, step: "test" };
    this.log(failed, "error", error, "test");
    this.live = this.begin(workflow, variables, 240);
    this.live.steps = [
      ...this.steps().slice(0, 7),
      stepOf("test", "command", { depth: 1, status: "running", completedAt: null, result: {} }),
    ];
  }

  steps() {
    const [session] = this.world.sessions;
    const inRound = (id, type, depth, more) => stepOf(id, type, { depth, rounds: [0], ...more });
    return [
      stepOf("implement", "session", {
        sessionId: session?.id ?? null,
        cost: 0.42,
        result: { reply: "I mended the redirect.\nThe tests pass." },
      }),
      stepOf("rounds", "until", { result: { rounds: 2 } }),
      inRound("review[0]", "session", 1, { result: { verdict: "changes" } }),
      inRound("verdict[0]", "if", 1),
      inRound("fix[0]", "send", 2, { attempt: 2 }),
      inRound("review[1]", "session", 1, { rounds: [1], result: { verdict: "approve" } }),
      stepOf("checks", "parallel", { completedAt: null, status: "running" }),
    ];
  }

  /** Has the execution that goes on ask a person. */
  ask(message = "Ship it? I mended the redirect.\nThe tests pass.") {
    this.live.steps = this.live.steps.filter(({ id }) => id !== "sure");
    this.live.steps.push(
      stepOf("sure", "approve", {
        question: message,
        status: "running",
        completedAt: null,
        result: {},
      }),
    );
    this.live.execution.questions = 1;
    this.tell(this.live);
  }

  add(source, id) {
    const name = /^name: *(.*)$/m.exec(source)?.[1] ?? "Workflow";
    const at = new Date().toISOString();
    const description = /^description: *(.*)$/m.exec(source)?.[1] ?? null;
    const slug = id ?? name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    const definition = { name, inputs: {}, steps: [] };
    const workflow = { id: slug, name, description, definition, source };
    Object.assign(workflow, { createdAt: at, updatedAt: at });
    this.list.unshift(workflow);
    return workflow;
  }

  begin(workflow, variables, secondsAgo = 0) {
    const execution = {
      id: randomUUID(),
      workflowId: workflow.id,
      status: "running",
      isPaused: false,
      variables,
      outputs: {},
      questions: 0,
      startedAt: ago(secondsAgo),
      completedAt: null,
      error: null,
    };
    const run = { execution, steps: [], lines: [] };
    this.runs.unshift(run);
    this.log(run, "info", "begins", "implement");
    this.log(run, "log", "Looking at src/login.ts, which decides where one goes after the sign-in");
    this.log(run, "warning", "tried once more: the model was overloaded", "fix[0]");
    return run;
  }

  close(run, status, outputs = {}) {
    const completedAt = new Date(Date.parse(run.execution.startedAt) + 184_000).toISOString();
    Object.assign(run.execution, { status, outputs, completedAt, questions: 0 });
    for (const step of run.steps.filter((step) => !step.completedAt))
      Object.assign(step, { status, completedAt, question: null });
    this.log(run, "info", `the workflow is ${status}`);
    this.tell(run);
  }

  log(run, level, message, step = null) {
    const timestamp = new Date().toISOString();
    run.lines.push({ id: ++this.#lines, timestamp, level, message, step });
  }

  tell({ execution }) {
    this.world.emit("news", {
      topic: "workflows",
      type: "execution_updated",
      executionId: execution.id,
    });
  }

  questions() {
    return this.runs.flatMap(({ execution, steps }) =>
      steps
        .filter(({ question }) => question !== null)
        .map(({ id, question }) => ({
          executionId: execution.id,
          workflowId: execution.workflowId,
          workflowName: this.list.find(({ id }) => id === execution.workflowId).name,
          step: id,
          message: question,
        })),
    );
  }
}

const none = (what) => [404, { error: `there is no such ${what}`, code: "not_found" }];
const done = [200, { success: true }];
const find = (world, id) => world.workflows.list.find((workflow) => workflow.id === id);
const one = (world, id) => world.workflows.runs.find(({ execution }) => execution.id === id);

/** Calls `then` with an execution, if there is one. */
const ofRun = (then) => (world, asked) => {
  const run = one(world, asked.id);
  return run ? then(world.workflows, run, asked) : none("execution");
};

function problems(source) {
  return source.split("\n").flatMap((text, at) => {
    const column = text.indexOf("promt:") + 1;
    if (column === 0) return [];
    const number = String(at + 1);
    const snippet = `${number} | ${text}\n${" ".repeat(number.length)} | ${" ".repeat(column - 1)}^`;
    const message = "unknown field `promt`, did you mean `prompt`?";
    return [{ message, path: "steps[0]", line: at + 1, column, snippet, stepName: "first" }];
  });
}

export const WORKFLOWS = {
  "GET /workflows": ({ workflows }) => [200, { workflows: workflows.list }],
  "POST /workflows": (world, { body }) => {
    const [problem] = problems(body.source);
    if (problem) return [400, { error: problem.message, code: "invalid_workflow" }];
    return [201, { workflow: world.workflows.add(body.source) }];
  },
  "GET /workflows/templates": () => [200, { templates: TEMPLATES }],
  "GET /workflows/schema": () => [200, JSON.parse(read("schema.json"))],
  "GET /workflows/questions": ({ workflows }) => [200, { questions: workflows.questions() }],
  "POST /workflows/validate": (_world, { body }) => {
    const validationErrors = problems(body.source);
    return [200, { valid: validationErrors.length === 0, validationErrors }];
  },
  "POST /workflows/plan": (_world, { body }) => {
    const steps = [...body.source.matchAll(/- name: (.*)\n\s+type: (.*)/g)];
    const plan = [list("steps", ...steps.map(([, name, type]) => step(name, type, "")))];
    return [200, { plan: body.source === SOURCE ? PLAN : plan }];
  },
  "GET /workflows/executions": ({ workflows }) => [
    200,
    { executions: workflows.runs.map(({ execution }) => execution) },
  ],
  "GET /workflows/executions/:id": ofRun((_workflows, { execution, steps }) => [
    200,
    { execution, steps, revision: "1" },
  ]),
  "GET /workflows/executions/:id/log": ofRun((_workflows, { execution, lines }, { query }) => [
    200,
    {
      lines: lines.filter(({ id }) => id > Number(query.get("after"))),
      status: execution.status,
    },
  ]),
  "POST /workflows/executions/:id/cancel": ofRun((workflows, run) => {
    workflows.close(run, "cancelled");
    return done;
  }),
  "POST /workflows/executions/:id/pause": ofRun((workflows, run) => {
    run.execution.isPaused = true;
    workflows.tell(run);
    return done;
  }),
  "POST /workflows/executions/:id/resume": ofRun((workflows, run) => {
    run.execution.isPaused = false;
    workflows.tell(run);
    return done;
  }),
  "POST /workflows/executions/:id/retry": ofRun((workflows, run) => {
    Object.assign(run.execution, { status: "running", completedAt: null, error: null });
    workflows.tell(run);
    return done;
  }),
  "POST /workflows/executions/:id/steps/:step/answer": ofRun((workflows, run, asked) => {
    const step = run.steps.find(({ id }) => id === decodeURIComponent(asked.step));
    const { approve, note = null } = asked.body;
    const result = { result: approve ? "approved" : "denied", by: "dashboard", note };
    const status = approve ? "completed" : "failed";
    Object.assign(step, { question: null, status, result, completedAt: new Date().toISOString() });
    run.execution.questions = 0;
    workflows.log(run, "info", approve ? "approved" : "denied", step.id);
    workflows.tell(run);
    return done;
  }),
  "GET /workflows/:id": (world, { id }) => {
    const workflow = find(world, id);
    return workflow ? [200, { workflow }] : none("workflow");
  },
  "PUT /workflows/:id": (world, { id, body }) => {
    const workflow = find(world, id);
    Object.assign(workflow, { source: body.source, updatedAt: new Date().toISOString() });
    return [200, { workflow }];
  },
  "DELETE /workflows/:id": (world, { id }) => {
    const { workflows } = world;
    const isLive = ({ execution }) => execution.workflowId === id && !execution.completedAt;
    if (workflows.runs.some(isLive)) {
      const error = `an execution of \`${id}\` is under way`;
      return [409, { error, code: "conflict", hint: "Cancel it first." }];
    }
    workflows.list = workflows.list.filter((workflow) => workflow.id !== id);
    return done;
  },
  "POST /workflows/:id/execute": (world, { id, body }) => {
    const { variables = {} } = body;
    if (variables.task === "nothing") {
      const error = "input `task` has to be something that can be done";
      return [400, { error, code: "invalid_request", field: "task" }];
    }
    const run = world.workflows.begin(find(world, id), variables);
    world.workflows.tell(run);
    return [202, { executionId: run.execution.id, status: "running" }];
  },
  "GET /workflows/:id/executions": ({ workflows }, { id }) => {
    const executions = workflows.runs.map(({ execution }) => execution);
    return [200, { executions: executions.filter(({ workflowId }) => workflowId === id) }];
  },
};
