import { useQuery } from "@tanstack/react-query";
import { Folder, FolderGit2, FolderOpen } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { Plain } from "@/components/plain";
import { cn } from "@/lib/cn";
import { type Place, recentQuery } from "./directories";
import { DirectoryBrowser } from "./directory-browser";
import { projectOf } from "./words";

interface Props {
  value: string;
  onChange: (path: string) => void;
  place: Place;
  error: string | null;
}

const CHIPS = 5;

/** Where the agent works: typed, chosen from where others worked, or looked for. */
export function DirectoryField({ value, onChange, place, error }: Props) {
  const recent = useQuery(recentQuery).data ?? [];
  const [isBrowsing, setBrowsing] = useState(false);
  return (
    <div className="space-y-2">
      <div className="flex items-start gap-2 [&>:first-child]:min-w-0 [&>:first-child]:flex-1">
        <TextField
          label="Directory"
          placeholder="~/project"
          className="font-mono text-[13px]"
          list="known-folders"
          required
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          value={value}
          error={error ?? place.problem}
          hint={<Found place={place} />}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button
          className="mt-[1.65rem]"
          aria-expanded={isBrowsing}
          onClick={() => setBrowsing(!isBrowsing)}
        >
          <FolderOpen aria-hidden className="size-4" /> {isBrowsing ? "Done" : "Browse"}
        </Button>
      </div>
      <datalist id="known-folders">
        {[...new Set([...recent.map((r) => r.path), ...place.completions])].map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      {isBrowsing ? (
        <DirectoryBrowser path={place.listing?.path ?? null} onChange={onChange} />
      ) : (
        recent.length > 0 && (
          <ul aria-label="Recent directories" className="flex flex-wrap gap-1.5">
            {recent.slice(0, CHIPS).map(({ path, branch }) => (
              <li key={path} className="min-w-0 max-w-full">
                <button
                  type="button"
                  title={path}
                  onClick={() => onChange(path)}
                  className={cn(
                    "target flex max-w-full items-center gap-1.5 rounded-lg border px-2.5 text-[13px] hover:bg-raised [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-muted",
                    path === place.listing?.path && "border-accent bg-accent-soft",
                  )}
                >
                  {branch ? <FolderGit2 aria-hidden /> : <Folder aria-hidden />}
                  <span className="truncate">{projectOf({ cwd: path })}</span>
                  {branch && <span className="truncate text-muted">{branch}</span>}
                </button>
              </li>
            ))}
          </ul>
        )
      )}
    </div>
  );
}

/** What stands there. It takes its line also while nothing is known, so that nothing jumps. */
function Found({ place: { listing } }: { place: Place }) {
  if (!listing) return <>&nbsp;</>;
  if (listing.branch === null) return "No git repository";
  return (
    <>
      Git, on{" "}
      <code className="code break-all">
        <Plain text={listing.branch} />
      </code>
    </>
  );
}
