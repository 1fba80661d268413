/** A part of a text: as it is, or what is shown in place of characters that nobody would see. */
export type Piece = string | { shown: string };

/** Equal characters in a row are counted from here on. */
const REPEATED = 4;

// What is never seen or turns the order around: controls, formats, all but the usual blank, and letters without a shape.
const UNSEEN = /((?![\t\n ])[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{DI}\u2800])\1*| {32,}|\t{8,}/gu;
// Languages need narrow blanks and joiners, and pictures need selectors; in what is only said they do no harm.
const UNSEEN_IN_PROSE =
  /((?![\t\n ]|\p{Zs}|\p{Join_Control}|\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{DI}])\1*/gu;

/**
 * Takes a text that somebody else wrote apart, so that what is shown is all there is: each character
 * that is not seen or that reorders others becomes an escape, as `\u{202e}`, and long runs of blanks
 * are counted. `prose` leaves what ordinary writing is made of.
 */
export function plainPieces(text: string, prose = false): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(prose ? UNSEEN_IN_PROSE : UNSEEN)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ shown: shownAs(match[0]) });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** The same as one text, for names and titles. */
export function plainText(text: string): string {
  return plainPieces(text)
    .map((piece) => (typeof piece === "string" ? piece : piece.shown))
    .join("");
}

/** How equal characters in a row are shown. */
function shownAs(run: string): string {
  const [first = "", ...more] = run;
  const count = more.length + 1;
  if (first === " ") return `⟨${count} blanks⟩`;
  if (first === "\t") return `⟨${count} tabs⟩`;
  // The pictures of controls are not in every font.
  const letter = first === "\r" ? "\\r" : `\\u{${first.codePointAt(0)?.toString(16)}}`;
  return count < REPEATED ? letter.repeat(count) : `${letter}×${count}`;
}
