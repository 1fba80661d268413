import type { Terminal } from "@xterm/xterm";
import type { Page } from "playwright-core";

declare global {
  interface Window {
    /** The terminal that is measured. */
    measured: Terminal;
    listen(): void;
    /** How long the key took that is pressed after `listen`. */
    echo: Promise<number>;
  }
}

/**
 * Lets `window.listen` measure how long the next key takes: from the event of the key to the end of
 * the frame in which xterm.js has drawn what came back.
 */
export async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.listen = () => {
      window.echo = new Promise((resolve) => {
        const place = () => {
          const { cursorX, cursorY, baseY } = window.measured.buffer.active;
          return (cursorY + baseY) * 10_000 + cursorX;
        };
        const before = place();
        let begin = 0;
        addEventListener("keydown", () => (begin = performance.now()), {
          capture: true,
          once: true,
        });
        const drawing = window.measured.onRender(() => {
          if (!begin || place() === before) return;
          drawing.dispose();
          // A task of its own comes after the frame that this is part of.
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve(performance.now() - begin);
          channel.port2.postMessage(null);
        });
      });
    };
  });
}

/** Types so many keys, one after the echo of the other, and returns how long each took. */
export async function echoes(page: Page, count: number): Promise<number[]> {
  await page.locator(".xterm-helper-textarea").focus();
  const times: number[] = [];
  for (let key = 0; key < count; key++) {
    // So that keys do not fall in step with frames.
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 20));
    await page.evaluate(() => window.listen());
    await page.keyboard.press(String.fromCharCode(97 + (key % 26)));
    times.push(await page.evaluate(() => window.echo));
  }
  return times;
}
