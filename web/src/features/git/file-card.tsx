import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";
import type { Drafts } from "./comments";
import { DiffLines } from "./diff-lines";
import { parseDiff } from "./parse";
import { type ChangedFile, diffQuery, pictureUrl, type View } from "./queries";

const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

interface Props {
  sessionId: string;
  view: View;
  file: ChangedFile;
  /** How it differs, in a word or two. */
  note: ReactNode;
  actions?: ReactNode;
  isSplit: boolean;
  drafts: Drafts;
}

/** A file that differs; what differs in it is asked for when somebody looks. */
export function FileCard({ sessionId, view, file, note, actions, isSplit, drafts }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="overflow-clip rounded-xl border bg-panel">
      <div className="flex flex-wrap items-center gap-1 pr-1">
        <button
          type="button"
          aria-expanded={isOpen}
          className="target flex min-w-0 flex-1 basis-60 items-center gap-2 px-3 text-left hover:bg-raised"
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronRight
            aria-hidden
            className={cn("size-4 shrink-0 text-muted transition-transform", isOpen && "rotate-90")}
          />
          <span className="code min-w-0 flex-1 break-all">
            {file.origPath && (
              <span className="text-muted">
                <Plain text={file.origPath} /> →{" "}
              </span>
            )}
            <Plain text={file.path} />
          </span>
          {note}
        </button>
        {actions}
      </div>
      {isOpen && <Content {...{ sessionId, view, file, isSplit, drafts }} />}
    </li>
  );
}

function Content({ sessionId, view, file, isSplit, drafts }: Omit<Props, "note" | "actions">) {
  const diff = useQuery(diffQuery(sessionId, view, file));
  if (diff.isPending) return <Loading />;
  if (diff.isError) return <ErrorNote error={diff.error} onRetry={() => diff.refetch()} />;
  const parsed = parseDiff(diff.data.diff);
  if (parsed.isBinary || PICTURE.test(file.path))
    return (
      <div className="border-t p-3 text-sm text-muted">
        {PICTURE.test(file.path) ? (
          <img
            alt={file.path}
            className="max-h-96 max-w-full rounded-lg border"
            src={pictureUrl(
              sessionId,
              view.kind === "commit" ? view.name : "WORKING_TREE",
              file.path,
            )}
          />
        ) : (
          "It is no text."
        )}
      </div>
    );
  return (
    <>
      {parsed.hunks.length === 0 && (
        <p className="border-t p-3 text-sm text-muted">No line differs.</p>
      )}
      <DiffLines path={file.path} diff={parsed} isSplit={isSplit} drafts={drafts} />
      {diff.data.truncated && (
        <p className="border-t p-3 text-sm text-warn">There is more than can be shown here.</p>
      )}
    </>
  );
}
