import { chmodSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { delimiter, join } from "node:path";
import { type Daemon, until } from "../live/daemon";

/** A program in an agent's place, which writes to its terminal what it is told. */
export class StandIn {
  readonly id: string;
  /** What attaches a terminal to its tmux. */
  readonly attach: string[];
  readonly #socket: Socket;

  private constructor(id: string, attach: string[], socket: Socket) {
    this.id = id;
    this.attach = attach;
    this.#socket = socket;
  }

  /** To be called before the daemon starts. */
  static furnish(daemon: Daemon): void {
    const program = join(daemon.home, "claude");
    const player = join(import.meta.dirname, "player.js");
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${player}' "$@"\n`);
    chmodSync(program, 0o755);
    daemon.env.PATH = [daemon.home, daemon.env.PATH].join(delimiter);
  }

  static async start(daemon: Daemon): Promise<StandIn> {
    const path = join(daemon.home, "player");
    const { session } = await daemon.json("start", "-p", "claude-code", "--env", `PLAYER=${path}`);
    let socket: Socket | null = null;
    await until("the stand-in listens", async () => {
      socket = await opened(path).catch(() => null);
      return socket !== null;
    });
    if (!socket) throw new Error("no stand-in");
    return new StandIn(session.id, session.attach, socket);
  }

  /**
   * Writes it, and returns what was typed since the last time. `asks`: not before tmux has read it,
   * which it cannot say in the middle of a sequence.
   */
  writes(bytes: string | Uint8Array, asks = true): Promise<string> {
    return this.#does({ bytes: Buffer.from(bytes).toString("base64"), asks });
  }

  /** Writes back what is typed, or no more. */
  async echoes(echoes: boolean): Promise<void> {
    await this.#does({ bytes: "", echoes });
  }

  /** Writes so many bytes in lines; tells each key by a title meanwhile, `key 1` the first. */
  async floods(size: number): Promise<void> {
    await this.#does({ bytes: "", size });
  }

  async #does(order: object): Promise<string> {
    const answered = new Promise<string>((resolve) => {
      let line = "";
      const hear = (data: Buffer) => {
        line += data;
        if (!line.endsWith("\n")) return;
        this.#socket.off("data", hear);
        resolve(JSON.parse(line).typed);
      };
      this.#socket.on("data", hear);
    });
    this.#socket.write(`${JSON.stringify(order)}\n`);
    return answered;
  }

  /** Asks tmux something about the terminal. */
  tmux(...command: string[]): string[] {
    const [program = "tmux", flag = "-S", socket = ""] = this.attach;
    return [program, flag, socket, ...command];
  }

  close(): void {
    this.#socket.destroy();
  }
}

function opened(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}
