// Stands in the agent's place: writes to its terminal what it is told over a socket, and answers,
// once tmux has read all of it, with what it was typed meanwhile.
import { createServer } from "node:net";
import { createInterface } from "node:readline";

if (process.argv.includes("--version")) {
  process.stdout.write("2.1.197 (Claude Code)\n");
  process.exit();
}

// A terminal answers this when it has come so far.
const ASK = "\x1b[5n";
const ANSWER = "\x1b[0n";

let typed = "";
let onTyped = () => {};
let echoes = false;
process.stdin.setRawMode(true);
process.stdin.setEncoding("latin1");
process.stdin.on("data", (data) => {
  if (echoes) process.stdout.write(data);
  typed += data;
  onTyped();
});

/** So many bytes in numbered lines; keys are told by a title meanwhile. */
async function flood(size) {
  let keys = 0;
  typed = "";
  onTyped = () => {
    keys += 1;
    process.stdout.write(`\x1b]2;key ${keys}\x07`);
  };
  for (let line = 0, written = 0; written < size; ) {
    let text = "";
    while (text.length < 16_384)
      text += `\x1b[3${line % 8}mline ${line++}\x1b[m of a flood ${"~".repeat(50)}\r\n`;
    written += text.length;
    process.stdout.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.stdout.write("the last line");
  onTyped = () => {};
}

createServer((caller) => {
  createInterface({ input: caller }).on("line", async (line) => {
    const { bytes, asks, size, ...mode } = JSON.parse(line);
    if (mode.echoes !== undefined) echoes = mode.echoes;
    if (size) await flood(size);
    process.stdout.write(Buffer.from(bytes, "base64"));
    if (asks) {
      process.stdout.write(ASK);
      await new Promise((resolve) => {
        onTyped = () => typed.includes(ANSWER) && resolve();
        onTyped();
      });
    }
    caller.write(`${JSON.stringify({ typed: typed.replace(ANSWER, "") })}\n`);
    typed = "";
  });
}).listen(process.env.PLAYER);
