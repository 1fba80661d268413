import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const TONES = {
  plain: "bg-raised text-muted",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
  ok: "bg-ok-soft text-ok",
  accent: "bg-accent-soft text-accent",
} as const;

/** A word about a thing. */
export function Badge({
  tone = "plain",
  title,
  children,
}: {
  tone?: keyof typeof TONES;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={cn(
        "inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
