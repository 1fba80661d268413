import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { cn } from "@/lib/cn";
import { Ticked } from "./ticked";

/** The look of everything that is typed into. A phone zooms into what is smaller than 16 px. */
export const INPUT =
  "target w-full rounded-lg border bg-panel px-3 text-base sm:text-sm placeholder:text-muted focus-visible:outline-offset-0 aria-invalid:border-danger";

interface Labelled {
  label: string;
  hint?: ReactNode;
  error?: string | null | undefined;
}

/** A line to type into, with its label, a hint, and what is wrong with it. */
export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input id={id} {...rest} {...described(id, hint, error)} className={cn(INPUT, className)} />
    </Frame>
  );
}

/** Several lines to type into. */
export function TextArea({
  label,
  hint,
  error,
  className,
  ...rest
}: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea
        id={id}
        {...rest}
        {...described(id, hint, error)}
        className={cn(INPUT, "py-2", className)}
      />
    </Frame>
  );
}

/** One of a few, with its label. */
export function SelectField({
  label,
  hint,
  error,
  className,
  children,
  ...rest
}: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select id={id} {...rest} {...described(id, hint, error)} className={cn(INPUT, className)}>
        {children}
      </select>
    </Frame>
  );
}

function described(id: string, hint: ReactNode, error: string | null | undefined) {
  return {
    "aria-invalid": error ? true : undefined,
    "aria-describedby": error || hint ? `${id}-note` : undefined,
  };
}

function Frame({
  id,
  label,
  hint,
  error,
  children,
}: Labelled & { id: string; children: ReactNode }) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      {children}
      {(error || hint) && (
        <p
          id={`${id}-note`}
          className={cn("mt-1.5 text-[13px]", error ? "text-danger" : "text-muted")}
        >
          {error ? <Ticked text={error} /> : hint}
        </p>
      )}
    </div>
  );
}
