import type { IBufferCell, Terminal } from "@xterm/xterm";
import type { Page } from "playwright-core";
import { cell, type Picture, trimmed, underline } from "./picture";

/** What xterm.js knows of a cell beside what it documents. */
type Cell = IBufferCell & { extended?: { underlineStyle: number; urlId: number } };

interface View {
  screen: { terminal: Terminal };
  stream: { resize(cols: number, rows: number): void; state(): { size: object | null } };
  fit(): void;
  lock(on: boolean): void;
}

/** A cell as it leaves the page. */
interface RawCell {
  chars: string;
  fg: string;
  bg: string;
  line: number;
  styles: string[];
}

/** The terminal of a page. */
export class Viewer {
  constructor(readonly page: Page) {}

  /** Waits until there is a terminal. */
  async opens(url: string): Promise<void> {
    await this.page.goto(url);
    await this.isThere();
  }

  async reloads(): Promise<void> {
    await this.page.reload();
    await this.isThere();
  }

  /** Makes the pane so large for everybody, whatever room there is. */
  async holds(cols: number, rows: number): Promise<void> {
    await this.page.evaluate(
      ([cols, rows]) => {
        const view = window.terminalView();
        view?.lock(false);
        view?.stream.resize(cols, rows);
        view?.lock(true);
      },
      [cols, rows] as const,
    );
    await this.page.waitForFunction(
      ([cols, rows]) => {
        const terminal = window.terminalView()?.screen.terminal;
        return terminal?.cols === cols && terminal.rows === rows;
      },
      [cols, rows] as const,
    );
  }

  /** Columns and rows. */
  size(): Promise<string> {
    return this.page.evaluate(() => {
      const terminal = window.terminalView()?.screen.terminal;
      return `${terminal?.cols}×${terminal?.rows}`;
    });
  }

  /** Makes the pane as large as the room there is. */
  async fits(): Promise<void> {
    await this.page.evaluate(() => window.terminalView()?.fit());
  }

  async picture(): Promise<Picture> {
    const { rows, cursor } = await this.page.evaluate(() => {
      const terminal = window.terminalView()?.screen.terminal;
      if (!terminal) return { rows: [], cursor: "nowhere" };
      const buffer = terminal.buffer.active;
      const color = (mode: "P" | "RGB" | "", value: number) =>
        mode === "RGB" ? [value >> 16, (value >> 8) & 255, value & 255].join() : mode && `${value}`;
      const rows: RawCell[][] = [];
      for (let row = 0; row < terminal.rows; row++) {
        const line = buffer.getLine(buffer.baseY + row);
        const cells: RawCell[] = [];
        for (let col = 0; col < terminal.cols; col++) {
          const cell = line?.getCell(col) as Cell | undefined;
          if (!cell || cell.getWidth() === 0) continue;
          const styles = {
            bold: cell.isBold(),
            dim: cell.isDim(),
            italic: cell.isItalic(),
            blink: cell.isBlink(),
            inverse: cell.isInverse(),
            hidden: cell.isInvisible(),
            strike: cell.isStrikethrough(),
            overline: cell.isOverline(),
          };
          const fg = cell.isFgRGB() ? "RGB" : cell.isFgPalette() ? "P" : "";
          const bg = cell.isBgRGB() ? "RGB" : cell.isBgPalette() ? "P" : "";
          cells.push({
            chars: cell.getChars() || " ",
            fg: color(fg, cell.getFgColor()),
            bg: color(bg, cell.getBgColor()),
            // xterm.js underlines links, of which tmux knows nothing.
            line:
              cell.isUnderline() && !cell.extended?.urlId
                ? (cell.extended?.underlineStyle ?? 1)
                : 0,
            styles: Object.entries(styles).flatMap(([name, on]) => (on ? [name] : [])),
          });
        }
        rows.push(cells);
      }
      return { rows, cursor: `${buffer.cursorX},${buffer.cursorY}` };
    });
    const read = ({ chars, fg, bg, line, styles }: RawCell) =>
      [...chars].map((char) =>
        cell(char, { fg, bg, line: underline(line), styles: new Set(styles) }),
      );
    return { rows: rows.map((row) => trimmed(row.flatMap(read))), cursor };
  }

  private async isThere(): Promise<void> {
    await this.page.evaluate(findView);
    await this.page.waitForFunction(() => window.terminalView()?.stream.state().size);
  }
}

declare global {
  interface Window {
    terminalView(): View | null;
  }
}

/** Gives the page a way to its terminal, through what React keeps at its elements. */
function findView(): void {
  interface Hook {
    memoizedState: unknown;
    next: Hook | null;
  }
  interface Fiber {
    memoizedState: Hook | null;
    return: Fiber | null;
  }
  const isView = (state: unknown): state is View =>
    typeof state === "object" && state !== null && "screen" in state && "stream" in state;
  window.terminalView = () => {
    const host = document.querySelector(".xterm")?.parentElement;
    const key = host && Object.keys(host).find((key) => key.startsWith("__reactFiber$"));
    let fiber = key ? (host as unknown as Record<string, Fiber>)[key] : null;
    for (; fiber; fiber = fiber.return) {
      let hook = fiber.memoizedState;
      for (; hook && typeof hook === "object" && "next" in hook; hook = hook.next)
        if (isView(hook.memoizedState)) return hook.memoizedState;
    }
    return null;
  };
}
