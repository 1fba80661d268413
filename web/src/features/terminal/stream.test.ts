import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TerminalStream } from "./stream";

class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: { type: string; id?: number }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.made.push(this);
  }
  send(data: string) {
    this.sent.push(JSON.parse(data));
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  lose(code: number) {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
  tell(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  frame(kind: number, offset: number, text: string) {
    const data = new Uint8Array(9 + text.length);
    data[0] = kind;
    new DataView(data.buffer).setBigUint64(1, BigInt(offset), true);
    data.set(new TextEncoder().encode(text), 9);
    this.onmessage?.({ data: data.buffer });
  }
}

const latest = () => FakeSocket.made.at(-1) as FakeSocket;
const drawn: string[] = [];
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function opened(): TerminalStream {
  const stream = new TerminalStream("s", {
    reset: (bytes) => drawn.push(`reset:${text(bytes)}`),
    write: (bytes) => drawn.push(text(bytes)),
    resized: () => {},
    backlog: () => 0,
  });
  stream.connect();
  latest().open();
  return stream;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("location", { protocol: "http:", host: "h" });
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.made = [];
  drawn.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("goes on after a break where it was, and begins anew over a gap or with another daemon", () => {
  opened();
  latest().frame(1, 100, "S");
  latest().frame(2, 100, "abc");
  latest().lose(1006);
  vi.advanceTimersByTime(15_000);
  expect(latest().url).toMatch(/stream\?from=103$/);
  latest().open();
  latest().tell({ type: "hello", cols: 80, rows: 24, offset: 105, oldest: 0 });
  latest().frame(2, 102, "cde");
  expect(drawn).toEqual(["reset:S", "abc", "de"]);

  latest().frame(2, 900, "x");
  expect(latest().url).toMatch(/stream$/);
  latest().open();
  latest().frame(1, 901, "T");
  latest().lose(1006);
  vi.advanceTimersByTime(15_000);
  latest().open();
  latest().tell({ type: "hello", cols: 80, rows: 24, offset: 5, oldest: 0 });
  expect(latest().url).toMatch(/stream$/);
  expect(drawn.slice(3)).toEqual(["reset:T"]);
});

test("typing while it is down is refused and said; keys without an ack are said to be doubtful", () => {
  const stream = opened();
  expect(stream.input("a")).toBe(true);
  latest().tell({ type: "ack", id: latest().sent[0]?.id });
  expect(stream.input("b")).toBe(true);
  latest().lose(1006);
  expect(stream.state().notice?.text).toMatch(/may not have arrived/);
  expect(stream.input("c")).toBe(false);
  expect(stream.state().notice?.text).toMatch(/not sent/);
  expect(stream.paste("x".repeat(2 * 1024 * 1024 + 1))).toBe(false);
});
