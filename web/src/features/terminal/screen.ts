import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { WebglAddon } from "@xterm/addon-webgl";
import { type ITheme, Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { DirectionFilter } from "./directions";
import { cellsIn, type Size, shrinkTo } from "./fit";
import { TmuxWidths } from "./widths";

const FONT =
  '"JetBrains Mono Variable", ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
/** Below this, letters are shrunk as a picture. */
const SMALLEST_FONT = 7;
const SCROLLBACK = 10_000;
/** What xterm.js leaves at the right for its scrollbar, in CSS pixels. */
const SCROLLBAR = 14;

/** The terminal of a page: xterm.js, as large as the pane, shrunk where there is less room. */
export class Screen {
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  /** Hears by how much it is shrunk. */
  onScale: (scale: number) => void = () => {};
  readonly #host: HTMLElement;
  #fontSize: number;
  /** A cell at the full size of the letters. */
  #cell: Size = { width: 0, height: 0 };
  #unwritten = 0;
  readonly #directions = new DirectionFilter();
  readonly #observer = new ResizeObserver(() => {
    this.#measure();
    this.layOut();
    requestAnimationFrame(() => this.#doubtWebgl());
  });
  #webgl: WebglAddon | null = null;

  constructor(host: HTMLElement, theme: ITheme, fontSize: number) {
    this.#host = host;
    this.#fontSize = fontSize;
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: FONT,
      fontSize,
      lineHeight: 1.15,
      macOptionClickForcesSelection: true,
      minimumContrastRatio: 4.5,
      rescaleOverlappingGlyphs: true,
      screenReaderMode: false,
      scrollback: SCROLLBACK,
      theme,
    });
    leaveQueriesToTmux(this.terminal);
    ignoreWhatTmuxIgnores(this.terminal);
    const widths = new TmuxWidths();
    this.terminal.unicode.register(widths);
    this.terminal.unicode.activeVersion = widths.version;
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(
      new WebLinksAddon((_event, uri) => window.open(uri, "_blank", "noopener,noreferrer")),
    );
    this.terminal.open(host);
    this.#drawFast();
    this.#measure();
    // What xterm.js draws gets its size later where it was not visible yet.
    const drawn = this.terminal.element?.querySelector(".xterm-screen");
    if (drawn) this.#observer.observe(drawn);
  }

  reset(bytes: Uint8Array, drawn: () => void): void {
    this.terminal.reset();
    this.#directions.reset();
    this.write(bytes, drawn);
  }

  write(bytes: Uint8Array, drawn: () => void): void {
    this.#unwritten += bytes.length;
    this.terminal.write(this.#directions.filter(bytes), () => {
      this.#unwritten -= bytes.length;
      drawn();
    });
  }

  backlog(): number {
    return this.#unwritten;
  }

  resized(cols: number, rows: number): void {
    this.terminal.resize(cols, rows);
    this.layOut();
  }

  setTheme(theme: ITheme): void {
    this.terminal.options.theme = theme;
  }

  setFontSize(fontSize: number): void {
    this.#fontSize = fontSize;
    this.terminal.options.fontSize = fontSize;
    this.#measure();
    this.layOut();
  }

  /** The size that would fill the room with letters of full size. */
  proposal(): { cols: number; rows: number } | null {
    return cellsIn(this.#room(), this.#cell);
  }

  /** Shrinks the terminal so that all of it is seen, first by smaller letters, then as a picture. */
  layOut(): void {
    const { element, cols, rows } = this.terminal;
    if (!element) return;
    const room = this.#room();
    const scale = shrinkTo(room, {
      width: cols * this.#cell.width,
      height: rows * this.#cell.height,
    });
    const letters = Math.max(SMALLEST_FONT, Math.floor(this.#fontSize * scale * 4) / 4);
    if (this.terminal.options.fontSize !== letters) this.terminal.options.fontSize = letters;
    const drawn = this.#drawn();
    const rest = scale === 1 ? 1 : shrinkTo(room, drawn);
    element.style.width = rest === 1 ? "" : `${drawn.width + SCROLLBAR}px`;
    element.style.height = rest === 1 ? "" : `${drawn.height}px`;
    element.style.transform = rest === 1 ? "" : `scale(${rest})`;
    this.onScale(scale);
  }

  dispose(): void {
    this.#observer.disconnect();
    this.terminal.dispose();
  }

  #measure(): void {
    if (this.terminal.options.fontSize !== this.#fontSize) return;
    const drawn = this.#drawn();
    this.#cell = {
      width: drawn.width / this.terminal.cols,
      height: drawn.height / this.terminal.rows,
    };
  }

  /** The size of what is drawn, transforms aside. */
  #drawn(): Size {
    const screen = this.terminal.element?.querySelector<HTMLElement>(".xterm-screen");
    return { width: screen?.offsetWidth ?? 0, height: screen?.offsetHeight ?? 0 };
  }

  #room(): Size {
    return { width: this.#host.clientWidth - SCROLLBAR, height: this.#host.clientHeight };
  }

  #drawFast(): void {
    if (!hasGraphics()) return;
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => this.#drawWithDom());
      this.terminal.loadAddon(webgl);
      this.#webgl = webgl;
    } catch {
      // No WebGL here.
    }
  }

  /** Slower, and always there. */
  #drawWithDom(): void {
    this.#webgl?.dispose();
    this.#webgl = null;
  }

  /** A browser that emulates another density miscounts its pixels, and WebGL draws beside the canvas. */
  #doubtWebgl(): void {
    const canvases = this.terminal.element?.querySelectorAll("canvas") ?? [];
    const isOff = [...canvases].some(({ width, offsetWidth }) => {
      return offsetWidth > 0 && Math.abs(width / offsetWidth / devicePixelRatio - 1) > 0.1;
    });
    if (this.#webgl && isOff) this.#drawWithDom();
  }
}

/** Renderers that emulate a graphics card. */
const EMULATED = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether a graphics card draws. Where WebGL is emulated, the page itself draws letters faster. */
function hasGraphics(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) return false;
  // Chromium does not say of SwiftShader that it is slow.
  const detail = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = context.getParameter(detail?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !EMULATED.test(String(renderer));
}

/**
 * tmux has answered what programs ask of their terminal. An answer from here as well would be
 * typed into the agent.
 */
function leaveQueriesToTmux({ parser }: Terminal): void {
  const yes = () => true;
  for (const prefix of ["", ">", "="])
    parser.registerCsiHandler({ ...(prefix && { prefix }), final: "c" }, yes);
  for (const prefix of ["", "?"]) {
    const marked = prefix ? { prefix } : {};
    parser.registerCsiHandler({ ...marked, final: "n" }, yes);
    parser.registerCsiHandler({ ...marked, intermediates: "$", final: "p" }, yes);
  }
  parser.registerCsiHandler({ prefix: ">", final: "q" }, yes);
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, yes);
  for (const color of [4, 10, 11, 12])
    parser.registerOscHandler(color, (data) => data.includes("?"));
}

/** Programs never see what these do: tmux knows nothing of them. */
function ignoreWhatTmuxIgnores({ parser }: Terminal): void {
  // Forward by tabs, right and down from here, and erasing what is not protected.
  for (const id of [
    { final: "I" },
    { final: "a" },
    { final: "e" },
    { prefix: "?", final: "J" },
    { prefix: "?", final: "K" },
  ])
    parser.registerCsiHandler(id, () => true);
}
