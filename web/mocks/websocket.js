// As much of RFC 6455 as the mock server needs: whole messages both ways, no extensions.
import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Accepts an upgrade. Emits `message` with text, and `close`. */
export function accept(request, socket) {
  const key = createHash("sha1")
    .update(request.headers["sec-websocket-key"] + MAGIC)
    .digest("base64");
  const protocol = request.headers["sec-websocket-protocol"];
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${key}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ""}\r\n`,
  );
  return new Connection(socket);
}

class Connection extends EventEmitter {
  #socket;
  #unread = Buffer.alloc(0);

  constructor(socket) {
    super();
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (data) => this.#read(data));
    socket.on("error", () => {});
    socket.on("close", () => this.emit("close"));
  }

  send(data) {
    const isText = typeof data === "string";
    this.#frame(isText ? 1 : 2, Buffer.from(data));
  }

  close(code, reason = "") {
    const body = Buffer.alloc(2 + Buffer.byteLength(reason));
    body.writeUInt16BE(code);
    body.write(reason, 2);
    this.#frame(8, body);
    this.#socket.end();
  }

  #frame(opcode, body) {
    if (this.#socket.destroyed) return;
    const length = body.length;
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    head[0] = 0x80 | opcode;
    if (length < 126) head[1] = length;
    else if (length < 65_536) {
      head[1] = 126;
      head.writeUInt16BE(length, 2);
    } else {
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(length), 2);
    }
    this.#socket.write(Buffer.concat([head, body]));
  }

  #read(data) {
    this.#unread = Buffer.concat([this.#unread, data]);
    for (;;) {
      const buffer = this.#unread;
      if (buffer.length < 2) return;
      let length = buffer[1] & 0x7f;
      let at = 2;
      if (length === 126) {
        if (buffer.length < 4) return;
        length = buffer.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (buffer.length < 10) return;
        length = Number(buffer.readBigUInt64BE(2));
        at = 10;
      }
      if (buffer.length < at + 4 + length) return;
      const mask = buffer.subarray(at, at + 4);
      const body = Buffer.from(buffer.subarray(at + 4, at + 4 + length));
      for (let i = 0; i < length; i += 1) body[i] ^= mask[i % 4];
      this.#unread = buffer.subarray(at + 4 + length);
      const opcode = buffer[0] & 0x0f;
      if (opcode === 1) this.emit("message", body.toString());
      if (opcode === 8) this.close(1000);
      if (opcode === 9) this.#frame(10, body);
    }
  }
}
