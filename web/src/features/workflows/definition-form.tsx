import type { CompletionContext } from "@codemirror/autocomplete";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { WorkflowProblem } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { offersAt } from "./completion";
import { Editor, type EditorHandle } from "./editor";
import { ProblemList } from "./problem-list";
import { schemaQuery, validate } from "./queries";

interface Props {
  /** What is kept of it. */
  source: string;
  /** What the button says. */
  action: string;
  onSave: (source: string) => Promise<void>;
}

/** The text of a workflow, looked through while it is written. */
export function DefinitionForm({ source, action, onSave }: Props) {
  const client = useQueryClient();
  useQuery(schemaQuery);
  const [text, setText] = useState(source);
  const [checked, setChecked] = useState<{ text: string; problems: WorkflowProblem[] } | null>(
    null,
  );
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const isChanged = text !== source;
  const isNew = action !== "Save";
  const blocker = useBlocker({
    shouldBlockFn: () => isChanged,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  });

  async function check(text: string) {
    try {
      const problems = await validate(text);
      setChecked({ text, problems });
      return problems;
    } catch (problem) {
      setError(problem);
      return [];
    }
  }

  async function complete(context: CompletionContext) {
    const schema = await client.ensureQueryData(schemaQuery).catch(() => null);
    const found = schema && offersAt(schema, context.state.doc.toString(), context.pos);
    // An empty place is full of possibilities; they are told who asks for them.
    if (!found || (found.from === context.pos && !context.explicit)) return null;
    return {
      from: found.from,
      validFor: /^[\w$-]*$/,
      options: found.offers.map(({ label, text, description, kind, isRequired }) => ({
        label,
        apply: text,
        info: description,
        detail: isRequired ? "needed" : "",
        type: kind === "field" ? "property" : "enum",
        boost: isRequired ? 1 : 0,
      })),
    };
  }

  async function save() {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await onSave(text);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="space-y-3">
      <Editor
        ref={editor}
        source={source}
        label="Definition"
        onChange={(text) => {
          setText(text);
          setError(null);
        }}
        onSave={save}
        check={check}
        complete={complete}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="text-sm text-muted">
          {checked?.text !== text
            ? "Looking through it …"
            : checked.problems.length === 0
              ? "Nothing is wrong with it."
              : checked.problems.length === 1
                ? "One thing is wrong with it."
                : `${checked.problems.length} things are wrong with it.`}
        </p>
        <Button
          look="primary"
          disabled={busy}
          refusal={isChanged || isNew ? null : "Nothing was changed"}
          onClick={save}
        >
          {action}
        </Button>
      </div>
      {checked && (
        <ProblemList
          problems={checked.problems}
          onGoTo={(line, column) => editor.current?.goTo(line, column)}
        />
      )}
      {error !== null && <ErrorNote error={error} />}
      <Dialog
        open={blocker.status === "blocked"}
        onClose={() => blocker.reset?.()}
        title="Leave without saving?"
      >
        <p className="text-sm text-muted">What you changed in the definition would be lost.</p>
        <DialogActions>
          <Button autoFocus onClick={() => blocker.reset?.()}>
            Stay
          </Button>
          <Button look="grave" onClick={() => blocker.proceed?.()}>
            Leave
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  );
}
