import type { ReactNode } from "react";
import { Logo } from "@/components/logo";

/** A page for those who are not signed in: one thing in the middle. */
export function AuthFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh justify-center px-4 py-10 sm:items-center">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-3">
          <Logo className="size-10" />
          <div>
            <p className="text-sm text-muted">CodePiper</p>
            <h1 className="text-lg leading-tight font-semibold">{title}</h1>
          </div>
        </div>
        {children}
      </div>
    </main>
  );
}
