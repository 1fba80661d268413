// The routes of the mock.
import { AUTH, SIGNED_IN } from "./auth.js";
import { DIRECTORIES } from "./directories.js";
import { SESSIONS } from "./sessions.js";

const ROUTES = { ...SIGNED_IN, ...DIRECTORIES, ...SESSIONS };

export async function handle(world, request, response, url) {
  const path = url.pathname.slice("/api".length);
  const [route, ids] = find({ ...AUTH, ...ROUTES }, request.method, path);
  const [status, body, cookie] = await answer(world, request, url, route, ids);
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  if (cookie !== undefined)
    headers["set-cookie"] = `codepiper=${cookie}; Path=/; HttpOnly; SameSite=Strict`;
  response.writeHead(status, headers).end(JSON.stringify(body));
}

async function answer(world, request, url, route, ids) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (!route) return [404, { error: `there is nothing at \`${url.pathname}\``, code: "not_found" }];
  const isPublic = Object.values(AUTH).includes(route);
  if (!isPublic && !world.isSignedIn(request))
    return [401, { error: "nobody is signed in", code: "not_signed_in" }];
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : {};
  return route(world, { request, query: url.searchParams, body, ...ids });
}

/** The route, and the ids in the path. */
function find(routes, method, path) {
  const parts = path.split("/");
  for (const [name, route] of Object.entries(routes)) {
    const [wanted, pattern] = name.split(" ");
    const names = pattern.split("/");
    if (wanted !== method || names.length !== parts.length) continue;
    if (!names.every((part, at) => part.startsWith(":") || part === parts[at])) continue;
    return [
      route,
      Object.fromEntries(
        names.flatMap((part, at) => (part.startsWith(":") ? [[part.slice(1), parts[at]]] : [])),
      ),
    ];
  }
  return [null, {}];
}
