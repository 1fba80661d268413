import { Fragment, useState } from "react";
import type { Side } from "@/api/schema";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";
import { CommentBox } from "./comment-box";
import type { Drafts } from "./comments";
import { type FileDiff, type Hunk, pairs, type Row } from "./parse";
import { type Piece, useColouredLines } from "./use-coloured-lines";

const LOOKS = { " ": "", "+": "bg-ok-soft", "-": "bg-danger-soft" } as const;

interface Props {
  path: string;
  diff: FileDiff;
  isSplit: boolean;
  drafts: Drafts;
}

/** The lines of a file that differ; a press on a line's number writes a comment. */
export function DiffLines({ path, diff, isSplit, drafts }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keys
    <div tabIndex={0} className="overflow-x-auto border-t text-[13px] leading-5">
      <div className={cn("code", isSplit ? "min-w-[56rem]" : "w-max min-w-full")}>
        {diff.hunks.map((hunk, at) => (
          <HunkLines key={at} {...{ path, hunk, isSplit, drafts }} />
        ))}
      </div>
    </div>
  );
}

function HunkLines({ path, hunk, isSplit, drafts }: Omit<Props, "diff"> & { hunk: Hunk }) {
  const [open, setOpen] = useState<{ side: Side; line: number } | null>(null);
  const of = (side: "old" | "new") => hunk.rows.filter((row) => row[side] !== null);
  const [before, after] = [of("old"), of("new")];
  const code = (rows: Row[]) => rows.map(({ text }) => text).join("\n");
  const coloured = {
    old: useColouredLines(code(before), path),
    new: useColouredLines(code(after), path),
  };
  const pieces = (row: Row, side: Side) =>
    coloured[side]?.[(side === "old" ? before : after).indexOf(row)] ?? null;

  const boxBelow = (row: Row, side: Side) => {
    const line = row[side];
    if (line === null) return null;
    const draft = drafts.of(path, side, line);
    const isOpen = open?.side === side && open.line === line;
    if (!isOpen && !draft) return null;
    if (!isOpen)
      return (
        <button
          type="button"
          className="block w-full border-y bg-accent-soft px-3 py-2 text-left font-sans text-sm whitespace-pre-wrap"
          onClick={() => setOpen({ side, line })}
        >
          {draft?.text}
        </button>
      );
    return (
      <CommentBox
        place={`${path}, line ${line}${side === "old" ? " before the change" : ""}`}
        text={draft?.text ?? ""}
        onSave={(text) => {
          drafts.put({ path, side, line, text });
          setOpen(null);
        }}
        onCancel={() => {
          drafts.drop(path, side, line);
          setOpen(null);
        }}
      />
    );
  };
  const number = (row: Row | null, side: Side) => {
    const line = row?.[side] ?? null;
    if (line === null) return <span className="inline-block w-11 shrink-0" />;
    return (
      <button
        type="button"
        aria-label={`Comment on line ${line}${side === "old" ? " before the change" : ""}`}
        className="inline-block w-11 shrink-0 pr-2 text-right text-muted hover:bg-accent-soft hover:text-accent"
        onClick={() => setOpen({ side, line })}
      >
        {line}
      </button>
    );
  };
  const side = (row: Row): Side => (row.kind === "-" ? "old" : "new");

  return (
    <>
      <p className="bg-raised px-3 py-0.5 text-muted">
        <Plain text={hunk.header ? `… ${hunk.header}` : "…"} />
      </p>
      {isSplit
        ? pairs(hunk.rows).map(({ left, right }, at) => (
            <Fragment key={at}>
              <div className="grid grid-cols-2">
                <div className={cn("flex min-w-0", left && left.kind !== " " && LOOKS["-"])}>
                  {number(left, "old")}
                  <Line row={left} pieces={left && pieces(left, "old")} wrap />
                </div>
                <div className={cn("flex min-w-0", right && right.kind !== " " && LOOKS["+"])}>
                  {number(right, "new")}
                  <Line row={right} pieces={right && pieces(right, "new")} wrap />
                </div>
              </div>
              {left && left.kind === "-" && boxBelow(left, "old")}
              {right && boxBelow(right, "new")}
            </Fragment>
          ))
        : hunk.rows.map((row, at) => (
            <Fragment key={at}>
              <div className={cn("flex", LOOKS[row.kind])}>
                {number(row, side(row))}
                <span aria-hidden className="w-4 shrink-0 text-muted select-none">
                  {row.kind}
                </span>
                <Line row={row} pieces={pieces(row, side(row))} />
              </div>
              {boxBelow(row, side(row))}
            </Fragment>
          ))}
    </>
  );
}

function Line({ row, pieces, wrap }: { row: Row | null; pieces: Piece[] | null; wrap?: boolean }) {
  if (!row) return null;
  return (
    <span className={cn("min-w-0 pr-3", wrap ? "break-all whitespace-pre-wrap" : "whitespace-pre")}>
      {row.kind === "-" && <span className="sr-only">removed: </span>}
      {row.kind === "+" && <span className="sr-only">added: </span>}
      {pieces ? (
        pieces.map(({ text, role }, at) => (
          <span key={at} className={role}>
            <Plain text={text} />
          </span>
        ))
      ) : (
        <Plain text={row.text} />
      )}
    </span>
  );
}
