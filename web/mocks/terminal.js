// A terminal of the mock: recorded bytes of a real agent, or a small shell that echoes.
import { EventEmitter } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const RECORDINGS = join(import.meta.dirname, "../../crates/codepiper-providers/tests/fixtures");
const PROMPT = "\x1b[36m❯\x1b[0m ";

export class Terminal extends EventEmitter {
  /** Everything ever written; a real daemon forgets, this one does not live that long. */
  bytes = Buffer.alloc(0);
  ended = false;
  #line = "";

  constructor(session, recording) {
    super();
    this.setMaxListeners(0);
    this.session = session;
    this.isShell = !recording;
    const file = recording && join(RECORDINGS, `${recording}.bytes`);
    if (file && existsSync(file)) this.bytes = readFileSync(file);
    else
      this.write(
        `\x1b[1mA shell of the mock server.\x1b[0m It echoes; \x1b[2mflood\x1b[0m writes 10 MB, see https://example.com/docs\r\n${PROMPT}`,
      );
  }

  write(text) {
    const bytes = Buffer.from(text);
    const offset = this.bytes.length;
    this.bytes = Buffer.concat([this.bytes, bytes]);
    this.emit("output", offset, bytes);
  }

  input(data) {
    if (!this.isShell) return;
    for (const key of data) {
      if (key === "\r") this.#run();
      else if (key === "\x7f") {
        if (this.#line) this.write("\b \b");
        this.#line = this.#line.slice(0, -1);
      } else if (key === "\x03") {
        this.#line = "";
        this.write(`^C\r\n${PROMPT}`);
      } else if (key >= " ") {
        this.#line += key;
        this.write(key);
      }
    }
  }

  keys(names) {
    const bytes = { enter: "\r", backspace: "\x7f", "ctrl+c": "\x03" };
    for (const name of names) this.input(bytes[name] ?? `<${name}>`);
  }

  resize(cols, rows) {
    // What was recorded looks wrong where there are fewer columns.
    if (!this.isShell && cols < 120) return;
    Object.assign(this.session, { ptyCols: cols, ptyRows: rows });
    this.emit("resized", cols, rows);
  }

  end() {
    this.ended = true;
    this.emit("ended");
  }

  #run() {
    const line = this.#line;
    this.#line = "";
    this.write("\r\n");
    if (line === "flood")
      for (let i = 0; i < 160; i += 1)
        this.write(`${String(i).padStart(4)} ${"x".repeat(90)}\r\n`.repeat(680));
    else if (line) this.write(`you said: ${line}\r\n`);
    this.write(PROMPT);
  }
}
