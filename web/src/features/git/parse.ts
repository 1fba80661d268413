/** A line of a difference, with its places before and after. */
export interface Row {
  kind: " " | "+" | "-";
  old: number | null;
  new: number | null;
  text: string;
}

/** Lines that stand together, and what stands above them. */
export interface Hunk {
  header: string;
  rows: Row[];
}

/** A difference of one file as it is drawn. */
export interface FileDiff {
  hunks: Hunk[];
  isBinary: boolean;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** Reads what `git diff` writes of one file. */
export function parseDiff(text: string): FileDiff {
  const diff: FileDiff = { hunks: [], isBinary: /^Binary files .* differ$/m.test(text) };
  let [before, after] = [0, 0];
  let hunk: Hunk | null = null;
  for (const line of text.split("\n")) {
    const begins = HUNK.exec(line);
    if (begins) {
      [before, after] = [Number(begins[1]), Number(begins[2])];
      hunk = { header: begins[3] ?? "", rows: [] };
      diff.hunks.push(hunk);
      continue;
    }
    if (line.startsWith("diff --git ")) hunk = null;
    const kind = line[0];
    if (!hunk || (kind !== " " && kind !== "+" && kind !== "-")) continue;
    hunk.rows.push({
      kind,
      old: kind === "+" ? null : before++,
      new: kind === "-" ? null : after++,
      text: line.slice(1),
    });
  }
  return diff;
}

/** Two lines that stand side by side. */
export interface Pair {
  left: Row | null;
  right: Row | null;
}

/** The rows of a hunk side by side: what went beside what came. */
export function pairs(rows: Row[]): Pair[] {
  const paired: Pair[] = [];
  let [went, came]: [Row[], Row[]] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(went.length, came.length); at++)
      paired.push({ left: went[at] ?? null, right: came[at] ?? null });
    [went, came] = [[], []];
  };
  for (const row of rows) {
    if (row.kind === "-") {
      if (came.length > 0) flush();
      went.push(row);
    } else if (row.kind === "+") came.push(row);
    else {
      flush();
      paired.push({ left: row, right: row });
    }
  }
  flush();
  return paired;
}
