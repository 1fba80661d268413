import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy-button";

/** The recovery codes, which are shown this once. */
export function RecoveryCodes({ codes, onSaved }: { codes: string[]; onSaved: () => void }) {
  const [isSaved, setSaved] = useState(false);
  const text = codes.join("\n");
  return (
    <div className="space-y-4">
      <p className="text-sm text-muted">
        If you lose your authenticator, each of these lets you in once. They are shown now and never
        again.
      </p>
      <ul className="code grid gap-x-6 gap-y-1.5 rounded-xl border bg-panel p-4 text-center">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex gap-2 *:flex-1">
        <CopyButton text={text} />
        <Button onClick={() => save(text)}>
          <Download aria-hidden className="size-4" /> Download
        </Button>
      </div>
      <label className="target flex items-center gap-3 text-sm">
        <input
          type="checkbox"
          className="size-5 accent-(--accent)"
          checked={isSaved}
          onChange={(event) => setSaved(event.target.checked)}
        />
        I saved them
      </label>
      <Button look="primary" className="w-full" disabled={!isSaved} onClick={onSaved}>
        Continue
      </Button>
    </div>
  );
}

function save(text: string): void {
  const url = URL.createObjectURL(
    new Blob([`Recovery codes of CodePiper\n\n${text}\n`], { type: "text/plain" }),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = "codepiper-recovery-codes.txt";
  link.click();
  URL.revokeObjectURL(url);
}
