import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { PolicySet, Session } from "@/api/types";
import { Dialog } from "@/components/dialog";
import { Loading } from "@/components/empty";
import { ErrorNote } from "@/components/error-note";
import { giveSet, policySetsQuery, setsOfSessionQuery, takeSet } from "./queries";

/** The policy sets of a session; a change counts from the next tool call on. */
export function PolicySetsDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const client = useQueryClient();
  const all = useQuery(policySetsQuery);
  const own = useQuery(setsOfSessionQuery(session.id));
  const change = useMutation({
    mutationFn: ({ set, on }: { set: PolicySet; on: boolean }) =>
      on ? giveSet(session.id, set.id) : takeSet(session.id, set.id),
    onSettled: () => client.invalidateQueries(setsOfSessionQuery(session.id)),
  });
  const error = all.error ?? own.error ?? change.error;
  const has = (set: PolicySet) =>
    change.isPending && change.variables.set.id === set.id
      ? change.variables.on
      : (own.data?.some((given) => given.id === set.id) ?? false);

  return (
    <Dialog
      open
      onClose={onClose}
      title="Policy sets"
      description="A change counts from the agent's next tool call on."
    >
      {error && <ErrorNote error={error} className="mb-3" />}
      {!(all.data && own.data) && !error && <Loading />}
      {all.data?.length === 0 && (
        <p className="text-sm text-muted">
          There are none yet. <code className="code">codepiper policy-set ready</code> lists those
          that come with CodePiper.
        </p>
      )}
      {all.data && own.data && (
        <ul>
          {all.data.map((set) => (
            <li key={set.id}>
              <label className="target flex items-center gap-3 py-1 text-sm">
                <input
                  type="checkbox"
                  className="size-4.5 shrink-0 accent-(--accent)"
                  checked={has(set)}
                  disabled={change.isPending}
                  onChange={(event) => change.mutate({ set, on: event.target.checked })}
                />
                <span className="min-w-0">
                  {set.name}
                  <span className="block text-[13px] text-muted">{set.description}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
