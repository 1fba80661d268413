// What the mock has told of.
const AT = "2026-11-23T09:00:00.000Z";

/** Tells of something about a session. */
export function tell(world, session, eventType, title, payload = {}) {
  const told = {
    id: world.notifications.length + 1,
    sessionId: session.id,
    provider: session.provider,
    eventType,
    sourceEventId: world.notifications.length + 1,
    title,
    body: session.name ?? "session",
    payload: { sessionId: session.id, ...payload },
    createdAt: AT,
    readAt: null,
    readSource: null,
  };
  world.notifications.push(told);
  world.emit("news", {
    topic: "notifications",
    type: "notification_created",
    notification: told,
  });
  return told;
}

const read = (told) => Object.assign(told, { readAt: AT, readSource: "click" });

/** What is told where at first. */
export const settings = () => ({
  kinds: Object.fromEntries(
    [
      ...["turn_done", "permission_needed", "input_needed", "session_crashed"],
      ...["workflow_done", "workflow_failed", "sign_in"],
    ].map((kind) => [kind, { inbox: true, push: true, webhook: true }]),
  ),
  webhookUrl: null,
  hasWebhookSecret: false,
  pushContact: null,
});

/** What was sent where: to a browser that is gone, and to the web hook. */
export const deliveries = () => {
  const of = { notificationId: 1, createdAt: AT, nextAt: null, finishedAt: AT };
  const gone = { state: "dropped", attempts: 1, lastError: "it answered 410" };
  const late = { state: "delivered", attempts: 3, lastError: "it answered 503" };
  return [
    { ...of, ...gone, id: 2, channel: "push", target: "https://push.example" },
    { ...of, ...late, id: 1, channel: "webhook", target: "https://hooks.example" },
  ];
};

function change(world, { kinds = {}, webhookUrl, webhookSecret }) {
  const now = world.notificationSettings;
  for (const [kind, channels] of Object.entries(kinds)) Object.assign(now.kinds[kind], channels);
  if (webhookUrl !== undefined) now.webhookUrl = webhookUrl;
  now.hasWebhookSecret = now.webhookUrl !== null && Boolean(now.hasWebhookSecret || webhookSecret);
  return [200, { settings: now }];
}

const prefs = (world, sessionId) => {
  const enabled = world.muted.has(sessionId) ? false : null;
  return [200, { prefs: { sessionId, enabled, updatedAt: enabled === null ? null : AT } }];
};

const PUBLIC_KEY =
  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

export const NOTIFICATIONS = {
  "GET /notifications/settings": (world) => [200, { settings: world.notificationSettings }],
  "PUT /notifications/settings": (world, { body }) => change(world, body),
  "GET /sessions/:id/notifications/prefs": (world, { id }) => prefs(world, id),
  "PUT /sessions/:id/notifications/prefs": (world, { id, body }) => {
    if (body.enabled === false) world.muted.add(id);
    else world.muted.delete(id);
    return prefs(world, id);
  },
  "GET /notifications/push/status": () => [
    200,
    { status: { enabled: true, configured: true, reasons: [], publicKey: PUBLIC_KEY } },
  ],
  "PUT /notifications/push/subscriptions": (world, { body: { endpoint, expirationTime } }) => {
    if (!world.subscriptions.includes(endpoint)) world.subscriptions.push(endpoint);
    const subscription = { endpoint, expirationTime, createdAt: AT, updatedAt: AT };
    return [200, { subscription }];
  },
  "DELETE /notifications/push/subscriptions": (world, { body: { endpoint } }) => {
    world.subscriptions = world.subscriptions.filter((one) => one !== endpoint);
    return [200, { success: true, deleted: true }];
  },
  "POST /notifications/push/test": (world) => {
    const count = world.subscriptions.length;
    const result = { attempted: count, delivered: count, expired: 0, failed: 0, skipped: 0 };
    return [200, { result }];
  },
  "GET /notifications/deliveries": (world) => [200, { deliveries: world.deliveries }],
  "GET /notifications": (world, { query }) => {
    const isWanted = ({ readAt }) => query.get("unreadOnly") !== "true" || readAt === null;
    return [200, { notifications: world.notifications.filter(isWanted).reverse() }];
  },
  "POST /notifications/:id/read": (world, { id }) => {
    const told = world.notifications.find((told) => told.id === Number(id));
    if (told) read(told);
    return [200, { success: true, changed: Boolean(told) }];
  },
  "POST /notifications/read": (world) => {
    const unread = world.notifications.filter(({ readAt }) => readAt === null);
    unread.forEach(read);
    return [200, { success: true, updated: unread.length }];
  },
};
