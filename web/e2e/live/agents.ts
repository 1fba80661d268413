import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Daemon } from "./daemon";

const ROOT = join(import.meta.dirname, "../../..");
const KEY = "sk-ant-fake-0123456789abcdef";

/** What keeps Claude Code from talking to anybody else. */
const QUIET = [
  "DISABLE_TELEMETRY",
  "DISABLE_ERROR_REPORTING",
  "DISABLE_AUTOUPDATER",
  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
];

/** The real Claude Code and the real Codex, and the model on loopback that both talk to. */
export class Agents {
  readonly #model: ChildProcess;
  readonly #url: string;
  readonly #folder: string;

  private constructor(model: ChildProcess, url: string, folder: string) {
    this.#model = model;
    this.#url = url;
    this.#folder = folder;
  }

  static async start(): Promise<Agents> {
    const program = join(ROOT, "target/debug/codepiper-fake-model");
    const folder = mkdtempSync(join(tmpdir(), "cpm"));
    const args = ["--log", join(folder, "log")];
    const model = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(model.stdout, "data");
    return new Agents(model, String(line).trim(), folder);
  }

  stop(): void {
    this.#model.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The last that the model was asked in which this stands, as JSON; nothing where there is none. */
  saw(text: string): string {
    const log = readFileSync(join(this.#folder, "log"), "utf8");
    return log.split("\n").findLast((line) => line.includes(text)) ?? "";
  }

  /**
   * Makes both start there without a question, and talk to that model where the API key pays; to be
   * called before the daemon starts.
   */
  furnish(daemon: Daemon): void {
    const found = [
      installed("@anthropic-ai", /\/claude$/),
      installed("@openai", /\/vendor\/[^/]+\/bin\/codex$/),
    ];
    const folders = found.map((program) => dirname(program));
    daemon.env.PATH = [...folders, daemon.env.PATH].join(delimiter);
    daemon.env.ANTHROPIC_API_KEY = KEY;
    daemon.env.ANTHROPIC_BASE_URL = this.#url;
    daemon.env.OPENAI_API_KEY = "fake";
    daemon.env.OPENAI_BASE_URL = `${this.#url}/v1`;
    const config = {
      hasCompletedOnboarding: true,
      customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
      projects: { [realpathSync(daemon.work)]: { hasTrustDialogAccepted: true } },
    };
    writeFileSync(join(daemon.home, ".claude.json"), JSON.stringify(config));
    mkdirSync(join(daemon.home, ".claude"));
    const env = Object.fromEntries(QUIET.map((name) => [name, "1"]));
    writeFileSync(join(daemon.home, ".claude/settings.json"), JSON.stringify({ env }));
  }
}

function installed(publisher: string, program: RegExp): string {
  const packages = join(ROOT, "agents/node_modules", publisher);
  const files = readdirSync(packages, { recursive: true, encoding: "utf8" });
  const found = files.map((file) => join(packages, file)).find((file) => program.test(file));
  if (!found) throw new Error("No agents in `agents/`: run `make test`, which installs them.");
  return realpathSync(found);
}
