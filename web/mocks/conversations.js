// What was said in the sessions of the mock, and what it cost.
import { fill } from "./said.js";

export class Conversations {
  #entries = new Map();
  #world;
  #ids = 0;
  revision = 0;

  constructor(world) {
    this.#world = world;
  }

  of(sessionId) {
    return this.#entries.get(sessionId) ?? [];
  }

  say(sessionId, kind, text, { tool, ...more } = {}) {
    this.#ids += 1;
    this.revision += 1;
    const at = more.at ?? new Date().toISOString();
    const entry = {
      id: this.#ids,
      place: `${Date.parse(at)}.${this.#ids}`,
      revision: this.revision,
      at,
      kind,
      text,
      agentId: null,
      messageId: null,
      model: null,
      usage: null,
      ...more,
      tool: tool
        ? {
            callId: `call-${this.#ids}`,
            name: "Bash",
            input: null,
            result: null,
            isError: false,
            endedAt: null,
            durationMs: null,
            subAgentId: null,
            decisionId: null,
            approvalId: null,
            ...tool,
          }
        : null,
    };
    if (!this.#entries.has(sessionId)) this.#entries.set(sessionId, []);
    this.#entries.get(sessionId).push(entry);
    this.#tell(sessionId);
    return entry;
  }

  /** The same entry, with what came of it. */
  finish(sessionId, entry, tool) {
    this.revision += 1;
    Object.assign(entry, { revision: this.revision, tool: { ...entry.tool, ...tool } });
    this.#tell(sessionId);
  }

  #tell(sessionId) {
    const topic = `session:${sessionId}:conversation`;
    const { revision } = this;
    this.#world.emit("news", { topic, type: "conversation_updated", sessionId, revision });
  }

  fill() {
    fill(this.#world);
  }
}

const isBehind = (entry, place) => {
  const [at, id] = place.split(".").map(Number);
  const apart = Date.parse(entry.at) - at;
  return apart > 0 || (apart === 0 && entry.id > id);
};

function page(world, entries, query) {
  const limit = Number(query.get("limit") ?? 100);
  const [since, after, before] = ["since", "after", "before"].map((name) => query.get(name));
  let all = entries;
  if (since !== null) {
    const changed = all.filter((e) => e.revision > since);
    all = changed.sort((a, b) => a.revision - b.revision);
  }
  if (after) all = all.filter((e) => isBehind(e, after));
  if (before) all = all.filter((e) => !isBehind(e, before) && e.place !== before);
  const isForward = since !== null || after !== null;
  const shown = isForward ? all.slice(0, limit) : all.slice(-limit);
  return {
    entries: shown,
    hasMore: all.length > limit,
    revision: world.conversations.revision,
    first: shown[0]?.place ?? null,
    last: shown.at(-1)?.place ?? null,
  };
}

const of = (run) => (world, call) =>
  world.session(call.id)
    ? run(world, call)
    : [404, { error: `there is no session \`${call.id}\``, code: "session_not_found" }];

export const CONVERSATIONS = {
  "GET /sessions/:id/conversation": of((world, { id, query }) => [
    200,
    page(world, world.conversations.of(id), query),
  ]),
  "GET /sessions/:id/conversation/markdown": of((world, { id }) => {
    const parts = world.conversations.of(id).map((e) => `## ${e.kind}\n\n${e.text}\n`);
    return [200, parts.join("\n")];
  }),
  "GET /transcripts/problems": (world, { query }) => {
    const of = query.get("sessionId");
    const problems = world.problems.filter((line) => !of || line.sessionId === of);
    return [200, { problems, count: problems.length }];
  },
  "GET /search": (world, { query }) => {
    const words = query.get("text").toLowerCase().split(/\s+/);
    const [session, kind, since] = ["sessionId", "kind", "since"].map((name) => query.get(name));
    const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
    const limit = Number(query.get("limit") ?? 100);
    const wordsOf = (e) => `${e.text}\n${e.tool?.result ?? ""}`;
    const found = world.sessions
      .filter(({ id }) => !session || id === session)
      .flatMap(({ id }) => world.conversations.of(id).map((entry) => ({ sessionId: id, entry })))
      .filter(({ entry }) => !kind || entry.kind === kind)
      .filter(({ entry }) => !since || entry.at >= since)
      .filter(({ entry }) => entry.id < before)
      .filter(({ entry }) => words.every((word) => wordsOf(entry).toLowerCase().includes(word)))
      .map((one) => ({ ...one, excerpt: wordsOf(one.entry).trim().slice(0, 240) }))
      .sort((a, b) => b.entry.id - a.entry.id);
    return [200, { found: found.slice(0, limit), hasMore: found.length > limit }];
  },
};
