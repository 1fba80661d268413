import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/clipboard";
import { Button, IconButton } from "./button";

/** Copies a text, and says that it did. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState<"copied" | "failed" | null>(null);
  async function copy() {
    setDone((await copyText(text)) ? "copied" : "failed");
    setTimeout(() => setDone(null), 2000);
  }
  return (
    <Button onClick={copy}>
      {done === "copied" ? (
        <Check aria-hidden className="size-4" />
      ) : (
        <Copy aria-hidden className="size-4" />
      )}
      <span aria-live="polite">
        {done === "copied" ? "Copied" : done === "failed" ? "Select it and copy" : label}
      </span>
    </Button>
  );
}

interface IconProps {
  text: string;
  label?: string;
  className?: string;
}

/** The same in the size of an icon. */
export function CopyIcon({ text, label = "Copy", className }: IconProps) {
  const [isDone, setDone] = useState(false);
  async function copy() {
    if (!(await copyText(text))) return;
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  }
  return (
    <IconButton label={isDone ? "Copied" : label} onClick={copy} className={className}>
      {isDone ? <Check aria-hidden /> : <Copy aria-hidden />}
    </IconButton>
  );
}
