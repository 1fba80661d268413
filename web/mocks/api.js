// The routes of the mock.
import { ANALYTICS } from "./analytics.js";
import { AUTH, SIGNED_IN } from "./auth.js";
import { CONVERSATIONS } from "./conversations.js";
import { DIRECTORIES } from "./directories.js";
import { wrongAnswer, wrongRequest } from "./document.js";
import { ENV_SETS } from "./env-sets.js";
import { GIT } from "./git.js";
import { NOTIFICATIONS } from "./notifications.js";
import { SESSIONS } from "./sessions.js";
import { WORKFLOWS } from "./workflows.js";
import { WORKSPACES } from "./workspaces.js";

const ROUTES = {
  ...SIGNED_IN,
  ...DIRECTORIES,
  ...ENV_SETS,
  ...NOTIFICATIONS,
  ...GIT,
  ...SESSIONS,
  ...CONVERSATIONS,
  ...ANALYTICS,
  ...WORKFLOWS,
  ...WORKSPACES,
};

export async function handle(world, request, response, url) {
  const path = url.pathname.slice("/api".length);
  const [route, ids, pattern] = find({ ...AUTH, ...ROUTES }, request.method, path);
  let [status, body, cookie] = await answer(world, request, url, route, ids, pattern);
  const wrong = pattern && wrongAnswer(request.method, pattern, status, body);
  if (wrong) [status, body] = [500, misfit(`the mock answers ${request.method} ${pattern}`, wrong)];
  const isText = typeof body === "string";
  const type = isText ? "text/markdown; charset=utf-8" : "application/json";
  const headers = { "content-type": type, "cache-control": "no-store" };
  if (cookie !== undefined)
    headers["set-cookie"] = `codepiper=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
  response.writeHead(status, headers).end(isText ? body : JSON.stringify(body));
}

/** A page that asks for what the daemon does not know, or a mock that answers what it never would. */
function misfit(who, wrong) {
  return { error: `${who} otherwise than the API is described: ${wrong}`, code: "mock_misfit" };
}

async function answer(world, request, url, route, ids, pattern) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (!route) return [404, { error: `there is nothing at \`${url.pathname}\``, code: "not_found" }];
  const isPublic = Object.values(AUTH).includes(route);
  if (!isPublic && !world.isSignedIn(request))
    return [401, { error: "nobody is signed in", code: "not_signed_in" }];
  const isForm = request.headers["content-type"]?.startsWith("multipart/form-data");
  if (isForm) chunks.length = 0;
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : {};
  const wrong = chunks.length && wrongRequest(request.method, pattern, body);
  if (wrong) return [500, misfit(`the page asks ${request.method} ${pattern}`, wrong)];
  return route(world, { request, query: url.searchParams, body, ...ids });
}

/** The route, the ids in the path, and the path as the description has it. */
function find(routes, method, path) {
  const parts = path.split("/");
  for (const [name, route] of Object.entries(routes)) {
    const [wanted, pattern] = name.split(" ");
    const names = pattern.split("/");
    if (wanted !== method || names.length !== parts.length) continue;
    if (!names.every((part, at) => part.startsWith(":") || part === parts[at])) continue;
    const ids = names.flatMap((part, at) =>
      part.startsWith(":") ? [[part.slice(1), parts[at]]] : [],
    );
    return [route, Object.fromEntries(ids), pattern.replaceAll(/:(\w+)/g, "{$1}")];
  }
  return [null, {}, null];
}
