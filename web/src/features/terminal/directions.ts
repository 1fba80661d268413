/**
 * Takes the controls of writing direction out of what is drawn: tmux gives them no cell, and where the page
 * itself draws the letters a command could stand there in another order than it is run.
 */
export class DirectionFilter {
  /** The beginning of a character whose rest has not come yet. */
  #begun: number[] = [];

  reset(): void {
    this.#begun = [];
  }

  filter(bytes: Uint8Array): Uint8Array {
    if (this.#begun.length === 0 && !bytes.includes(LEAD)) return bytes;
    const all = this.#begun.length === 0 ? bytes : Uint8Array.from([...this.#begun, ...bytes]);
    const kept = new Uint8Array(all.length);
    let length = 0;
    let from = 0;
    let until = all.length;
    for (let at = all.indexOf(LEAD); at >= 0; at = all.indexOf(LEAD, at + 1)) {
      const [, second, third] = all.subarray(at, at + 3);
      if (second === undefined || (third === undefined && isPage(second))) {
        until = at;
        break;
      }
      if (third === undefined || !isControl(second, third)) continue;
      kept.set(all.subarray(from, at), length);
      length += at - from;
      from = at + 3;
    }
    kept.set(all.subarray(from, until), length);
    this.#begun = [...all.subarray(until)];
    return kept.subarray(0, length + until - from);
  }
}

/** With which U+2000 to U+2FFF begin in UTF-8. */
const LEAD = 0xe2;

const isPage = (second: number) => second === 0x80 || second === 0x81;

/** U+202A to U+202E, which embed and override, and U+2066 to U+2069, which isolate. */
const isControl = (second: number, third: number) =>
  (second === 0x80 && third >= 0xaa && third <= 0xae) ||
  (second === 0x81 && third >= 0xa6 && third <= 0xa9);
