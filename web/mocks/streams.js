// The WebSockets of the mock: news of the page, and terminals.

export function serveNews(world, connection) {
  const topics = new Set();
  const tell = (news) => topics.has(news.topic) && connection.send(JSON.stringify(news));
  const signedOut = () => connection.close(4401, "signed out");
  world.on("news", tell);
  world.on("signed-out", signedOut);
  connection.on("close", () => {
    world.off("news", tell);
    world.off("signed-out", signedOut);
  });
  connection.on("message", (text) => {
    const { op, topic, sessionId } = JSON.parse(text);
    if (op === "subscribe") topics.add(topic);
    if (op === "unsubscribe") topics.delete(topic);
    if (op === "presence") world.looked = sessionId;
  });
}

export function serveTerminal(world, connection, id, from) {
  const terminal = world.terminals.get(id);
  if (!terminal) return connection.close(4404, "there is no such session");
  if (terminal.ended) return connection.close(4410, "the session has ended");
  const { session } = terminal;
  const tell = (message) => connection.send(JSON.stringify(message));
  const end = terminal.bytes.length;
  tell({ type: "hello", cols: session.ptyCols, rows: session.ptyRows, offset: end, oldest: 0 });
  const start = from === null || Number(from) > end ? null : Number(from);
  if (start === null) connection.send(frame(1, end, terminal.bytes));
  else if (start < end) connection.send(frame(2, start, terminal.bytes.subarray(start)));

  const listeners = {
    output: (offset, bytes) => connection.send(frame(2, offset, bytes)),
    resized: (cols, rows) => tell({ type: "resized", cols, rows }),
    ended: () => {
      tell({ type: "exit", code: 0, signal: null });
      connection.close(4410, "the session has ended");
    },
  };
  for (const [name, listener] of Object.entries(listeners)) terminal.on(name, listener);
  connection.on("close", () => {
    for (const [name, listener] of Object.entries(listeners)) terminal.off(name, listener);
  });
  connection.on("message", (text) => {
    const message = JSON.parse(text);
    if (message.type === "input") terminal.input(message.data);
    if (message.type === "paste") terminal.input(message.text);
    if (message.type === "keys") terminal.keys(message.keys);
    if (message.type === "resize") terminal.resize(message.cols, message.rows);
    if (message.id !== undefined) tell({ type: "ack", id: message.id });
  });
}

function frame(kind, offset, bytes) {
  const head = Buffer.alloc(9);
  head[0] = kind;
  head.writeBigUInt64LE(BigInt(offset), 1);
  return Buffer.concat([head, bytes]);
}
