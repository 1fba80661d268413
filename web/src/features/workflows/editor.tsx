import {
  acceptCompletion,
  autocompletion,
  type CompletionSource,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { WorkflowProblem } from "@/api/types";
import { colours, look } from "./editor-look";

/** How long nobody types before the text is looked through, in milliseconds. */
const PAUSE_MS = 300;

/** What can be done with the editor from outside. */
export interface EditorHandle {
  /** Goes to a place of the text, from 1. */
  goTo: (line: number, column: number) => void;
}

interface Props {
  /** What it begins with. */
  source: string;
  label: string;
  onChange: (source: string) => void;
  onSave: () => void;
  /** Everything that is wrong with a text. */
  check: (source: string) => Promise<WorkflowProblem[]>;
  complete: CompletionSource;
  ref?: Ref<EditorHandle>;
}

/** A text with line numbers, what is wrong with it marked, and what may be written offered. */
export function Editor({ source, label, ref, ...calls }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(calls);
  latest.current = calls;
  const first = useRef(source);

  useEffect(() => {
    if (!box.current) return;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          EditorView.lineWrapping,
          yaml(),
          syntaxHighlighting(colours),
          look,
          EditorView.contentAttributes.of({
            "aria-label": label,
            spellcheck: "false",
            // Who looks for what scrolls has to find it reached by keys.
            tabindex: "0",
          }),
          autocompletion({
            override: [(context) => latest.current.complete(context)],
            icons: false,
          }),
          linter(
            async (view) => {
              const { doc } = view.state;
              const problems = await latest.current.check(doc.toString());
              return problems.map((problem) => markOf(doc, problem));
            },
            { delay: PAUSE_MS },
          ),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
          keymap.of([
            {
              key: "Mod-s",
              run: () => {
                latest.current.onSave();
                return true;
              },
            },
            // Tab goes on to the next field of the page, unless something is offered.
            { key: "Tab", run: acceptCompletion },
            ...completionKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label]);

  useImperativeHandle(ref, () => ({
    goTo(line, column) {
      const made = view.current;
      if (!made) return;
      made.dispatch({
        selection: { anchor: offsetOf(made.state.doc, line, column) },
        scrollIntoView: true,
      });
      made.focus();
    },
  }));

  return (
    <div
      ref={box}
      className="overflow-hidden rounded-xl border focus-within:outline-2 focus-within:outline-accent"
    />
  );
}

/** A problem as a mark from its place to the end of its line. */
function markOf(doc: Text, { line = 1, column = 1, message }: WorkflowProblem): Diagnostic {
  const from = offsetOf(doc, line, column);
  const to = Math.max(from, doc.lineAt(from).to);
  return { from, to, message, severity: "error" };
}

function offsetOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(from + column - 1, to);
}
