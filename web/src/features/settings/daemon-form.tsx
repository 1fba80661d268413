import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { explain } from "@/api/client";
import type { ChangeSettingsRequest } from "@/api/schema";
import { allSettings, changeSettings, daemonSettings } from "@/api/settings";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { SelectField } from "@/components/field";

/** Where the browser knows all zones, and where it does not, at least its own. */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = Intl.supportedValuesOf?.("timeZone") ?? [here];

/** What is set for all sessions, whoever looks. */
export function DaemonForm() {
  const client = useQueryClient();
  const settings = useQuery(daemonSettings);
  const change = useMutation({
    mutationFn: (change: ChangeSettingsRequest) => changeSettings(change),
    onSuccess: (settings) => {
      client.setQueryData(daemonSettings.queryKey, settings);
      void client.invalidateQueries({ queryKey: ["analytics"] });
      void client.invalidateQueries(allSettings);
    },
  });
  if (settings.error)
    return <ErrorNote error={settings.error} onRetry={() => settings.refetch()} />;
  if (!settings.data) return <Loading label="Loading the settings" />;
  const now = { ...settings.data, ...(change.isPending && change.variables) };
  const zones = now.timeZone && !ZONES.includes(now.timeZone) ? [now.timeZone, ...ZONES] : ZONES;
  return (
    <div className="space-y-4 rounded-xl border bg-panel p-4">
      <label className="target flex items-start gap-3 py-2">
        <input
          type="checkbox"
          className="mt-0.5 size-5 shrink-0 accent-(--accent)"
          checked={now.statusLine ?? false}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ statusLine: event.target.checked })}
        />
        <span>
          <span className="block text-sm font-medium">
            Show the context, cost and limits of Claude Code
          </span>
          <span className="block text-[13px] text-muted">
            It tells them only to its status line, which goes through CodePiper then, in the
            sessions that start from now on. Your own status line is drawn as before. Codex tells
            them anyway.
          </span>
        </span>
      </label>
      <SelectField
        label="Days begin in the time zone"
        hint="Sums by day are made anew in it, for every browser and the command line, which otherwise takes the zone of the daemon's machine."
        value={now.timeZone ?? ""}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ timeZone: event.target.value || null })}
      >
        <option value="">Where each browser is</option>
        {zones.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </SelectField>
      {change.error && (
        <p role="alert" className="text-[13px] text-danger">
          {explain(change.error).message}
        </p>
      )}
    </div>
  );
}
