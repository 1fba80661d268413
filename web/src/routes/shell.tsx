import { Outlet, useMatchRoute } from "@tanstack/react-router";
import { useState } from "react";
import { Toaster } from "sonner";
import { SecondLook } from "@/features/auth/second-look";
import { cn } from "@/lib/cn";
import { useShortcuts } from "@/lib/shortcuts";
import { useTheme } from "@/lib/theme";
import { BottomNav } from "./bottom-nav";
import { Commands } from "./commands";
import { ConnectionBanner } from "./connection-banner";
import { KeysHelp } from "./keys-help";
import { NewSession } from "./new-session";
import { Sidebar } from "./sidebar";
import { useAhead } from "./use-ahead";
import { useGo } from "./use-go";
import { useLiveUpdates } from "./use-live-updates";
import { useTitle } from "./use-title";

/** The frame around every page: the sessions at the left, on a phone the ways at the bottom. */
export function Shell() {
  const go = useGo();
  const theme = useTheme();
  const inSession = Boolean(useMatchRoute()({ to: "/sessions/$id" }));
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  useLiveUpdates();
  useAhead();
  useTitle();
  useShortcuts({
    "mod+k": () => setOpen(open === "palette" ? null : "palette"),
    "?": () => setOpen("keys"),
    n: go.newSession,
    i: go.inbox,
    "/": go.search,
    j: () => go.neighbour(1),
    k: () => go.neighbour(-1),
  });

  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-panel focus:p-3"
      >
        Skip to the content
      </a>
      <ConnectionBanner />
      <div className="flex min-h-0 flex-1">
        <Sidebar onPalette={() => setOpen("palette")} />
        <main id="main" className="min-w-0 flex-1">
          <Outlet />
        </main>
      </div>
      <div className={cn("md:hidden", inSession && "hidden")}>
        <BottomNav onMore={() => setOpen("palette")} />
      </div>
      <NewSession />
      {open === "palette" && (
        <Commands onClose={() => setOpen(null)} onKeys={() => setOpen("keys")} />
      )}
      <KeysHelp open={open === "keys"} onClose={() => setOpen(null)} />
      <SecondLook />
      <Toaster theme={theme} position="top-center" richColors closeButton />
    </div>
  );
}
