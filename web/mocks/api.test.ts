import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "./auth.js";
import { wrongAnswer, wrongRequest } from "./document.js";
import { start } from "./server.js";

let mock: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  mock = await start();
});
afterAll(() => mock.stop());

async function get(path: string) {
  const cookie = `codepiper=${signIn(mock.world)}`;
  const answer = await fetch(`${mock.url}/api${path}`, { headers: { cookie } });
  return { status: answer.status, body: await answer.json() };
}

test("all that the mock shows is what a daemon could show", async () => {
  const { sessions } = mock.world;
  const paths = sessions.flatMap(({ id }) => [
    `/sessions/${id}/prompts`,
    `/sessions/${id}/events`,
    `/policy-decisions?sessionId=${id}`,
    `/sessions/${id}/conversation`,
  ]);
  for (const path of [
    ...["/sessions", "/approvals", "/providers", "/policy-sets", "/auth/status", "/auth/sessions"],
    ...["/search?text=the", "/analytics/overview", "/analytics/tool-usage", "/analytics/heatmap"],
    ...["day", "hour", "model", "project", "session"].map((by) => `/analytics/usage?by=${by}`),
    ...paths,
  ]) {
    expect(await get(path), path).toMatchObject({ status: 200 });
  }
});

test("a wrong word is noticed, asked or answered", () => {
  expect(wrongRequest("POST", "/sessions", { provider: "demo", cwd: "/" })).toBeNull();
  expect(wrongRequest("POST", "/sessions", { provider: "demo", cwd: "/", colour: 1 })).toMatch(
    "additional properties",
  );
  expect(wrongAnswer("POST", "/sessions/{id}/stop", 200, {})).toMatch("'success'");
  expect(wrongAnswer("POST", "/sessions/{id}/stop", 200, { success: true, colour: 1 })).toMatch(
    "unevaluated properties",
  );
  expect(wrongAnswer("POST", "/sessions/{id}/stop", 404, {})).toMatch("'error'");
  expect(wrongAnswer("GET", "/sessions/{id}/nothing", 200, {})).toMatch("nothing like that");
});
