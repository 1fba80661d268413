import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Clock, Pencil, X } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import type { SentPrompt } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { TextArea } from "@/components/field";
import { Plain } from "@/components/plain";
import {
  cancelPrompt,
  editPrompt,
  newKey,
  promptsQuery,
  receiptWords,
  sendPrompt,
} from "./queries";

/** The prompts that wait until the agent is done, and the latest that did not arrive. */
export function PromptQueue({ sessionId }: { sessionId: string }) {
  const client = useQueryClient();
  const prompts = useQuery(promptsQuery(sessionId)).data ?? [];
  const [editing, setEditing] = useState<SentPrompt | null>(null);
  const latest = prompts.at(-1);
  const shown = prompts.filter(
    (p) => p.status === "accepted" || (p.status === "failed" && p === latest),
  );
  if (shown.length === 0) return null;

  async function takeBack(prompt: SentPrompt) {
    if (!(await attempt(cancelPrompt(prompt)))) return;
    const again = () => attempt(sendPrompt(sessionId, prompt.text, newKey(), false));
    toast("The prompt was taken back.", { action: { label: "Undo", onClick: again } });
  }

  async function attempt(deed: Promise<unknown>): Promise<boolean> {
    const done = await deed.then(
      () => true,
      (error: unknown) => {
        toast.error(explain(error).message);
        return false;
      },
    );
    await client.invalidateQueries(promptsQuery(sessionId));
    return done;
  }

  return (
    <ul aria-label="Prompts that wait" className="border-t px-3 py-1">
      {shown.map((prompt) => (
        <li key={prompt.id} className="flex items-center gap-2 text-[13px]">
          <Clock aria-hidden className="size-3.5 shrink-0 text-muted" />
          <span className="flex min-w-0 flex-1 max-sm:flex-col sm:items-center sm:gap-2">
            <span className="min-w-0 truncate sm:flex-1">
              <Plain text={prompt.text} prose />
            </span>
            <span
              className={`truncate sm:max-w-[50%] ${prompt.status === "failed" ? "text-danger" : "text-muted"}`}
            >
              <Plain text={receiptWords(prompt)} prose />
            </span>
          </span>
          {prompt.status === "accepted" && (
            <>
              <IconButton label="Change" onClick={() => setEditing(prompt)}>
                <Pencil aria-hidden />
              </IconButton>
              <IconButton label="Take back" onClick={() => takeBack(prompt)}>
                <X aria-hidden />
              </IconButton>
            </>
          )}
        </li>
      ))}
      {editing && (
        <Edit
          prompt={editing}
          onClose={() => setEditing(null)}
          onSave={(text) => {
            setEditing(null);
            void attempt(editPrompt(editing, text));
          }}
        />
      )}
    </ul>
  );
}

interface EditProps {
  prompt: SentPrompt;
  onClose: () => void;
  onSave: (text: string) => void;
}

function Edit({ prompt, onClose, onSave }: EditProps) {
  const [text, setText] = useState(prompt.text);
  return (
    <Dialog open onClose={onClose} title="Change the prompt">
      <TextArea
        label="Prompt"
        rows={6}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" disabled={!text.trim()} onClick={() => onSave(text)}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
}
