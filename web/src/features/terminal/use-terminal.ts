import { type RefObject, useEffect, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { keyAction } from "./keys";
import { Screen } from "./screen";
import { TerminalStream } from "./stream";
import { type ThemeName, terminalTheme } from "./themes";

const FIT_AFTER_MS = 150;
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** What happens in a terminal that its surroundings take part in. */
export interface TerminalEvents {
  onSearch: () => void;
  onLeave: () => void;
  onBell: () => void;
  /** The name that the agent has given its window. */
  onTitle: (title: string) => void;
  /** By how much it is shrunk to be seen as a whole. */
  onScale: (scale: number) => void;
  /** What is typed; returns the key's name instead where a Ctrl is held on the key strip. */
  heldKey: (data: string) => string | null;
}

/** A terminal on the page and its connection. */
export class TerminalView {
  readonly screen: Screen;
  readonly stream: TerminalStream;
  readonly #host: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The size that this viewer gave the pane last. */
  #given: { cols: number; rows: number } | null = null;

  constructor(host: HTMLElement, sessionId: string, events: TerminalEvents, look: Look) {
    this.#host = host;
    const screen = new Screen(host, terminalTheme(look.theme, look.isDark), look.fontSize);
    const stream = new TerminalStream(sessionId, screen);
    this.screen = screen;
    screen.onScale = events.onScale;
    this.stream = stream;
    this.#observer = new ResizeObserver(() => this.#roomChanged());
    this.#observer.observe(host);
    this.#hearKeys(events);
    this.#hearPaste();
    const { signal } = this.#abort;
    host.addEventListener("focusin", () => this.fit(), { signal });
    stream.connect();
  }

  /** Gives the pane the size of this viewer's room, unless it is held. */
  fit(): void {
    const size = this.screen.proposal();
    const { size: now, locked } = this.stream.state();
    if (locked || !size || !now || isSame(size, now)) return;
    this.#give(size);
  }

  /** Holds the size for everybody, or lets go of it. */
  lock(on: boolean): void {
    const size = this.screen.proposal();
    this.stream.lock(on);
    if (!on && size) this.#give(size);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#observer.disconnect();
    this.stream.close();
    this.screen.dispose();
  }

  #isActive(): boolean {
    return document.hasFocus() && this.#host.contains(document.activeElement);
  }

  #give(size: { cols: number; rows: number }): void {
    this.#given = size;
    this.stream.resize(size.cols, size.rows);
  }

  /** Whether the pane has the size of this viewer, and nobody else has given it one since. */
  #isOurs(): boolean {
    const { size } = this.stream.state();
    return size !== null && this.#given !== null && isSame(size, this.#given);
  }

  /** Something else comes and goes beside the terminal, while its keys go to the prompt box. */
  #roomChanged(): void {
    this.screen.layOut();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isActive() || (document.hasFocus() && this.#isOurs())) this.fit();
    }, FIT_AFTER_MS);
  }

  #hearKeys(events: TerminalEvents): void {
    const { terminal } = this.screen;
    terminal.onData((data) => {
      const held = events.heldKey(data);
      if (held) this.stream.keys([held]);
      else this.stream.input(data);
      // Measuring takes its time, and the key is waited for.
      this.fit();
    });
    // Mouse reports of old encodings are bytes, not text; Latin-1 keeps each as it is.
    terminal.onBinary((data) => this.stream.input(data));
    terminal.onBell(events.onBell);
    terminal.onTitleChange(events.onTitle);
    terminal.attachCustomKeyEventHandler((event) => {
      const action = keyAction(event, { hasSelection: terminal.hasSelection(), isMac: IS_MAC });
      if (action === "agent") return true;
      if (action === "paste" || action === "page") return false;
      event.preventDefault();
      if (event.type !== "keydown") return false;
      if (action === "copy") void this.#copy();
      // Ctrl-J: both agents take it for a new line in the prompt.
      else if (action === "newline") this.stream.input("\n");
      else if (action === "search") events.onSearch();
      else events.onLeave();
      return false;
    });
  }

  async #copy(): Promise<void> {
    const { terminal } = this.screen;
    if (await copyText(terminal.getSelection())) terminal.clearSelection();
    terminal.focus();
  }

  /** Before xterm.js has it: the daemon brackets it as the agent's modes ask for. */
  #hearPaste(): void {
    const paste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain");
      event.preventDefault();
      event.stopPropagation();
      if (text) this.stream.paste(text);
    };
    this.#host.addEventListener("paste", paste, { capture: true, signal: this.#abort.signal });
  }
}

function isSame(one: { cols: number; rows: number }, other: { cols: number; rows: number }) {
  return one.cols === other.cols && one.rows === other.rows;
}

/** How a terminal looks at first. */
export interface Look {
  theme: ThemeName;
  isDark: boolean;
  fontSize: number;
}

/** The terminal of that session, in `host`, once its letters are here to be measured. */
export function useTerminal(
  host: RefObject<HTMLElement | null>,
  sessionId: string,
  events: RefObject<TerminalEvents>,
  look: RefObject<Look>,
): TerminalView | null {
  const [view, setView] = useState<TerminalView | null>(null);
  useEffect(() => {
    let made: TerminalView | null = null;
    let isGone = false;
    const begin = () => {
      if (isGone || !host.current) return;
      const passOn: TerminalEvents = {
        onSearch: () => events.current.onSearch(),
        onLeave: () => events.current.onLeave(),
        onBell: () => events.current.onBell(),
        onTitle: (title) => events.current.onTitle(title),
        onScale: (scale) => events.current.onScale(scale),
        heldKey: (data) => events.current.heldKey(data),
      };
      made = new TerminalView(host.current, sessionId, passOn, look.current);
      setView(made);
    };
    document.fonts.load('13px "JetBrains Mono Variable"').then(begin, begin);
    return () => {
      isGone = true;
      made?.dispose();
      setView(null);
    };
  }, [host, sessionId, events, look]);
  return view;
}
