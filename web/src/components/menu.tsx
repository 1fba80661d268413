import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A button's menu. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-52 rounded-xl border bg-panel p-1 shadow-xl"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ItemProps {
  icon: ReactNode;
  children: ReactNode;
  onSelect: () => void;
  /** Why it cannot be chosen now; shown below it. */
  refusal?: string | null;
  danger?: boolean;
  checked?: boolean;
}

/** Something to choose in a menu. */
export function MenuItem({ icon, children, onSelect, refusal, danger, checked }: ItemProps) {
  return (
    <Radix.Item
      disabled={Boolean(refusal)}
      onSelect={onSelect}
      className={cn(
        "target flex items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none select-none [&_svg]:size-4 [&_svg]:shrink-0",
        "data-highlighted:bg-raised data-disabled:text-muted",
        danger && !refusal && "text-danger data-highlighted:bg-danger-soft",
      )}
    >
      {icon}
      <span className="min-w-0">
        {children}
        {refusal && <span className="block text-xs">{refusal}</span>}
      </span>
      {checked && <span className="ml-auto text-accent">✓</span>}
    </Radix.Item>
  );
}

/** A line between parts of a menu. */
export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
