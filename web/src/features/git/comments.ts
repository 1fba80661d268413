import { useCallback, useState } from "react";
import type { CommentRequest, Side } from "@/api/schema";

/** Comments that are written and not sent. */
export interface Drafts {
  list: CommentRequest[];
  of: (path: string, side: Side, line: number) => CommentRequest | undefined;
  put: (comment: CommentRequest) => void;
  drop: (path: string, side: Side, line: number) => void;
  clear: () => void;
}

const isAt = (path: string, side: Side, line: number) => (comment: CommentRequest) =>
  comment.path === path && comment.side === side && comment.line === line;

/** Keeps them while the page is open. */
export function useDrafts(): Drafts {
  const [list, setList] = useState<CommentRequest[]>([]);
  const drop = useCallback((path: string, side: Side, line: number) => {
    setList((list) => list.filter((comment) => !isAt(path, side, line)(comment)));
  }, []);
  const put = useCallback((comment: CommentRequest) => {
    const { path, side = "new", line } = comment;
    setList((list) => [...list.filter((other) => !isAt(path, side, line)(other)), comment]);
  }, []);
  return {
    list,
    of: (path, side, line) => list.find(isAt(path, side, line)),
    put,
    drop,
    clear: useCallback(() => setList([]), []),
  };
}
