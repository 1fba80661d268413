import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import type { Session } from "@/api/types";
import { putAnswer, renameSession } from "./queries";
import { labelOf } from "./words";

/** A session's name, to be changed where it stands. */
export function SessionName({ session }: { session: Session }) {
  const [isEditing, setEditing] = useState(false);
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: (name: string | null) => renameSession(session.id, name),
    onSuccess: (renamed) => putAnswer(client, renamed),
    onError: (error) => toast.error(explain(error).message),
  });

  function finish(text: string) {
    setEditing(false);
    const name = text.trim() || null;
    if (name !== session.name) rename.mutate(name);
  }

  if (isEditing)
    return (
      <NameInput value={session.name ?? ""} onDone={finish} onCancel={() => setEditing(false)} />
    );
  return (
    <h1 className="min-w-0">
      <button
        type="button"
        onClick={() => setEditing(true)}
        title="Rename"
        className="group pointer-coarse:-my-3 pointer-coarse:min-w-11 pointer-coarse:py-3 flex max-w-full items-center gap-2 rounded text-left text-[15px] leading-snug font-semibold"
      >
        <span className="truncate">
          {rename.isPending ? (rename.variables ?? labelOf(session)) : labelOf(session)}
        </span>
        <Pencil
          aria-hidden
          className="size-3.5 shrink-0 text-muted hidden group-hover:block group-focus-visible:block"
        />
      </button>
    </h1>
  );
}

interface InputProps {
  value: string;
  onDone: (text: string) => void;
  onCancel: () => void;
}

function NameInput({ value, onDone, onCancel }: InputProps) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);

  function press(event: KeyboardEvent) {
    if (event.key === "Enter") onDone(text);
    if (event.key === "Escape") onCancel();
  }

  return (
    <input
      ref={input}
      aria-label="Name of the session"
      placeholder="No name: the folder's is shown"
      maxLength={80}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={press}
      onBlur={() => onDone(text)}
      className="w-full rounded border bg-panel px-1.5 text-[15px] font-semibold"
    />
  );
}
