import type { Place } from "./schema-places";

/** Where the cursor is: at a field of an object, or at the value of one. */
export interface Cursor {
  place: Place;
  /** The field whose value is written; null where a field is. */
  field: string | null;
  /** Where what is being written begins. */
  from: number;
}

interface Entry {
  column: number;
  /** Null: an item of a list. */
  key: string | null;
  /** What this entry stands in. */
  object: Said;
  /** What stands below it. */
  inner: Said;
}

/** The fields of an object that were read, and their texts. */
type Said = Record<string, string>;

/** A field: a key, `:`, and what follows in its line. */
const FIELD = /^("?)([\w$-]+)\1:(?:\s+(.*))?$/;
/** A value that goes on in the lines below. */
const BLOCK = /^[|>][-+\d]*$/;

/**
 * Finds the object at `at` by the columns of the lines, which works in a text that is not whole, too.
 * Null within a text of several lines, a comment, or what is written in braces.
 */
export function cursorAt(text: string, at: number): Cursor | null {
  const root: Said = {};
  const open: Entry[] = [];
  let found: { way: Entry[]; object: Said; field: string | null; from: number } | null = null;
  /** The column of the field whose text of several lines is read. */
  let block: number | null = null;
  let start = 0;

  for (const line of text.split("\n")) {
    const isHere = at >= start && at <= start + line.length;
    // What follows the cursor is not part of what is being written.
    const read = isHere ? line.slice(0, at - start) : line;
    const indent = read.length - read.trimStart().length;
    const isBlank = read.trim() === "";
    if (block !== null && (isBlank ? !isHere || indent > block : indent > block)) {
      if (isHere) return null;
      start += line.length + 1;
      continue;
    }
    if (!isBlank) block = null;
    if ((!isBlank && !read.trimStart().startsWith("#")) || isHere) {
      const { column, rest } = enterItems(open, root, read);
      const field = FIELD.exec(rest);
      if (isHere && !field) {
        if (!/^[\w$-]*$/.test(rest)) return null;
        close(open, column);
        found = { way: [...open], object: here(open, root), field: null, from: start + column };
      }
      if (field || (isHere && rest !== "")) {
        close(open, column);
        const object = here(open, root);
        const [key, value] = field ? [field[2] ?? "", field[3]?.trim() ?? ""] : [rest, ""];
        if (isHere && field) {
          if (!/^[\w.$-]*$/.test(value)) return null;
          const from = at - value.length;
          found = { way: [...open], object, field: key, from };
        } else if (!isHere) {
          object[key] = value.replace(/^(["'])(.*)\1$/, "$2");
        }
        open.push({ column, key, object, inner: {} });
        if (BLOCK.test(value)) block = column;
      }
    }
    start += line.length + 1;
  }
  if (!found) return null;
  const way = found.way.map(({ key, inner }) => ({ key, says: inner }));
  return { place: { way, says: root }, field: found.field, from: found.from };
}

/** Goes into the items of lists that begin in a line; tells what is left of it, and where that is. */
function enterItems(open: Entry[], root: Said, line: string): { column: number; rest: string } {
  let column = line.length - line.trimStart().length;
  let rest = line.slice(column);
  for (;;) {
    const dash = /^-(\s+|$)/.exec(rest);
    if (!dash) return { column, rest };
    // An item may stand right below its list's own key.
    while (isClosedBy(open.at(-1), column)) open.pop();
    open.push({ column, key: null, object: here(open, root), inner: {} });
    column += dash[0].length;
    rest = rest.slice(dash[0].length);
  }
}

function isClosedBy(entry: Entry | undefined, column: number): boolean {
  if (!entry) return false;
  return entry.column > column || (entry.column === column && entry.key === null);
}

function close(open: Entry[], column: number): void {
  while ((open.at(-1)?.column ?? -1) >= column) open.pop();
}

const here = (open: Entry[], root: Said): Said => open.at(-1)?.inner ?? root;
