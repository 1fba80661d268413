import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CornerLeftUp, Folder, FolderGit2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ErrorNote } from "@/components/error-note";
import { Plain } from "@/components/plain";
import { Ticked } from "@/components/ticked";
import { plainText } from "@/lib/plain-text";
import { directoryQuery } from "./directories";

interface Props {
  /** Where one is; null: what is typed is no directory. */
  path: string | null;
  onChange: (path: string) => void;
}

/** The directories of the daemon's machine, one level at a time. What one goes into is chosen. */
export function DirectoryBrowser({ path, onChange }: Props) {
  const [shown, setShown] = useState(path ?? "~");
  const [hidden, setHidden] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const { data, error, refetch } = useQuery({
    ...directoryQuery(shown, hidden),
    placeholderData: keepPreviousData,
  });

  useEffect(() => {
    if (path !== null) setShown(path);
  }, [path]);

  function go(to: string) {
    onChange(to);
    list.current?.scrollTo(0, 0);
    // What was pressed is about to go.
    list.current?.focus();
  }

  return (
    <div className="overflow-hidden rounded-lg border">
      <div className="flex items-center gap-3 border-b bg-raised px-3">
        <p
          aria-live="polite"
          className="code min-w-0 flex-1 truncate"
          title={data && plainText(data.path)}
        >
          <Plain text={data?.path ?? shown} />
        </p>
        <label className="target flex shrink-0 items-center gap-2 text-[13px]">
          <input
            type="checkbox"
            className="size-4.5 accent-(--accent)"
            checked={hidden}
            onChange={(event) => setHidden(event.target.checked)}
          />
          Hidden
        </label>
      </div>
      {data?.problem && (
        <p role="alert" className="px-3 pt-2 text-[13px] text-danger">
          <Ticked text={data.problem} />
        </p>
      )}
      {error && !data && <ErrorNote error={error} onRetry={() => refetch()} className="m-2" />}
      <ul
        ref={list}
        tabIndex={-1}
        aria-label="Directories"
        className="h-52 overflow-y-auto p-1 outline-none"
      >
        {data?.parent && (
          <Row icon={<CornerLeftUp aria-hidden />} onClick={() => go(data.parent ?? "/")}>
            Up
          </Row>
        )}
        {data?.entries.map((entry) => (
          <Row
            key={entry.path}
            icon={
              entry.git ? (
                <FolderGit2 aria-hidden className="!text-accent" />
              ) : (
                <Folder aria-hidden />
              )
            }
            onClick={() => go(entry.path)}
          >
            <Plain text={entry.name} />
            {entry.git && <span className="sr-only">, a git repository</span>}
          </Row>
        ))}
        {data?.entries.length === 0 && (
          <li className="px-2.5 py-2 text-[13px] text-muted">No directories in it.</li>
        )}
        {data?.truncated && (
          <li className="px-2.5 py-2 text-[13px] text-muted">
            There are more; type the beginning of the name above.
          </li>
        )}
      </ul>
    </div>
  );
}

interface RowProps {
  icon: ReactNode;
  onClick: () => void;
  children: ReactNode;
}

function Row({ icon, onClick, children }: RowProps) {
  return (
    <li>
      <button
        type="button"
        onClick={onClick}
        className="target flex w-full items-center gap-2.5 rounded-md px-2.5 text-left text-sm hover:bg-raised [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
      >
        {icon}
        <span className="min-w-0 truncate">{children}</span>
      </button>
    </li>
  );
}
