import { Eye, EyeOff, Pencil, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { explain } from "@/api/client";
import { IconButton } from "@/components/button";
import { TextField } from "@/components/field";
import { revealVariable } from "./queries";

/** What becomes of a variable with the next saving. */
export interface Change {
  kind: "set" | "unset";
  value: string;
}

interface Props {
  setId: string;
  name: string;
  change: Change | null;
  onChange: (change: Change | null) => void;
}

/** A variable: its value is a mask until somebody asks for it, or types another one. */
export function VariableRow({ setId, name, change, onChange }: Props) {
  const [shown, setShown] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function reveal() {
    setError(null);
    try {
      setShown(await revealVariable(setId, name));
    } catch (problem) {
      setError(explain(problem).message);
    }
  }

  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-1 px-3 py-1.5">
      <div className="min-w-0 flex-1 basis-48">
        <p className="code truncate font-medium">{name}</p>
        {change?.kind === "set" ? (
          <TextField
            label={`New value of ${name}`}
            type="password"
            autoComplete="new-password"
            autoFocus
            value={change.value}
            onChange={(event) => onChange({ kind: "set", value: event.target.value })}
          />
        ) : (
          <p className="code break-all text-muted">
            {change?.kind === "unset" ? "will be removed" : (shown ?? "••••••••")}
          </p>
        )}
        {error && (
          <p role="alert" className="text-[13px] text-danger">
            {error}
          </p>
        )}
      </div>
      {change ? (
        <IconButton label={`Keep ${name} as it is`} onClick={() => onChange(null)}>
          <Undo2 aria-hidden />
        </IconButton>
      ) : (
        <>
          {shown === null ? (
            <IconButton label={`Show the value of ${name}`} onClick={reveal}>
              <Eye aria-hidden />
            </IconButton>
          ) : (
            <IconButton label={`Hide the value of ${name}`} onClick={() => setShown(null)}>
              <EyeOff aria-hidden />
            </IconButton>
          )}
          <IconButton
            label={`Replace the value of ${name}`}
            onClick={() => onChange({ kind: "set", value: "" })}
          >
            <Pencil aria-hidden />
          </IconButton>
          <IconButton
            label={`Remove ${name}`}
            onClick={() => onChange({ kind: "unset", value: "" })}
          >
            <Trash2 aria-hidden />
          </IconButton>
        </>
      )}
    </li>
  );
}
