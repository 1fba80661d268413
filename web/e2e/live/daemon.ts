import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const TARGET = join(import.meta.dirname, "../../../target/debug");
const PROGRAM = process.env.CODEPIPER_PROGRAM ?? join(TARGET, "codepiper");

/** The built daemon in a home of its own, with what it takes to talk to it. */
export class Daemon {
  readonly home = mkdtempSync(join(tmpdir(), "cp"));
  readonly work = join(this.home, "work");
  /** What it and the commands find in their environment. */
  readonly env: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: this.home,
    LANG: "C.UTF-8",
    CODEPIPER_SOCKET: join(this.home, "s"),
    CODEPIPER_WS_PORT: "0",
  };
  /** Where it serves the page; a start after the first takes the same port. */
  url = "";
  #process: ChildProcess | null = null;
  #password = "";

  constructor() {
    mkdirSync(this.work);
  }

  async start(): Promise<void> {
    const port = this.url ? new URL(this.url).port : "0";
    const log = openSync(join(this.home, "log"), "a");
    this.#process = spawn(PROGRAM, ["daemon", "--web", "--port", port], {
      env: this.env,
      cwd: this.work,
      stdio: ["ignore", log, log],
    });
    await until("the daemon answers", async () => {
      if (this.#process?.exitCode !== null) throw new Error(this.log());
      const status = await this.json("daemon", "status").catch(() => null);
      if (!status?.web[0]) return false;
      this.url = `http://${status.web[0]}`;
      return true;
    });
  }

  /** `kill -9`, at once. */
  async kill(): Promise<void> {
    if (!this.#process) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
    this.#process = null;
  }

  /** Ends its sessions, then itself, and leaves nothing. */
  async remove(): Promise<void> {
    if (!this.#process) await this.start();
    const { sessions } = await this.json("sessions");
    for (const { id, status } of sessions) {
      if (status === "RUNNING" || status === "STARTING") await this.run("kill", id);
    }
    await this.kill();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Runs a command to its end and returns what it prints. */
  async run(...args: string[]): Promise<string> {
    const options = { env: this.env, cwd: this.work };
    return (await promisify(execFile)(PROGRAM, args, options)).stdout;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shapes are the daemon's to prove
  async json(...args: string[]): Promise<any> {
    return JSON.parse(await this.run(...args, "--json"));
  }

  log(): string {
    return readFileSync(join(this.home, "log"), "utf8");
  }

  /** The first password, which the daemon takes away from where it is read once it was used. */
  password(): string {
    this.#password ||= readFileSync(join(this.home, ".codepiper/first-password"), "utf8").trim();
    return this.#password;
  }
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
