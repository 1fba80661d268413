import type { PolicySet } from "@/api/types";

interface Props {
  sets: PolicySet[];
  value: string[];
  onChange: (ids: string[]) => void;
}

/** The sets of policies that the session gets; those for all are there in any case. */
export function PolicySetPicker({ sets, value, onChange }: Props) {
  const toggle = (id: string) =>
    onChange(value.includes(id) ? value.filter((v) => v !== id) : [...value, id]);
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">Policy sets</legend>
      {sets.map((set) => (
        <label key={set.id} className="target flex items-center gap-3 text-sm">
          <input
            type="checkbox"
            className="size-4.5 accent-(--accent)"
            checked={set.isDefault || value.includes(set.id)}
            disabled={set.isDefault}
            onChange={() => toggle(set.id)}
          />
          <span className="min-w-0">
            {set.name}
            <span className="block text-[13px] text-muted">
              {set.isDefault ? "Every new session gets it." : set.description}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
