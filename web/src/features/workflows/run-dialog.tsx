import { type FormEvent, useState } from "react";
import { explain } from "@/api/client";
import type { Workflow } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog, DialogActions } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { TextArea, TextField } from "@/components/field";
import { Ticked } from "@/components/ticked";
import { asTyped, type Input, inputsOf, type Typed, valuesOf } from "./inputs";
import { runWorkflow } from "./queries";

interface Props {
  workflow: Workflow;
  /** What an earlier execution was given. */
  variables?: Record<string, unknown>;
  onClose: () => void;
  onRun: (executionId: string) => void;
}

/** Asks for the inputs of a workflow, and runs it. */
export function RunDialog({ workflow, variables = {}, onClose, onRun }: Props) {
  const inputs = inputsOf(workflow);
  const [typed, setTyped] = useState<Typed>(() =>
    Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, asTyped(value)])),
  );
  const [isRehearsal, setRehearsal] = useState(false);
  const [wasTried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { values, problems } = valuesOf(inputs, typed);
  const refused = error === null ? null : explain(error);

  async function run(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (busy || Object.keys(problems).length > 0) return;
    setBusy(true);
    setError(null);
    try {
      const provider = isRehearsal && { provider: "demo" };
      onRun((await runWorkflow(workflow.id, { variables: values, ...provider })).executionId);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} title={`Run ${workflow.name}`} wide>
      <form onSubmit={run} className="space-y-4" noValidate>
        {workflow.description && (
          <p className="text-sm text-muted">
            <Ticked text={workflow.description} />
          </p>
        )}
        {inputs.map((input) => (
          <InputField
            key={input.name}
            input={input}
            value={typed[input.name] ?? input.byDefault}
            error={
              (wasTried && problems[input.name]) ||
              (refused?.field?.split(".").at(-1) === input.name ? refused.message : null)
            }
            onChange={(value) => {
              setTyped({ ...typed, [input.name]: value });
              setError(null);
            }}
          />
        ))}
        {inputs.length === 0 && <p className="text-sm text-muted">It needs nothing.</p>}
        <Switch
          label="Rehearse with the demo agent"
          hint="It takes the place of every agent. Commands and questions are real."
          isOn={isRehearsal}
          onChange={setRehearsal}
        />
        {error !== null && <ErrorNote error={error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {busy ? "Starting …" : isRehearsal ? "Rehearse" : "Run"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  input: Input;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

function InputField({ input, value, error, onChange }: FieldProps) {
  const { name, type, description, isRequired } = input;
  if (type === "boolean") {
    return (
      <Switch
        label={name}
        hint={description}
        isOn={value === "true"}
        onChange={(isOn) => onChange(String(isOn))}
      />
    );
  }
  const common = {
    label: isRequired ? name : `${name} (optional)`,
    hint: description && <Ticked text={description} />,
    error,
    required: isRequired,
    value,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  if (type === "number") return <TextField {...common} inputMode="decimal" />;
  if (type === "list")
    return (
      <TextArea
        {...common}
        hint={<>{description && `${description}. `}A list in JSON.</>}
        rows={3}
        className="font-mono"
        spellCheck={false}
        placeholder='["a", "b"]'
      />
    );
  return <TextArea {...common} rows={value.length > 60 || value.includes("\n") ? 4 : 1} />;
}

interface SwitchProps {
  label: string;
  hint?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Switch({ label, hint, isOn, onChange }: SwitchProps) {
  return (
    <label className="target flex items-start gap-3 py-2">
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        className="mt-0.5 size-5 shrink-0 accent-(--accent)"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <span className="block text-sm font-medium">{label}</span>
        {hint && <span className="block text-[13px] text-muted">{hint}</span>}
      </span>
    </label>
  );
}
