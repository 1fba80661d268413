import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "@/api/client";
import type { NotificationSettingsRequest } from "@/api/schema";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { changeSettings, settingsQuery } from "./queries";
import { KINDS } from "./words";

const CHANNELS = [
  ["inbox", "Inbox"],
  ["push", "Push"],
  ["webhook", "Web hook"],
] as const;

/** What is told where. */
export function KindTable() {
  const client = useQueryClient();
  const settings = useQuery(settingsQuery);
  // Shown from the press on: the box would jump back until the change is under way.
  const [wanted, setWanted] = useState<NonNullable<NotificationSettingsRequest["kinds"]>>({});
  const change = useMutation({
    mutationFn: (change: NotificationSettingsRequest) => changeSettings(change),
    onSuccess: (settings) => client.setQueryData(settingsQuery.queryKey, settings),
    onSettled: () => setWanted({}),
  });
  function press(kinds: NonNullable<NotificationSettingsRequest["kinds"]>) {
    setWanted(kinds);
    change.mutate({ kinds });
  }
  if (settings.isPending) return <Loading />;
  if (settings.isError)
    return <ErrorNote error={settings.error} onRetry={() => settings.refetch()} />;
  const { kinds } = settings.data;
  return (
    <div className="rounded-xl border bg-panel px-4 py-2">
      <table className="w-full text-sm">
        <thead>
          <tr className="text-[13px] text-muted">
            <th scope="col" className="py-2 text-left font-normal">
              What is told
            </th>
            {CHANNELS.map(([channel, title]) => (
              <th key={channel} scope="col" className="w-16 font-normal">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(KINDS).map(([kind, title]) => (
            <tr key={kind} className="border-t">
              <th scope="row" className="py-1 pr-2 text-left font-normal">
                {title}
              </th>
              {CHANNELS.map(([channel, where]) => (
                <td key={channel} className="text-center">
                  <label className="target inline-grid size-9 place-items-center">
                    <input
                      type="checkbox"
                      className="size-5 accent-(--accent)"
                      aria-label={`${title}: ${where}`}
                      checked={wanted?.[kind]?.[channel] ?? kinds[kind]?.[channel] ?? false}
                      disabled={change.isPending}
                      onChange={({ target }) => press({ [kind]: { [channel]: target.checked } })}
                    />
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {change.error && (
        <p role="alert" className="pb-2 text-[13px] text-danger">
          {explain(change.error).message}
        </p>
      )}
    </div>
  );
}
