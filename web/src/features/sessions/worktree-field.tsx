import { TextField } from "@/components/field";

/** A git worktree that is asked for; blank fields are the daemon's choice. */
export interface Wanted {
  branch: string;
  from: string;
}

interface Props {
  /** None: it works in the directory itself. */
  value: Wanted | null;
  onChange: (wanted: Wanted | null) => void;
  /** What the directory is on. */
  current: string | null;
  errors: { branch: string | null; from: string | null };
}

/** Whether the session works in a git worktree of its own, and on what. */
export function WorktreeField({ value, onChange, current, errors }: Props) {
  const text = { spellCheck: false, autoCapitalize: "none", autoComplete: "off" };
  return (
    <fieldset>
      <legend className="sr-only">Git worktree</legend>
      <label className="target flex items-center gap-3 text-sm">
        <input
          type="checkbox"
          className="size-4.5 accent-(--accent)"
          checked={value !== null}
          onChange={(event) => onChange(event.target.checked ? { branch: "", from: "" } : null)}
        />
        <span>
          In a git worktree of its own
          <span className="block text-[13px] text-muted">
            Beside the repository; what is in it stays when the session ends.
          </span>
        </span>
      </label>
      {value && (
        <div className="mt-2 grid gap-4 sm:grid-cols-2">
          <TextField
            label="Branch"
            placeholder="A new one, after the session"
            {...text}
            value={value.branch}
            error={errors.branch}
            onChange={(event) => onChange({ ...value, branch: event.target.value })}
          />
          <TextField
            label="Begins at"
            placeholder={current ?? "What the directory is on"}
            {...text}
            value={value.from}
            error={errors.from}
            onChange={(event) => onChange({ ...value, from: event.target.value })}
          />
        </div>
      )}
    </fieldset>
  );
}
