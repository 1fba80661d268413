import { TriangleAlert } from "lucide-react";

interface Props {
  value: boolean;
  onChange: (value: boolean) => void;
  refusal: string | null;
}

/** Whether the agent runs without asking, and what that means. */
export function DangerousMode({ value, onChange, refusal }: Props) {
  return (
    <div>
      <label className="target flex items-center gap-3 text-sm">
        <input
          type="checkbox"
          className="size-4.5 accent-(--danger)"
          checked={value}
          disabled={refusal !== null}
          onChange={(event) => onChange(event.target.checked)}
        />
        Run without asking (dangerous mode)
        {refusal && <span className="text-muted">{refusal}</span>}
      </label>
      {value && (
        <p
          role="alert"
          className="mt-1 flex gap-2.5 rounded-lg bg-danger-soft p-3 text-sm text-danger"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          The agent may change and delete files and talk to the network, anywhere that you may, and
          asks nobody. Rules that deny or ask still hold.
        </p>
      )}
    </div>
  );
}
