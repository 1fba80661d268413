// Keeps the shell (the page and its hashed files), never what the API says: that may be private, and old.
const SHELL = "codepiper-shell-1";
const FILES = ["/theme.js", "/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(["/", ...FILES])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const drop = (names) =>
    Promise.all(names.filter((n) => n !== SHELL).map((n) => caches.delete(n)));
  event.waitUntil(
    caches
      .keys()
      .then(drop)
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/api") || url.pathname === "/ws") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (FILES.includes(url.pathname))
    event.respondWith(fetch(request).catch(() => caches.match(request)));
});

/** The page as the daemon gives it; without the daemon, the last one. */
async function page(request) {
  const cache = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (isPage(request, answer)) await keepPage(cache, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match("/");
    if (kept) return kept;
    throw error;
  }
}

/** A picture that is opened by itself, or what a proxy says, is not the page. */
function isPage(request, answer) {
  const isHtml = answer.headers.get("content-type")?.startsWith("text/html");
  const isFile = new URL(request.url).pathname.includes(".");
  return answer.ok && !answer.redirected && isHtml && !isFile;
}

/** Keeps a page, and lets go of the files of builds that are no more. */
async function keepPage(cache, answer) {
  const kept = await cache.match("/");
  const text = await answer.clone().text();
  if (!text.includes('<div id="root">')) return;
  if (kept && (await kept.text()) !== text) {
    const old = (await cache.keys()).filter((key) =>
      new URL(key.url).pathname.startsWith("/assets/"),
    );
    await Promise.all(old.map((key) => cache.delete(key)));
  }
  await cache.put("/", answer);
}

/** A file whose name has its hash never changes. */
async function asset(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("push", (event) => event.waitUntil(show(event.data?.json() ?? {})));

// An open page has it shown in the same way.
self.addEventListener("message", (event) => {
  if (event.source?.type === "window") event.waitUntil(show(event.data));
});

/** Shows one. One of a kind takes the place of the last; what is dangerous has no buttons. */
function show({ title, body, tag, url, approvalId, requestHash, risk }) {
  const isAnswerable = approvalId && requestHash && risk !== "destructive" && risk !== "unknown";
  const actions = [
    { action: "allow", title: "Allow" },
    { action: "deny", title: "Deny" },
  ];
  return self.registration.showNotification(title ?? "CodePiper", {
    body: body ?? "",
    tag,
    // What takes the place of another is told as loudly.
    renotify: tag !== undefined,
    icon: "/icon-192.png",
    data: { approvalId, requestHash, url: url ?? "/" },
    // Browsers without buttons leave them out.
    ...(isAnswerable && { actions }),
  });
}

// The push service has another address for this browser.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribe(event)));

async function subscribe({ oldSubscription, newSubscription }) {
  const { options } = oldSubscription ?? newSubscription;
  const next = newSubscription ?? (await self.registration.pushManager.subscribe(options));
  const { endpoint, expirationTime = null, keys } = next.toJSON();
  const call = (method, body) =>
    fetch("/api/notifications/push/subscriptions", {
      method,
      credentials: "same-origin",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await call("PUT", { endpoint, expirationTime, keys });
  if (oldSubscription) await call("DELETE", { endpoint: oldSubscription.endpoint });
}

self.addEventListener("notificationclick", (event) => {
  const { action, notification } = event;
  notification.close();
  const { url, approvalId, requestHash } = notification.data;
  event.waitUntil(
    action === "allow" || action === "deny"
      ? answer(notification, approvalId, { decision: action, requestHash })
      : open(url),
  );
});

/** Answers exactly the request that was shown, and says what became of it where that is not it. */
async function answer({ body, tag, data }, approvalId, decision) {
  let problem = null;
  try {
    const answer = await fetch(`/api/approvals/${approvalId}/answer`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-codepiper-via": "push" },
      body: JSON.stringify(decision),
    });
    if (!answer.ok) problem = (await answer.json()).error;
  } catch {
    problem = "The daemon does not answer.";
  }
  if (problem === null) return;
  const icon = "/icon-192.png";
  await self.registration.showNotification("Not answered", {
    body: `${problem} ${body}`,
    tag,
    icon,
    data: { url: data.url },
  });
}

/** Brings a page to the front, or opens one. */
async function open(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((page) => new URL(page.url).pathname === url) ?? pages[0];
  if (!page) return self.clients.openWindow(url);
  await page.focus();
  if (new URL(page.url).pathname !== url) await page.navigate(url);
}
