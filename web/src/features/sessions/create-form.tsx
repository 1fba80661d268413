import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { explain } from "@/api/client";
import type { BillingMode, EnvSet, ProviderId, Session, Workspace } from "@/api/types";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { SelectField, TextArea, TextField } from "@/components/field";
import { plainText } from "@/lib/plain-text";
import { recall, remember } from "@/lib/storage";
import { directoryQuery, recentQuery, usePlace } from "./directories";
import { DirectoryField } from "./directory-field";
import { type Mode, ModePicker } from "./mode-picker";
import { ProviderPicker } from "./provider-picker";
import { createSession, policySetsQuery, providersQuery, putAnswer } from "./queries";
import { SetPicker } from "./set-picker";
import { type Wanted, WorktreeField } from "./worktree-field";

/** Fields of this form that the daemon may find wrong. */
const FIELDS = ["provider", "cwd", "model", "name", "prompt"].concat(
  ["branch", "startPoint"].map((field) => `worktree.${field}`),
);

interface Props {
  /** The sets of secret variables that there are. */
  secrets: EnvSet[];
  /** The directories that have names. */
  workspaces: Workspace[];
  onCreated: (session: Session) => void;
}

/** A new session, beginning with what it is to do. */
export function CreateForm({ secrets, workspaces, onCreated }: Props) {
  const client = useQueryClient();
  const providers = useQuery(providersQuery).data ?? [];
  const sets = useQuery(policySetsQuery).data ?? [];
  const recent = useQuery(recentQuery).data ?? [];
  const [prompt, setPrompt] = useState("");
  const [chosen, setProvider] = useState<ProviderId | null>(() => recall("provider"));
  const [typed, setCwd] = useState<string | null>(null);
  const cwd = typed ?? recent[0]?.path ?? "";
  const place = usePlace(cwd);
  const [model, setModel] = useState("");
  const [name, setName] = useState("");
  const [wanted, setMode] = useState<Mode>("ask");
  const [billing, setBilling] = useState<BillingMode>("subscription");
  const [policySets, setPolicySets] = useState<string[]>([]);
  const [envSets, setEnvSets] = useState<string[]>([]);
  const [workspaceId, setWorkspaceId] = useState("");
  const [wantedWorktree, setWorktree] = useState<Wanted | null | undefined>();
  const workspace = workspaces.find(({ id }) => id === workspaceId);
  const defaults = workspace?.defaults;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const usable = providers.filter((p) => p.installed);
  const provider = usable.find((p) => p.id === chosen) ?? usable[0];
  const noDanger =
    provider && !provider.capabilities.supportsDangerousMode
      ? `${provider.label} has no such mode`
      : null;
  const mode = wanted === "dangerous" && noDanger ? "ask" : wanted;
  const problem = error === null ? null : explain(error);
  const at = (field: string) => (problem?.field === field ? problem.message : null);

  const isAlways = defaults?.worktree === "always";
  const branch = place.listing?.branch ?? null;
  const offersWorktree = defaults?.worktree !== "never" && (branch !== null || isAlways);
  // One that was wanted elsewhere is none of a directory without git.
  const ofWorkspace = isAlways ? { branch: "", from: "" } : null;
  const wished = wantedWorktree === undefined ? ofWorkspace : wantedWorktree;
  const worktree = offersWorktree ? wished : null;

  /** What the workspace says is shown where it can be; the daemon adds the rest. */
  function choose(id: string) {
    const chosen = workspaces.find((workspace) => workspace.id === id);
    setWorkspaceId(id);
    if (!chosen) return;
    setCwd(chosen.path);
    setBilling(chosen.defaults.billingMode ?? "subscription");
    if (chosen.defaults.provider) setProvider(chosen.defaults.provider);
  }

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (!provider || busy) return;
    setBusy(true);
    setError(null);
    try {
      // Only the daemon knows where `~` is.
      const isHome = cwd.trim().startsWith("~");
      const found = isHome && (await client.fetchQuery(directoryQuery(cwd.trim())));
      const path = found && !found.problem ? found.path : cwd.trim();
      const session = await createSession({
        provider: provider.id,
        cwd: path,
        billingMode: billing,
        policySetIds: policySets,
        ...(envSets.length > 0 && { envSetIds: envSets }),
        ...(workspace && { workspaceId: workspace.id }),
        ...(isAlways && !worktree && { worktree: null }),
        ...(worktree && {
          worktree: {
            ...(worktree.branch.trim() && { branch: worktree.branch.trim() }),
            ...(worktree.from.trim() && { startPoint: worktree.from.trim() }),
          },
        }),
        ...(prompt.trim() && { prompt }),
        ...(model.trim() && { model: model.trim() }),
        ...(name.trim() && { name: name.trim() }),
        ...(mode === "dangerous" ? { dangerousMode: true } : { defaultPolicyAction: mode }),
      });
      remember("provider", provider.id);
      putAnswer(client, session);
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
      {workspaces.length > 0 && (
        <SelectField
          label="Workspace"
          value={workspaceId}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="">None</option>
          {workspaces.map(({ id, name }) => (
            <option key={id} value={id}>
              {plainText(name)}
            </option>
          ))}
        </SelectField>
      )}
      <ProviderPicker
        providers={providers}
        value={provider?.id ?? null}
        onChange={setProvider}
        error={at("provider")}
      />
      <DirectoryField
        value={cwd}
        onChange={(path) => {
          setCwd(path);
          setError(null);
        }}
        place={place}
        error={at("cwd")}
      />
      {offersWorktree && (
        <WorktreeField
          value={worktree}
          onChange={setWorktree}
          current={branch}
          errors={{ branch: at("worktree.branch"), from: at("worktree.startPoint") }}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-3">
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
          placeholder={defaults?.model ?? "The agent's own choice"}
          spellCheck={false}
          autoCapitalize="none"
          value={model}
          error={at("model")}
          onChange={(event) => setModel(event.target.value)}
        />
        <SelectField
          label="Paid by"
          value={billing}
          onChange={(event) => setBilling(event.target.value as BillingMode)}
        >
          <option value="subscription">Subscription</option>
          <option value="api">API key</option>
        </SelectField>
      </div>
      <ModePicker value={mode} onChange={setMode} refusal={noDanger} />
      {sets.length > 0 && (
        <SetPicker
          legend="Policy sets"
          sets={sets.map(({ isDefault, description, ...set }) => ({
            ...set,
            isGiven: isDefault || defaults?.policySetIds.includes(set.id) === true,
            note: isDefault ? "Every new session gets it." : description,
          }))}
          value={policySets}
          onChange={setPolicySets}
        />
      )}
      {secrets.length > 0 && (
        <SetPicker
          legend="Env sets"
          sets={secrets.map((set) => ({
            ...set,
            isGiven: defaults?.envSetIds.includes(set.id) === true,
            note: Object.keys(set.maskedVars).join(", "),
          }))}
          value={envSets}
          onChange={setEnvSets}
        />
      )}
      <div className="sticky -bottom-5 -mx-5 -mb-5 space-y-3 border-t bg-panel px-5 py-3">
        {problem && !FIELDS.includes(problem.field ?? "") && <ErrorNote error={error} />}
        <Button
          type="submit"
          look="primary"
          className="w-full"
          disabled={busy || !provider || !cwd.trim() || place.problem !== null}
        >
          {busy ? "Starting …" : "Start"}
        </Button>
      </div>
    </form>
  );
}
