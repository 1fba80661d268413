import type { ReactNode } from "react";

interface Props {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
}

/** Nothing is here, and that is all right; or what to do about it. */
export function Empty({ icon, title, children }: Props) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-14 text-center">
      {icon && <div className="mb-1 text-muted [&_svg]:size-8 [&_svg]:stroke-[1.5]">{icon}</div>}
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-sm text-sm text-muted">{children}</div>}
    </div>
  );
}

/** It is on its way. Nothing is shown for the first moments, so that what is fast does not flicker. */
export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <div
      role="status"
      className="flex justify-center py-14 text-sm text-muted [animation:appear_0s_300ms_both]"
    >
      {label} …
    </div>
  );
}
