import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { until } from "../e2e/live/daemon";

const PROGRAM = process.env.TTYD ?? "ttyd";

/** Another terminal in a browser, at the same tmux session. */
export class Ttyd {
  readonly #process: ChildProcess;

  private constructor(
    process: ChildProcess,
    readonly url: string,
  ) {
    this.#process = process;
  }

  /** Its version; null where there is none. */
  static version(): string | null {
    try {
      return execFileSync(PROGRAM, ["--version"], { encoding: "utf8" }).trim();
    } catch {
      return null;
    }
  }

  static async start(attach: string[], env: Record<string, string>): Promise<Ttyd> {
    const args = ["--port", "0", "--interface", "127.0.0.1", "--writable", ...attach];
    const child = spawn(PROGRAM, args, { env: { ...env, TERM: "xterm-256color" } });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        said += data;
      });
    await until("ttyd listens", async () => /port: \d+/.test(said));
    return new Ttyd(child, `http://127.0.0.1:${/port: (\d+)/.exec(said)?.[1]}`);
  }

  stop(): void {
    this.#process.kill();
  }
}
