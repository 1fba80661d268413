import { type CSSProperties, useMemo } from "react";
import { parseScreen, type Span } from "@/lib/ansi";

const BASIC = [
  "#3b4048",
  "#e06c75",
  "#98c379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#c8ccd4",
  "#7f848e",
  "#f08a92",
  "#b1d893",
  "#f0d399",
  "#84c4f7",
  "#d79ae8",
  "#7fd0da",
  "#ffffff",
];
const STEPS = [0, 95, 135, 175, 215, 255];

/** A screen that was stored, as it stood there. */
export function LastScreen({ screen }: { screen: string }) {
  const lines = useMemo(() => parseScreen(screen.trimEnd()), [screen]);
  return (
    <section
      aria-label="The last screen"
      className="overflow-auto rounded-xl bg-[#101314] p-3 text-[#dfe3e1]"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre tabIndex={0} className="font-mono text-[13px] leading-[1.35]">
        {lines.map((spans, row) => (
          <div key={row} className="min-h-[1.35em] [direction:ltr] [unicode-bidi:isolate-override]">
            {spans.map((span, at) => (
              <span key={at} style={styleOf(span)}>
                {span.text}
              </span>
            ))}
          </div>
        ))}
      </pre>
    </section>
  );
}

function styleOf(span: Span): CSSProperties {
  const fg = span.fg === undefined ? undefined : colorOf(span.fg);
  const bg = span.bg === undefined ? undefined : colorOf(span.bg);
  return {
    color: span.inverse ? (bg ?? "#101314") : fg,
    background: span.inverse ? (fg ?? "#dfe3e1") : bg,
    fontWeight: span.bold ? 600 : undefined,
    opacity: span.dim ? 0.68 : undefined,
    fontStyle: span.italic ? "italic" : undefined,
    textDecoration: span.underline ? "underline" : undefined,
  };
}

/** The colour of that number in the palette of 256. */
function colorOf(color: number | string): string | undefined {
  if (typeof color === "string") return color;
  if (color < 16) return BASIC[color];
  if (color >= 232) return `rgb(${[0, 0, 0].map(() => 8 + (color - 232) * 10).join(" ")})`;
  const cube = color - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return `rgb(${parts.map((part) => STEPS[part] ?? 0).join(" ")})`;
}
