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

export const NOTIFICATIONS = {
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
