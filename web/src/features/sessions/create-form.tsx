import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { explain } from "@/api/client";
import type { ProviderId, Session } from "@/api/types";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { TextArea, TextField } from "@/components/field";
import { recall, remember } from "@/lib/storage";
import { DangerousMode } from "./dangerous-mode";
import { PolicySetPicker } from "./policy-set-picker";
import { ProviderPicker } from "./provider-picker";
import {
  createSession,
  policySetsQuery,
  providersQuery,
  putSession,
  sessionsQuery,
} from "./queries";

/** Fields of this form that the daemon may find wrong. */
const FIELDS = ["provider", "cwd", "model", "name", "prompt", "dangerousMode"];

/** A new session, beginning with what it is to do. */
export function CreateForm({ onCreated }: { onCreated: (session: Session) => void }) {
  const client = useQueryClient();
  const providers = useQuery(providersQuery).data ?? [];
  const sets = useQuery(policySetsQuery).data ?? [];
  const recent = recentFolders(useQuery(sessionsQuery).data ?? []);
  const [prompt, setPrompt] = useState("");
  const [chosen, setProvider] = useState<ProviderId | null>(() => recall("provider"));
  const [cwd, setCwd] = useState(recent[0] ?? "");
  const [model, setModel] = useState("");
  const [name, setName] = useState("");
  const [isDangerous, setDangerous] = useState(false);
  const [policySets, setPolicySets] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const usable = providers.filter((p) => p.installed);
  const provider = usable.find((p) => p.id === chosen) ?? usable[0];
  const problem = error === null ? null : explain(error);
  const at = (field: string) => (problem?.field === field ? problem.message : null);

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (!provider || busy) return;
    setBusy(true);
    setError(null);
    try {
      const session = await createSession(
        {
          provider: provider.id,
          cwd: cwd.trim(),
          ...(prompt.trim() && { prompt }),
          ...(model.trim() && { model: model.trim() }),
          ...(name.trim() && { name: name.trim() }),
          ...(isDangerous && { dangerousMode: true }),
        },
        policySets,
      );
      remember("provider", provider.id);
      putSession(client, session);
      onCreated(session);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  function press(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <TextArea
        label="What should it do?"
        placeholder="Fix the login redirect and add a test. Empty: it starts and waits."
        rows={3}
        autoFocus
        value={prompt}
        error={at("prompt")}
        onKeyDown={press}
        onChange={(event) => setPrompt(event.target.value)}
      />
      <ProviderPicker
        providers={providers}
        value={provider?.id ?? null}
        onChange={setProvider}
        error={at("provider")}
      />
      <TextField
        label="Directory"
        placeholder="/home/you/project"
        className="font-mono text-[13px]"
        list="recent-folders"
        required
        spellCheck={false}
        autoCapitalize="none"
        value={cwd}
        error={at("cwd")}
        onChange={(event) => setCwd(event.target.value)}
      />
      <datalist id="recent-folders">
        {recent.map((folder) => (
          <option key={folder} value={folder} />
        ))}
      </datalist>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          placeholder="The folder's"
          maxLength={80}
          value={name}
          error={at("name")}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Model"
          placeholder="The agent's own choice"
          spellCheck={false}
          autoCapitalize="none"
          value={model}
          error={at("model")}
          onChange={(event) => setModel(event.target.value)}
        />
      </div>
      {sets.length > 0 && (
        <PolicySetPicker sets={sets} value={policySets} onChange={setPolicySets} />
      )}
      <DangerousMode
        value={isDangerous}
        onChange={setDangerous}
        refusal={
          provider && !provider.capabilities.supportsDangerousMode
            ? `${provider.label} has no such mode`
            : null
        }
      />
      <div className="sticky -bottom-5 -mx-5 -mb-5 space-y-3 border-t bg-panel px-5 py-3">
        {problem && !FIELDS.includes(problem.field ?? "") && <ErrorNote error={error} />}
        <Button
          type="submit"
          look="primary"
          className="w-full"
          disabled={busy || !provider || !cwd.trim()}
        >
          {busy ? "Starting …" : "Start"}
        </Button>
      </div>
    </form>
  );
}

/** Where sessions worked, the latest first. */
function recentFolders(sessions: Session[]): string[] {
  const latestFirst = sessions.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return [...new Set(latestFirst.map((s) => s.cwd))].slice(0, 12);
}
