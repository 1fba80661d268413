import { type FormEvent, useState } from "react";
import type { Setting } from "@/api/schema";
import { Button } from "@/components/button";
import { INPUT } from "@/components/field";

interface Props {
  setting: Setting;
  busy: boolean;
  onChange: (value: unknown) => void;
}

/** What a setting is changed with: it depends on what it may be. */
export function SettingInput({ setting, busy, onChange }: Props) {
  const [text, setText] = useState(setting.value === null ? "" : String(setting.value));
  const label = setting.unit ? `${setting.name} (${setting.unit})` : setting.name;

  if (setting.kind === "boolean")
    return (
      <label className="target flex items-center gap-3 text-sm">
        <input
          type="checkbox"
          className="size-5 accent-(--accent)"
          checked={setting.value === true}
          disabled={busy}
          onChange={(event) => onChange(event.target.checked)}
        />
        {setting.value === true ? "on" : "off"}
        <span className="sr-only">{setting.name}</span>
      </label>
    );
  if (setting.kind === "choice")
    return (
      <select
        aria-label={label}
        className={`${INPUT} mt-1`}
        value={String(setting.value)}
        disabled={busy}
        onChange={(event) => onChange(event.target.value)}
      >
        {setting.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );

  function submit(event: FormEvent) {
    event.preventDefault();
    const typed = text.trim();
    if (typed === "") onChange(null);
    else onChange(setting.kind === "number" ? Number(typed) : typed);
  }
  const isSame = text.trim() === (setting.value === null ? "" : String(setting.value));
  return (
    <form onSubmit={submit} className="mt-1 flex gap-2">
      <input
        aria-label={label}
        inputMode={setting.kind === "number" ? "numeric" : undefined}
        placeholder={setting.default === null ? "none" : String(setting.default)}
        className={INPUT}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={busy || isSame}>
        Save <span className="sr-only">{setting.name}</span>
      </Button>
    </form>
  );
}
