import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/clipboard";
import { Button } from "./button";

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
