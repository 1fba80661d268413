import type { ButtonHTMLAttributes } from "react";
import { cn } from "@/lib/cn";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:brightness-110",
  plain: "border bg-panel hover:bg-raised",
  quiet: "text-muted hover:bg-raised hover:text-text",
  danger: "border border-danger/50 bg-panel text-danger hover:bg-danger-soft",
  grave: "bg-danger text-on-danger hover:brightness-110",
} as const;

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: keyof typeof LOOKS;
  /** Said instead of `title` when it cannot be pressed: why not. */
  refusal?: string | null;
};

/** Something to press. */
export function Button({ look = "plain", refusal, className, title, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || Boolean(refusal)}
      title={refusal ?? title}
      className={cn(buttonLook(look), className)}
    />
  );
}

/** The look of a button, for links that are one. */
export function buttonLook(look: keyof typeof LOOKS): string {
  return cn(
    "target inline-flex items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium whitespace-nowrap transition-[background,filter]",
    "disabled:cursor-not-allowed disabled:opacity-50",
    LOOKS[look],
  );
}

type IconProps = Omit<Props, "children" | "look"> & { label: string; children: React.ReactNode };

/** A button that shows an icon, and says its label. */
export function IconButton({ label, className, ...rest }: IconProps) {
  return (
    <Button
      look="quiet"
      aria-label={label}
      title={label}
      {...rest}
      className={cn("target-square !px-0 [&_svg]:size-[18px]", className)}
    />
  );
}
