import { useState } from "react";
import { TextField } from "@/components/field";

interface Props {
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  autoFocus?: boolean;
}

/** A code of the authenticator, or, when it is lost, a recovery code. */
export function CodeField({ value, onChange, error, autoFocus }: Props) {
  const [isRecovery, setRecovery] = useState(false);
  return (
    <div>
      {isRecovery ? (
        <TextField
          key="recovery"
          label="Recovery code"
          placeholder="xxxxx-xxxxx-xxxxx-xxxxx"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          className="font-mono"
          error={error}
          value={value}
          onChange={(event) => onChange(event.target.value.trim())}
        />
      ) : (
        <TextField
          key="totp"
          label="Code of your authenticator"
          inputMode="numeric"
          autoComplete="one-time-code"
          placeholder="000000"
          pattern="[0-9]{6}"
          maxLength={6}
          required
          autoFocus={autoFocus}
          className="font-mono tracking-[0.3em]"
          error={error}
          value={value}
          onChange={(event) => onChange(event.target.value.replace(/\D/g, ""))}
        />
      )}
      <button
        type="button"
        className="target text-[13px] text-muted underline underline-offset-2 hover:text-text"
        onClick={() => {
          onChange("");
          setRecovery(!isRecovery);
        }}
      >
        {isRecovery ? "Use the authenticator" : "Use a recovery code"}
      </button>
    </div>
  );
}
