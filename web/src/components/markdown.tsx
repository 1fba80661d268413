import { lexer, type Token, type Tokens } from "marked";
import { createElement, Fragment, memo, type ReactNode, useMemo } from "react";
import { plainText } from "@/lib/plain-text";
import { CodeBlock } from "./code-block";
import { Plain } from "./plain";

/**
 * Markdown that somebody else wrote. It becomes elements, never HTML: tags in it are shown as text, a
 * link leads only to the web, and a picture is a link, so that nothing is fetched by reading.
 */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text]);
  return <div className="prose">{drawn(tokens)}</div>;
});

function drawn(tokens: Token[] | undefined): ReactNode[] {
  return (tokens ?? []).map((token, at) => (
    <Fragment key={at}>{element(token as Tokens.Generic)}</Fragment>
  ));
}

function element(token: Tokens.Generic): ReactNode {
  const inside = () => drawn(token.tokens);
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return <p>{inside()}</p>;
    case "heading":
      // Below the headings of the page.
      return createElement(`h${Math.min(6, token.depth + 2)}`, null, inside());
    case "code":
      return <CodeBlock code={token.text} language={(token.lang ?? "").split(/\s/)[0] ?? ""} />;
    case "blockquote":
      return <blockquote>{inside()}</blockquote>;
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    case "hr":
      return <hr />;
    case "strong":
      return <strong>{inside()}</strong>;
    case "em":
      return <em>{inside()}</em>;
    case "del":
      return <del>{inside()}</del>;
    case "codespan":
      return (
        <code>
          <Plain text={token.text} />
        </code>
      );
    case "br":
      return <br />;
    case "link":
      return link(token.href, inside());
    case "image":
      return link(token.href, <Plain text={token.text || token.href} prose />);
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "text":
      return token.tokens ? inside() : <Plain text={unescaped(token.text)} prose />;
    default:
      return <Plain text={token.type === "escape" ? token.text : token.raw} prose />;
  }
}

function list({ ordered, start, items }: Tokens.List): ReactNode {
  const rows = items.map((item, at) => (
    <li key={at} className={item.task ? "list-none" : undefined}>
      {drawn(item.tokens)}
    </li>
  ));
  return ordered ? <ol start={Number(start) || 1}>{rows}</ol> : <ul>{rows}</ul>;
}

function table({ header, rows }: Tokens.Table): ReactNode {
  const align = (cell: Tokens.TableCell) =>
    cell.align === "right" ? "text-right" : cell.align === "center" ? "text-center" : undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keys
    <div className="my-3 overflow-x-auto" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell, at) => (
              <th key={at} className={align(cell)}>
                {drawn(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} className={align(cell)}>
                  {drawn(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function link(href: string, inside: ReactNode): ReactNode {
  if (!/^(https?:|mailto:)/i.test(href)) return <span title={plainText(href)}>{inside}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={plainText(href)}>
      {inside}
    </a>
  );
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
}
