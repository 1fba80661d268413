import { Plain } from "./plain";

/** A message of the daemon, with what stands in backticks as code. */
export function Ticked({ text }: { text: string }) {
  return text.split(/(`[^`]+`)/).map((part, at) =>
    part.startsWith("`") && part.length > 2 ? (
      <code key={at} className="code break-all">
        <Plain text={part.slice(1, -1)} />
      </code>
    ) : (
      <Plain key={at} text={part} prose />
    ),
  );
}
