import { GitBranch } from "lucide-react";
import { Plain } from "@/components/plain";
import { plainText } from "@/lib/plain-text";

/** The git branch that a session is on. */
export function Branch({ name }: { name: string }) {
  return (
    <span
      title={`git branch ${plainText(name)}`}
      className="inline-flex min-w-0 items-center gap-1"
    >
      <GitBranch aria-label="branch" className="size-3 shrink-0" />
      <span className="truncate">
        <Plain text={name} />
      </span>
    </span>
  );
}
