import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { explain } from "@/api/client";
import type { NotificationSettingsRequest } from "@/api/schema";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { changeSettings, settingsQuery } from "./queries";

/** Where everything is posted too. Its secret goes in, and never comes out again. */
export function WebhookForm() {
  const client = useQueryClient();
  const settings = useQuery(settingsQuery).data;
  const [url, setUrl] = useState<string | null>(null);
  const [secret, setSecret] = useState("");
  const change = useMutation({
    mutationFn: (change: NotificationSettingsRequest) => changeSettings(change),
    onSuccess: (settings) => {
      client.setQueryData(settingsQuery.queryKey, settings);
      setUrl(null);
      setSecret("");
    },
  });
  if (!settings) return null;
  const problem = change.error && explain(change.error);
  const isSet = settings.webhookUrl !== null;

  function save(event: FormEvent) {
    event.preventDefault();
    const webhookUrl = url ?? settings?.webhookUrl ?? null;
    change.mutate({ webhookUrl, ...(secret && { webhookSecret: secret }) });
  }
  return (
    <form onSubmit={save} className="mt-3 space-y-3 rounded-xl border bg-panel p-4">
      <TextField
        label="Web hook"
        type="url"
        placeholder="https://hooks.example/codepiper"
        hint="Everything that is ticked above is posted there as JSON, until it is taken."
        value={url ?? settings.webhookUrl ?? ""}
        onChange={(event) => setUrl(event.target.value)}
        error={problem?.field === "webhookUrl" ? problem.message : null}
      />
      <TextField
        label="Its secret"
        type="password"
        autoComplete="off"
        placeholder={settings.hasWebhookSecret ? "kept as it is" : ""}
        hint="What is posted is signed with it: the header X-CodePiper-Signature has t=TIME,v1=HMAC-SHA256 of TIME.BODY."
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
        error={problem?.field === "webhookSecret" ? problem.message : null}
      />
      {problem && !problem.field?.startsWith("webhook") && (
        <p role="alert" className="text-[13px] text-danger">
          {problem.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" disabled={change.isPending || (url === null && secret === "")}>
          Save
        </Button>
        {isSet && (
          <Button
            look="danger"
            type="button"
            disabled={change.isPending}
            onClick={() => change.mutate({ webhookUrl: null })}
          >
            Remove the web hook
          </Button>
        )}
      </div>
    </form>
  );
}
