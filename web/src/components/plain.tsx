import { plainPieces } from "@/lib/plain-text";

interface Props {
  text: string;
  /** Whether it is only said, in a language, and not to be run or opened. */
  prose?: boolean;
}

/** A text that somebody else wrote, with every character of it to be seen and nothing else moved by it. */
export function Plain({ text, prose = false }: Props) {
  const pieces = plainPieces(text, prose).map((piece, at) =>
    typeof piece === "string" ? (
      piece
    ) : (
      <span key={at} title="Written as an escape: it would not be seen" className="unseen">
        {piece.shown}
      </span>
    ),
  );
  return <bdi>{pieces}</bdi>;
}
