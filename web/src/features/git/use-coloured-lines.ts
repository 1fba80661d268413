import { useEffect, useState } from "react";
import { type Coloured, highlight } from "@/lib/highlight";

/** A piece of a line, and the role that it has. */
export interface Piece {
  text: string;
  role?: string | undefined;
}

/** The lines of some code with the roles of their parts; none until these are known. */
export function useColouredLines(code: string, path: string): Piece[][] | null {
  const [lines, setLines] = useState<Piece[][] | null>(null);
  useEffect(() => {
    let isWanted = true;
    setLines(null);
    highlight(code, path.split(".").at(-1) ?? "").then(
      (tree) => isWanted && tree && setLines(linesOf(tree.children)),
      // Without the colours the code is as good.
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [code, path]);
  return lines;
}

function linesOf(nodes: Coloured["children"]): Piece[][] {
  const lines: Piece[][] = [[]];
  function add(nodes: Coloured["children"], role?: string) {
    for (const node of nodes) {
      if (node.type === "element") {
        const names = node.properties.className;
        add(node.children, Array.isArray(names) ? names.join(" ") : role);
      } else if (node.type === "text") {
        const [first = "", ...more] = node.value.split("\n");
        lines.at(-1)?.push({ text: first, role });
        for (const text of more) lines.push([{ text, role }]);
      }
    }
  }
  add(nodes);
  return lines;
}
