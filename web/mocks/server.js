// A daemon that only plays: the API of the dashboard over made-up sessions, for development and tests.
// `node mocks/server.js [port]`; it serves web/dist too. Password `codepiper`, code `123456`.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { handle } from "./api.js";
import { serveNews, serveTerminal } from "./streams.js";
import { accept } from "./websocket.js";
import { World } from "./world.js";

const DIST = join(import.meta.dirname, "../dist");
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};
/** The policy that the daemon sends with its pages. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Starts one; `port` 0 takes a free one. */
export function start(port = 0, world = new World()) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://x");
    if (url.pathname.startsWith("/api/")) return handle(world, request, response, url);
    servePage(response, url.pathname);
  });
  const sockets = new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket) => {
    const url = new URL(request.url, "http://x");
    if (!world.isSignedIn(request)) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    const terminal = /^\/api\/sessions\/([^/]+)\/terminal\/stream$/.exec(url.pathname);
    const connection = accept(request, socket);
    if (terminal) serveTerminal(world, connection, terminal[1], url.searchParams.get("from"));
    else serveNews(world, connection);
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () =>
      resolve({
        world,
        url: `http://127.0.0.1:${server.address().port}`,
        /** As if the daemon were killed. */
        stop: () => {
          for (const socket of sockets) socket.destroy();
          return new Promise((done) => server.close(done));
        },
      }),
    );
  });
}

function servePage(response, path) {
  const file = join(DIST, normalize(path));
  const isFile =
    path !== "/" && file.startsWith(DIST) && existsSync(file) && statSync(file).isFile();
  const served = isFile ? file : join(DIST, "index.html");
  if (!existsSync(served)) return response.writeHead(404).end("build the web first: npm run build");
  response.writeHead(200, {
    "content-type": TYPES[extname(served)] ?? "application/octet-stream",
    "content-security-policy": POLICY,
    "cache-control": path.startsWith("/assets/")
      ? "public, max-age=31536000, immutable"
      : "no-cache",
  });
  createReadStream(served).pipe(response);
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await start(Number(process.argv[2] ?? 3999));
  console.log(`${url}  (password: codepiper, code: 123456)`);
}
