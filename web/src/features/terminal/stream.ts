import { ReconnectingSocket, type SocketState, socketUrl } from "@/lib/socket";
import { place, readFrame } from "./frames";

/** Where the bytes go. */
export interface Sink {
  /** Draws the terminal anew. */
  reset(bytes: Uint8Array, drawn: () => void): void;
  write(bytes: Uint8Array, drawn: () => void): void;
  resized(cols: number, rows: number): void;
  /** Bytes that were written and not drawn yet. */
  backlog(): number;
}

/** What there is to say about a stream beside its bytes. */
export interface StreamState {
  socket: SocketState;
  size: { cols: number; rows: number } | null;
  /** Whether somebody keeps it so, for everybody. */
  locked: boolean;
  /** Something that a person should know; `count` grows, so that the same can be said again. */
  notice: { text: string; count: number } | null;
  ended: boolean;
}

const FINAL_CODES = [4401, 4403, 4404, 4410];
const PASTE_MAX = 2 * 1024 * 1024;
/** The daemon is told after so many bytes how far they are drawn, and sends no more than is soon drawn. */
const TOLD_AFTER = 64 * 1024;
/** A viewer that is so far behind goes on from a snapshot. */
const BACKLOG_MAX = 8 * 1024 * 1024;

type Told =
  | { type: "hello"; cols: number; rows: number; offset: number; oldest: number }
  | { type: "resized"; cols: number; rows: number }
  | { type: "locked"; on: boolean }
  | { type: "ack"; id: number }
  | { type: "error"; id?: number; code: string; message: string }
  | { type: "exit"; code: number | null; signal: number | null };

/** One viewer's connection to the terminal of a session. What cannot be sent is refused and said, never kept. */
export class TerminalStream {
  readonly #socket: ReconnectingSocket;
  readonly #sink: Sink;
  /** Where the output goes on; null when only a snapshot helps. */
  #expected: number | null = null;
  /** How far the daemon knows it to be drawn; null where this connection has not said. */
  #toldDrawn: number | null = null;
  #nextId = 1;
  readonly #unacked = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #state: StreamState;

  constructor(sessionId: string, sink: Sink) {
    this.#sink = sink;
    this.#socket = new ReconnectingSocket({
      url: () => {
        const from = this.#expected === null ? "" : `?from=${this.#expected}`;
        return socketUrl(`/api/sessions/${sessionId}/terminal/stream${from}`);
      },
      protocol: "codepiper.terminal.v1",
      finalCodes: FINAL_CODES,
      onMessage: (data) =>
        typeof data === "string" ? this.#told(JSON.parse(data)) : this.#frame(data),
    });
    this.#state = {
      socket: this.#socket.state(),
      size: null,
      locked: false,
      notice: null,
      ended: false,
    };
    this.#socket.subscribe(() => this.#moved());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): StreamState => this.#state;
  readonly retryNow = (): void => this.#socket.retryNow();

  connect(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#socket.close();
    this.#listeners.clear();
  }

  /** Keys as the terminal encodes them. */
  input(data: string): boolean {
    return this.#acked({ type: "input", data }, "the key was");
  }

  /** Keys by name, for the daemon to encode. */
  keys(keys: string[]): boolean {
    return this.#acked({ type: "keys", keys }, "the key was");
  }

  /** Text as one bracketed paste. */
  paste(text: string): boolean {
    if (text.length * 3 > PASTE_MAX && new TextEncoder().encode(text).length > PASTE_MAX) {
      this.#notice("That is more than 2 MB, which is too much to paste. Put it in a file.");
      return false;
    }
    return this.#acked({ type: "paste", text }, "the text was");
  }

  resize(cols: number, rows: number): void {
    this.#socket.send(JSON.stringify({ type: "resize", cols, rows }));
  }

  lock(on: boolean): void {
    this.#socket.send(JSON.stringify({ type: "lock", on }));
  }

  #acked(message: object, what: string): boolean {
    const id = this.#nextId;
    if (!this.#socket.send(JSON.stringify({ ...message, id }))) {
      this.#notice(
        this.#state.ended ? "The session has ended." : `Not connected: ${what} not sent.`,
      );
      return false;
    }
    this.#nextId += 1;
    this.#unacked.add(id);
    return true;
  }

  #moved(): void {
    const socket = this.#socket.state();
    if (socket.phase === "waiting" && this.#unacked.size > 0) {
      this.#notice(
        "The connection broke; the last keys may not have arrived. Look before you type them again.",
      );
    }
    if (socket.phase !== "open") {
      this.#unacked.clear();
      this.#toldDrawn = null;
    }
    this.#become({
      socket,
      ended: this.#state.ended || (socket.phase === "closed" && socket.code === 4410),
    });
  }

  #frame(data: ArrayBuffer): void {
    const frame = readFrame(data);
    if (!frame) return;
    if (frame.kind === "snapshot") {
      this.#expected = frame.offset;
      this.#sink.reset(frame.bytes, () => this.#drawn(frame.offset));
      return;
    }
    const step = place(this.#expected, frame);
    if (step.do === "resync" || this.#sink.backlog() > BACKLOG_MAX) {
      this.#resync();
    } else if (step.do === "write") {
      this.#expected = step.next;
      this.#sink.write(step.bytes, () => this.#drawn(step.next));
    }
  }

  #drawn(offset: number): void {
    if (this.#toldDrawn !== null && offset < this.#toldDrawn + TOLD_AFTER) return;
    if (this.#socket.send(JSON.stringify({ type: "drawn", offset }))) this.#toldDrawn = offset;
  }

  #told(told: Told): void {
    switch (told.type) {
      case "hello":
        // Whether it is kept is said after this, where it is.
        this.#become({ locked: false });
        // Behind what was seen: another daemon counts anew.
        if (this.#expected !== null && told.offset < this.#expected) this.#resync();
        else this.#resized(told);
        return;
      case "resized":
        this.#resized(told);
        return;
      case "locked":
        this.#become({ locked: told.on });
        return;
      case "ack":
        this.#unacked.delete(told.id);
        return;
      case "error":
        if (told.id !== undefined) this.#unacked.delete(told.id);
        this.#notice(told.message);
        return;
      case "exit":
        this.#become({ ended: true });
    }
  }

  #resized({ cols, rows }: { cols: number; rows: number }): void {
    this.#sink.resized(cols, rows);
    this.#become({ size: { cols, rows } });
  }

  #resync(): void {
    this.#expected = null;
    this.#socket.connect();
  }

  #notice(text: string): void {
    this.#become({ notice: { text, count: (this.#state.notice?.count ?? 0) + 1 } });
  }

  #become(change: Partial<StreamState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
