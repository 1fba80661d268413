import { Link } from "@tanstack/react-router";
import { Ellipsis, Inbox, PanelsTopLeft, Plus, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { useAttention } from "./use-attention";
import { useGo } from "./use-go";

const WAY =
  "relative flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-[11px] font-medium text-muted [&_svg]:size-5";
const HERE = { className: "!text-accent", "aria-current": "page" as const };

/** The ways of a phone. */
export function BottomNav({ onMore }: { onMore: () => void }) {
  const go = useGo();
  const { count } = useAttention();
  return (
    <nav aria-label="Pages" className="flex border-t bg-panel pb-[env(safe-area-inset-bottom)]">
      <Link
        to="/"
        className={WAY}
        activeOptions={{ exact: true, includeSearch: false }}
        activeProps={HERE}
      >
        <Inbox aria-hidden />
        Needs you
        {count > 0 && (
          <span className="absolute top-1.5 left-1/2 ml-1.5 min-w-4.5 rounded-full bg-warn px-1 text-center text-[11px] leading-4.5 font-semibold text-ground">
            {count}
          </span>
        )}
      </Link>
      <Link
        to="/sessions"
        className={WAY}
        activeOptions={{ exact: true, includeSearch: false }}
        activeProps={HERE}
      >
        <PanelsTopLeft aria-hidden />
        Sessions
      </Link>
      <Link
        to="/workflows"
        className={WAY}
        activeOptions={{ includeSearch: false }}
        activeProps={HERE}
      >
        <Workflow aria-hidden />
        Workflows
      </Link>
      <Way label="New" onClick={go.newSession} icon={<Plus aria-hidden />} />
      <Way label="More" onClick={onMore} icon={<Ellipsis aria-hidden />} />
    </nav>
  );
}

function Way({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <button type="button" onClick={onClick} className={cn(WAY)}>
      {icon}
      {label}
    </button>
  );
}
