import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A push service on loopback, and the browser behind it that can read what comes (RFC 8291). */
export class PushService {
  readonly #server: Server;
  readonly #key = createECDH("prime256v1");
  readonly #auth = randomBytes(16);
  readonly #waiting: Buffer[] = [];
  #came: () => void = () => {};

  private constructor() {
    this.#key.generateKeys();
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#waiting.push(Buffer.concat(chunks));
      response.writeHead(201).end();
      this.#came();
    });
  }

  static async start(): Promise<PushService> {
    const service = new PushService();
    service.#server.listen(0, "127.0.0.1");
    await once(service.#server, "listening");
    return service;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** What a browser tells of its subscription. */
  subscription() {
    const { port } = this.#server.address() as AddressInfo;
    return {
      endpoint: `http://127.0.0.1:${port}/push`,
      keys: {
        p256dh: this.#key.getPublicKey("base64url"),
        auth: this.#auth.toString("base64url"),
      },
    };
  }

  /** The next message, opened, that has this title. */
  async message(title: string): Promise<Record<string, string>> {
    for (;;) {
      const sealed = this.#waiting.shift();
      if (sealed) {
        const message = JSON.parse(this.#open(sealed));
        if (message.title === title) return message;
      } else {
        await new Promise<void>((resolve) => {
          this.#came = resolve;
        });
      }
    }
  }

  #open(sealed: Buffer): string {
    const salt = sealed.subarray(0, 16);
    const end = 21 + sealed.readUInt8(20);
    const sender = sealed.subarray(21, end);
    const shared = this.#key.computeSecret(sender);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#key.getPublicKey(), sender]);
    const input = Buffer.from(hkdfSync("sha256", shared, this.#auth, info, 32));
    const derive = (what: string, length: number) =>
      Buffer.from(hkdfSync("sha256", input, salt, `Content-Encoding: ${what}\0`, length));
    const cipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
    cipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([cipher.update(sealed.subarray(end, -16)), cipher.final()]);
    return text.subarray(0, text.lastIndexOf(2)).toString();
  }
}
