import { useState } from "react";
import { Button } from "@/components/button";
import { TextArea } from "@/components/field";

interface Props {
  place: string;
  text: string;
  onSave: (text: string) => void;
  onCancel: () => void;
}

/** Where a comment on a line is written. */
export function CommentBox({ place, text, onSave, onCancel }: Props) {
  const [typed, setTyped] = useState(text);
  return (
    <div className="max-w-xl space-y-2 border-y bg-panel p-3 font-sans whitespace-normal">
      <TextArea
        label={`Comment on ${place}`}
        rows={2}
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className="flex gap-2">
        <Button look="primary" disabled={!typed.trim()} onClick={() => onSave(typed)}>
          Keep
        </Button>
        <Button onClick={onCancel}>{text ? "Remove" : "Cancel"}</Button>
      </div>
    </div>
  );
}
