import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { explain } from "@/api/client";
import type { Setting } from "@/api/schema";
import { allSettings, changeSettings, daemonSettings, unsetSetting } from "@/api/settings";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { SettingInput } from "./setting-input";

/** Who said what a setting is. */
const SOURCES: Record<Setting["source"], string> = {
  default: "default",
  file: "config.toml",
  environment: "environment",
  command_line: "command line",
  dashboard: "set here",
};

const WHEN: Record<Setting["takesEffect"], string | null> = {
  at_once: null,
  new_sessions: "Counts in the sessions that start after a change.",
  restart: "Counts when the daemon starts again.",
};

/** Every setting, with what it is for and where its value comes from. */
export function AllSettings() {
  const all = useQuery(allSettings);
  if (all.error) return <ErrorNote error={all.error} onRetry={() => all.refetch()} />;
  if (!all.data) return <Loading label="Loading the settings" />;
  return (
    <>
      {all.data.problems.map((problem) => (
        <p key={problem} role="alert" className="mb-2 text-[13px] break-words text-warn">
          Left out: {problem}
        </p>
      ))}
      <ul className="divide-y rounded-xl border bg-panel">
        {all.data.settings.map((setting) => (
          <Row key={setting.name} setting={setting} />
        ))}
      </ul>
    </>
  );
}

function Row({ setting }: { setting: Setting }) {
  const client = useQueryClient();
  const onSuccess = () => {
    void client.invalidateQueries(allSettings);
    void client.invalidateQueries(daemonSettings);
    void client.invalidateQueries({ queryKey: ["analytics"] });
  };
  const change = useMutation({
    mutationFn: (value: unknown) => changeSettings({ [setting.name]: value }),
    onSuccess,
  });
  const unset = useMutation({ mutationFn: () => unsetSetting(setting.name), onSuccess });
  const problem = change.error ?? unset.error;
  const when = WHEN[setting.takesEffect];
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="code font-medium">{setting.name}</h3>
        <Badge tone={setting.source === "default" ? "plain" : "accent"}>
          {SOURCES[setting.source]}
        </Badge>
        {setting.source === "dashboard" && (
          <Button look="quiet" className="ml-auto" onClick={() => unset.mutate()}>
            Take back <span className="sr-only">{setting.name}</span>
          </Button>
        )}
      </div>
      <p className="mt-0.5 text-[13px] text-muted">
        {setting.description} {when}
      </p>
      {setting.changeable ? (
        <SettingInput
          // What was typed stands until the daemon says otherwise.
          key={String(setting.value)}
          setting={setting}
          busy={change.isPending}
          onChange={(value) => change.mutate(value)}
        />
      ) : (
        <p className="mt-1 text-[13px] break-words">
          <span className="code">{String(setting.value) || "–"}</span>
          <span className="text-muted">
            {" "}
            · set in config.toml, with {setting.variable}
            {setting.flag && ` or ${setting.flag}`}
          </span>
        </p>
      )}
      {problem && (
        <p role="alert" className="mt-1 text-[13px] text-danger">
          {explain(problem).message}
        </p>
      )}
    </li>
  );
}
