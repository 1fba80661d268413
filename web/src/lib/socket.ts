/** Where a connection is: `waiting` until `retryAt` (ms), or `closed` for good by one of `finalCodes`. */
export type SocketState =
  | { phase: "connecting" }
  | { phase: "open" }
  | { phase: "waiting"; retryAt: number; attempt: number }
  | { phase: "closed"; code: number; reason: string };

/** What a connection is for. */
export interface SocketOptions {
  /** Asked anew for each attempt, so that it may say where to go on. */
  url: () => string;
  protocol?: string;
  /** Codes of a close after which trying again is useless. */
  finalCodes: readonly number[];
  onOpen?: () => void;
  onMessage: (data: string | ArrayBuffer) => void;
}

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** A connection that lives so long has recovered: its back-off begins anew. */
const STEADY_MS = 5000;

/** How long to wait before the attempt of that number, the first being 0. Half of it is chance. */
export function backOff(attempt: number, chance: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(longest / 2 + (longest / 2) * chance);
}

/** A WebSocket that comes back by itself, and says at any time where it is. It never gives up. */
export class ReconnectingSocket {
  #options: SocketOptions;
  #socket: WebSocket | null = null;
  #state: SocketState = { phase: "connecting" };
  #attempt = 0;
  #openedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SocketState => this.#state;

  /** Connects, now, whatever it was waiting for. */
  readonly connect = (): void => {
    this.#drop();
    this.#become({ phase: "connecting" });
    const socket = new WebSocket(this.#options.url(), this.#options.protocol);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      this.#openedAt = Date.now();
      this.#become({ phase: "open" });
      this.#options.onOpen?.();
    };
    socket.onmessage = (event) => this.#options.onMessage(event.data);
    socket.onclose = (event) => this.#lost(event.code, event.reason);
  };

  /** Connects now if it only waits to. */
  readonly retryNow = (): void => {
    if (this.#state.phase === "waiting") this.connect();
  };

  /** Whether it was taken; what cannot be sent is the caller's to say, not ours to keep. */
  send(data: string): boolean {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(data);
    return true;
  }

  /** Ends it. */
  close(): void {
    this.#drop();
    this.#listeners.clear();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost(code: number, reason: string): void {
    this.#socket = null;
    if (this.#options.finalCodes.includes(code)) {
      this.#become({ phase: "closed", code, reason });
      return;
    }
    const wasSteady = this.#openedAt > 0 && Date.now() - this.#openedAt >= STEADY_MS;
    if (wasSteady) this.#attempt = 0;
    this.#openedAt = 0;
    const wait = backOff(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#timer = setTimeout(this.connect, wait);
    this.#become({ phase: "waiting", retryAt: Date.now() + wait, attempt: this.#attempt });
  }

  #become(state: SocketState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The address of a WebSocket of this daemon. */
export function socketUrl(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}
