// What the sessions of the mock used: the same curve whenever it is asked.

const DAY_MS = 86_400_000;
const HISTORY = 40;
const dayText = (at) => new Date(at).toISOString().slice(0, 10);

const sum = (parts) =>
  parts.reduce(
    (all, part) => {
      for (const [name, value] of Object.entries(part)) {
        if (name === "costUsd")
          all.costUsd = value === null ? all.costUsd : (all.costUsd ?? 0) + value;
        else all[name] = (all[name] ?? 0) + value;
      }
      return all;
    },
    usage(0, null),
  );

function usage(amount, dollarsPerAnswer) {
  return {
    input: amount * 1800,
    output: amount * 640,
    cacheWrite5m: amount * 900,
    cacheWrite1h: 0,
    cacheRead: amount * 14_200,
    reasoning: 0,
    answers: amount,
    unpricedAnswers: dollarsPerAnswer === null ? amount : 0,
    turns: Math.ceil(amount / 5),
    workingMs: amount * 42_000,
    costUsd: dollarsPerAnswer === null ? null : amount * dollarsPerAnswer,
  };
}

/** Less at the weekend, and on one day nothing. */
function amountOf(day) {
  const at = Math.round(Date.parse(day) / DAY_MS);
  if (at % 13 === 0) return 0;
  const isWeekend = [2, 3].includes(at % 7);
  return isWeekend ? 4 : 30 + ((at * 37) % 41);
}

function span(world, range = "7d") {
  const today = dayText(Date.now());
  if (world.sessions.length === 0) return [today, today];
  if (range.includes("..")) return range.split("..");
  const days = { today: 1, "7d": 7, "30d": 30, all: HISTORY }[range];
  return [dayText(Date.now() - (days - 1) * DAY_MS), today];
}

function usages(world, query) {
  const [from, to] = span(world, query.get("range") ?? undefined);
  const first = dayText(Date.now() - (HISTORY - 1) * DAY_MS);
  const days = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const day = dayText(at);
    const isKnown = world.sessions.length > 0 && day >= first && day <= dayText(Date.now());
    days.push([day, isKnown ? amountOf(day) : 0]);
  }
  const all = days.reduce((total, [, amount]) => total + amount, 0);
  const share = (part, price = 0.021) => usage(Math.round(all * part), price);
  const local = Math.round(all * 0.1);
  const total = sum([usage(all - local, 0.021), usage(local, null)]);
  return { from, to, days, total, share };
}

const rows = {
  day: (_world, { days }) =>
    days
      .filter(([, amount]) => amount > 0)
      .map(([key, amount], at) => ({ key, ...usage(amount, at % 6 === 2 ? null : 0.021) })),
  hour: (_world, { days: [[day, amount]] }) =>
    [8, 9, 10, 11, 13, 14, 15, 16].map((hour) => ({
      key: `${day}T${String(hour).padStart(2, "0")}`,
      ...usage(Math.ceil(amount / 8) + (hour % 3), 0.021),
    })),
  model: (_world, { share }) => [
    { key: "claude-opus-4-6", ...share(0.6) },
    { key: "gpt-5.1-codex", ...share(0.3, 0.009) },
    { key: "local-llama", ...share(0.1, null) },
  ],
  provider: (_world, { share }) => [
    { key: "claude-code", ...share(0.7) },
    { key: "codex", ...share(0.3, 0.009) },
  ],
  project: (_world, { share }) => [
    { key: "/home/mia/shop", ...share(0.8) },
    { key: "/home/mia/site", ...share(0.2) },
  ],
  session: (world, { share }) => [
    ...world.sessions.slice(0, 5).map(({ id }, at) => ({ key: id, ...share(0.3 / (at + 1)) })),
    { key: "0d9f8c1e-0000-4000-8000-000000000000", ...share(0.1, null) },
  ],
};

export const ANALYTICS = {
  "GET /analytics/usage": (world, { query }) => {
    const used = usages(world, query);
    const { from, to, total } = used;
    const by = query.get("by");
    const shown = by && total.answers > 0 ? rows[by](world, used) : [];
    return [
      200,
      {
        from,
        to,
        timeZone: query.get("timeZone") ?? "UTC",
        rows: shown,
        total,
        pricesProblem: null,
      },
    ];
  },
  "GET /analytics/overview": (world, { query }) => {
    const { from, to, total } = usages(world, query);
    const { input, output, cacheRead, cacheWrite5m } = total;
    const read = input + cacheRead + cacheWrite5m;
    return [
      200,
      {
        sessionsCount: world.sessions.length,
        activeSessions: world.sessions.filter((s) => s.status === "RUNNING").length,
        totalTokens: read + output,
        inputTokens: input,
        outputTokens: output,
        cacheReadTokens: cacheRead,
        cacheCreationTokens: cacheWrite5m,
        totalMessages: total.turns + total.answers,
        cacheHitRate: read ? (100 * cacheRead) / read : 0,
        costEstimate: total.costUsd ?? 0,
        unpricedAnswers: total.unpricedAnswers,
        turns: total.turns,
        workingMs: total.workingMs,
        waitingMs: total.turns * 31_000,
        from,
        to,
        timeZone: query.get("timeZone") ?? "UTC",
        pricesProblem: null,
      },
    ];
  },
  "GET /analytics/tool-usage": (world, { query }) => {
    const { answers } = usages(world, query).total;
    if (answers === 0) return [200, []];
    return [
      200,
      [
        { tool: "Bash", count: answers * 2, errors: Math.ceil(answers / 9), averageMs: 2140 },
        { tool: "Read", count: answers, errors: 0, averageMs: 14 },
        { tool: "Edit", count: Math.ceil(answers / 2), errors: 1, averageMs: null },
      ],
    ];
  },
  "GET /analytics/rules": (world, { query }) => {
    const { answers } = usages(world, query).total;
    if (answers === 0) return [200, []];
    const ruled = (policyId, ruleId, decision, count) => ({ policyId, ruleId, decision, count });
    return [
      200,
      [
        ruled("balanced-reading", "files", "allow", answers),
        ruled("balanced-reading", "git", "allow", Math.ceil(answers / 3)),
        ruled("balanced-dangers", "downloads", "deny", 2),
        ruled(null, null, "ask", 7),
        ruled(null, null, "none", Math.ceil(answers / 5)),
      ],
    ];
  },
  "GET /analytics/heatmap": (world, { query }) => {
    const isQuiet = usages(world, query).total.answers === 0;
    const cells = Array.from({ length: 7 * 24 }, (_, at) => {
      const [weekday, hour] = [Math.floor(at / 24), at % 24];
      const isWork = weekday < 5 && hour > 7 && hour < 19 && hour !== 12;
      const answers = isWork && !isQuiet ? 3 + ((weekday * 7 + hour * 5) % 19) : 0;
      return { weekday, hour, answers, turns: Math.floor(answers / 4) };
    });
    return [200, cells];
  },
};
