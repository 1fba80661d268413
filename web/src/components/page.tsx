import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A page of text and lists: a title, what can be done, and the content in a readable width. */
export function Page({
  title,
  actions,
  wide,
  children,
}: {
  title: string;
  actions?: ReactNode;
  /** For what is wider than text. */
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="h-full overflow-y-auto">
      <div
        className={cn("mx-auto px-4 pt-5 pb-24 sm:px-8 sm:pt-8", wide ? "max-w-5xl" : "max-w-3xl")}
      >
        <header className="mb-5 flex min-h-9 flex-wrap items-center justify-between gap-3">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {actions}
        </header>
        {children}
      </div>
    </div>
  );
}

/** A part of a page under a heading. */
export function Section({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-8">
      <h2 className="mb-2.5 text-sm font-medium text-muted">{title}</h2>
      {children}
    </section>
  );
}
