import { createElement, type ReactNode, useEffect, useState } from "react";
import { type Coloured, highlight } from "@/lib/highlight";
import { CopyIcon } from "./copy-button";
import { Plain } from "./plain";

/** Code in a text, coloured once it is known how. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [coloured, setColoured] = useState<{ code: string; tree: Coloured } | null>(null);
  useEffect(() => {
    let isWanted = true;
    // Without the colours the code is as good.
    highlight(code, language).then(
      (tree) => isWanted && tree && setColoured({ code, tree }),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [code, language]);
  return (
    <div className="group relative my-3">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keys
        tabIndex={0}
        className="code overflow-x-auto rounded-lg bg-raised px-3 py-2.5 pr-11"
      >
        <code>
          {coloured?.code === code ? drawn(coloured.tree.children) : <Plain text={code} />}
        </code>
      </pre>
      <CopyIcon text={code} label="Copy the code" className="absolute top-1 right-1 bg-raised" />
    </div>
  );
}

function drawn(nodes: Coloured["children"]): ReactNode[] {
  return nodes.map((node, at) => {
    if (node.type === "text") return <Plain key={at} text={node.value} />;
    if (node.type !== "element") return null;
    const names = node.properties.className;
    const className = Array.isArray(names) ? names.join(" ") : undefined;
    return createElement("span", { key: at, className }, drawn(node.children));
  });
}
