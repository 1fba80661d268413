import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backOff, ReconnectingSocket } from "./socket";

class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 0;
  binaryType = "";
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(data: string) {
    this.sent.push(data);
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
}

const latest = () => FakeSocket.made.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function connected() {
  let offset = 0;
  const socket = new ReconnectingSocket({
    url: () => `ws://x/?from=${offset}`,
    finalCodes: [4401],
    onMessage: () => {
      offset += 7;
    },
  });
  socket.connect();
  latest().open();
  return socket;
}

test("comes back by itself, asks anew where to go on, and never gives up", () => {
  const socket = connected();
  latest().onmessage?.({ data: "x" });
  for (let i = 0; i < 40; i += 1) {
    latest().lose(1006);
    expect(socket.state().phase).toBe("waiting");
    vi.advanceTimersByTime(15_000);
    expect(FakeSocket.made).toHaveLength(i + 2);
  }
  expect(latest().url).toBe("ws://x/?from=7");
  latest().open();
  expect(socket.state()).toEqual({ phase: "open" });
});

test("what is sent while it is down is refused, not kept", () => {
  const socket = connected();
  expect(socket.send("a")).toBe(true);
  latest().lose(1006);
  expect(socket.send("b")).toBe(false);
  socket.retryNow();
  latest().open();
  expect(latest().sent).toEqual([]);
});

test("being signed out is final: no attempt follows", () => {
  const socket = connected();
  latest().lose(4401);
  vi.advanceTimersByTime(60_000);
  expect(socket.state()).toMatchObject({ phase: "closed", code: 4401 });
  expect(FakeSocket.made).toHaveLength(1);
});

test("a connection that is closed on purpose stays closed", () => {
  const socket = connected();
  latest().lose(1006);
  socket.close();
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.made).toHaveLength(1);
});

test("waits grow to 15 seconds and are never all alike", () => {
  expect([0, 1, 2, 10, 1000].map((attempt) => backOff(attempt, 1))).toEqual([
    500, 1000, 2000, 15_000, 15_000,
  ]);
  expect(backOff(10, 0)).toBe(7500);
});
