import { ReconnectingSocket, type SocketState, socketUrl } from "@/lib/socket";
import type { Notification } from "./schema";
import type { Approval, Session, SessionEvent } from "./types";

/** What the daemon tells by itself. */
export type News =
  | {
      topic: "sessions";
      type: "session_created" | "session_updated" | "session_deleted";
      session: Session;
    }
  | { topic: "approvals"; type: "approval_updated"; approval: Approval }
  | {
      topic: "workflows";
      type: "execution_updated";
      /** Null: any of them. */
      executionId: string | null;
    }
  | { topic: "notifications"; type: "notification_created"; notification: Notification }
  | { topic: "notifications"; type: "notification_read" | "notification_counts_updated" }
  | { topic: `session:${string}:events`; data: SessionEvent }
  | {
      topic: `session:${string}:conversation`;
      type: "conversation_updated";
      sessionId: string;
      revision: number;
    };

type Hear = (news: News) => void;

/** Close codes of the daemon. */
export const SIGNED_OUT = 4401;

/** The one connection of a page on which the daemon tells what changes. */
export class Live {
  readonly #topics = new Map<string, Set<Hear>>();
  readonly #socket: ReconnectingSocket;
  #onConnect: () => void = () => {};
  #looked: string | null = null;

  constructor() {
    this.#socket = new ReconnectingSocket({
      url: () => socketUrl("/ws"),
      finalCodes: [SIGNED_OUT],
      onOpen: () => {
        for (const topic of this.#topics.keys()) this.#tell("subscribe", topic);
        if (this.#looked) this.look(this.#looked);
        // What happened meanwhile is not told again.
        this.#onConnect();
      },
      onMessage: (data) => this.#heard(data),
    });
  }

  readonly subscribe = (listener: () => void) => this.#socket.subscribe(listener);
  readonly state = (): SocketState => this.#socket.state();
  readonly retryNow = (): void => this.#socket.retryNow();

  /** Connects; `onConnect` is called each time it is connected. */
  start(onConnect: () => void): void {
    this.#onConnect = onConnect;
    this.#socket.connect();
  }

  stop(): void {
    this.#socket.close();
  }

  /** Hears what is told under `topic`, until the returned function is called. */
  listen(topic: string, hear: Hear): () => void {
    const hearers = this.#topics.get(topic) ?? new Set();
    if (hearers.size === 0) this.#tell("subscribe", topic);
    hearers.add(hear);
    this.#topics.set(topic, hearers);
    return () => {
      hearers.delete(hear);
      if (hearers.size > 0) return;
      this.#topics.delete(topic);
      this.#tell("unsubscribe", topic);
    };
  }

  /** Says which session the person looks at. */
  look(sessionId: string | null): void {
    this.#looked = sessionId;
    this.#socket.send(JSON.stringify({ op: "presence", sessionId }));
  }

  #tell(op: "subscribe" | "unsubscribe", topic: string): void {
    this.#socket.send(JSON.stringify({ op, topic }));
  }

  #heard(data: string | ArrayBuffer): void {
    if (typeof data !== "string") return;
    const news = JSON.parse(data) as Partial<News>;
    const hearers = news.topic && this.#topics.get(news.topic);
    if (hearers) for (const hear of hearers) hear(news as News);
  }
}
