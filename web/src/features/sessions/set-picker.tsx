/** A set that a session may be given. */
interface Choice {
  id: string;
  name: string;
  note?: string | null | undefined;
  /** Every session gets it. */
  isGiven?: boolean;
}

interface Props {
  legend: string;
  sets: Choice[];
  value: string[];
  onChange: (ids: string[]) => void;
}

/** The sets that the session gets, in the order in which they were chosen. */
export function SetPicker({ legend, sets, value, onChange }: Props) {
  const toggle = (id: string) =>
    onChange(value.includes(id) ? value.filter((v) => v !== id) : [...value, id]);
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      {sets.map((set) => (
        <label key={set.id} className="target flex items-center gap-3 text-sm">
          <input
            type="checkbox"
            className="size-4.5 accent-(--accent)"
            checked={set.isGiven || value.includes(set.id)}
            disabled={set.isGiven}
            onChange={() => toggle(set.id)}
          />
          <span className="min-w-0">
            {set.name}
            <span className="block text-[13px] text-muted">{set.note}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
