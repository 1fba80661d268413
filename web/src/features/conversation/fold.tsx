import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { useFold } from "./folds";

interface Props {
  name: string;
  head: ReactNode;
  isOpenAtFirst?: boolean;
  className?: string;
  children: () => ReactNode;
}

/** Something that is opened to be read; what is in it is drawn only then. */
export function Fold({ name, head, isOpenAtFirst = false, className, children }: Props) {
  const [isOpen, toggle] = useFold(name, isOpenAtFirst);
  return (
    <div className={className}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={toggle}
        className="target flex w-full items-center gap-2 px-3 text-left text-[13px] [&>svg]:size-4 [&>svg]:shrink-0"
      >
        <span className="flex min-w-0 flex-1 items-center gap-2 [&>svg]:size-4 [&>svg]:shrink-0">
          {head}
        </span>
        <ChevronRight
          aria-hidden
          className={cn("text-muted transition-transform", isOpen && "rotate-90")}
        />
      </button>
      {isOpen && <div className="min-w-0 space-y-3 px-3 pt-1 pb-3">{children()}</div>}
    </div>
  );
}
