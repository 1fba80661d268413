/** A part of a text, and whether it is what was looked for. */
export interface Part {
  text: string;
  isFound: boolean;
}

/** Where the words that were looked for stand in a text; `"…"` is a row of words, `…*` a beginning. */
export function marked(text: string, wanted: string): Part[] {
  const words = [...wanted.matchAll(/"([^"]+)"|(\S+)/g)]
    .map(([, row, word]) => (row ?? word ?? "").replace(/^"|[*"]+$/g, "").trim())
    .filter(Boolean)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [{ text, isFound: false }];
  return text
    .split(new RegExp(`(${words.join("|")})`, "giu"))
    .map((part, at) => ({ text: part, isFound: at % 2 === 1 }))
    .filter((part) => part.text !== "");
}
