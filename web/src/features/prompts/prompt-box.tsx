import { useQueryClient } from "@tanstack/react-query";
import { ArrowUp, ImagePlus } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { IconButton } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { cn } from "@/lib/cn";
import { forget, recall, remember } from "@/lib/storage";
import { ImageList } from "./image-list";
import { newKey, promptsQuery, sendPrompt, uploadImage } from "./queries";
import { type Image, useImages } from "./use-images";

interface Props {
  sessionId: string;
  /** Why nothing can be sent now. */
  refusal: string | null;
  /** Whether the agent is busy, so that a prompt waits. */
  isBusy: boolean;
  input: RefObject<HTMLTextAreaElement | null>;
}

/** What is being sent. */
interface Attempt {
  text: string;
  images: Image[];
  key: string;
  /** Where the pictures are, once they were handed over. */
  paths: string[] | null;
}

/** What the agent is told next. A text that was not sent stays, also over a reload. */
export function PromptBox({ sessionId, refusal, isBusy, input }: Props) {
  const draft = `draft.${sessionId}`;
  const client = useQueryClient();
  const [text, setText] = useState(() => recall<string>(draft) ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** The name of what is being sent: a second try of the same does not arrive twice. */
  const attempt = useRef<Attempt | null>(null);
  const { images, add, remove, refusal: noImage } = useImages();
  const files = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (text) remember(draft, text);
    else forget(draft);
  }, [draft, text]);

  async function send(steer: boolean) {
    if (!text.trim() || busy || refusal) return;
    const sent = images;
    if (attempt.current?.text !== text || attempt.current.images !== sent)
      attempt.current = { text, images: sent, key: newKey(), paths: null };
    const current = attempt.current;
    setBusy(true);
    setError(null);
    try {
      current.paths ??= await Promise.all(sent.map(({ file }) => uploadImage(sessionId, file)));
      await sendPrompt(sessionId, text, current.key, steer, current.paths);
      remove(sent);
      // What was typed meanwhile is the next prompt.
      setText((now) => (now.startsWith(text) ? now.slice(text.length).trimStart() : now));
      attempt.current = null;
      void client.invalidateQueries(promptsQuery(sessionId));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  function press(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    // On a phone Enter is a new line; there is a button.
    if (matchMedia("(pointer: coarse)").matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    void send(event.altKey);
  }

  const rows = Math.min(6, text.split("\n").length);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(false);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        add(event.dataTransfer.files);
      }}
      className="px-2 py-2 sm:px-3"
    >
      <ImageList images={images} onRemove={(image) => remove([image])} />
      {noImage && (
        <p role="alert" className="mb-2 text-[13px] text-danger">
          {noImage}
        </p>
      )}
      {error !== null && <ErrorNote error={error} className="mb-2" />}
      <div className="flex items-end gap-2 rounded-xl border bg-panel p-1 focus-within:border-accent">
        <IconButton label="Add a picture" onClick={() => files.current?.click()}>
          <ImagePlus aria-hidden />
        </IconButton>
        <input
          ref={files}
          type="file"
          aria-label="Pictures for the prompt"
          accept="image/png,image/jpeg,image/gif,image/webp"
          multiple
          hidden
          onChange={(event) => {
            add(event.target.files ?? []);
            event.target.value = "";
          }}
        />
        <textarea
          ref={input}
          aria-label="Prompt"
          rows={rows}
          placeholder={
            refusal ?? (isBusy ? "Prompt for when it is done" : "Tell the agent what to do")
          }
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            add(event.clipboardData.files);
          }}
          className="min-h-9 flex-1 resize-none bg-transparent px-2.5 py-1.5 text-base outline-none placeholder:text-muted sm:text-sm pointer-coarse:min-h-11 pointer-coarse:py-2.5"
        />
        <button
          type="submit"
          aria-label={isBusy ? "Queue" : "Send"}
          title={refusal ?? (isBusy ? "Queue (Enter); Alt-Enter says it at once" : "Send (Enter)")}
          disabled={busy || refusal !== null || !text.trim()}
          className={cn(
            "target-square flex items-center justify-center rounded-lg disabled:text-muted",
            text.trim() && !refusal && "bg-accent text-on-accent",
          )}
        >
          <ArrowUp aria-hidden className="size-4.5" />
        </button>
      </div>
    </form>
  );
}
