import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import { Button } from "@/components/button";
import { canNotify, isNotifying, startNotifying, stopNotifying } from "./browser";
import { pushHere, startPush, stopPush } from "./push";
import { deliveriesQuery, tryPush } from "./queries";
import { chooseSound, hasSound, play } from "./sound";

/** What this browser does when somebody is needed. */
export function BrowserChoice() {
  const client = useQueryClient();
  const [isOn, setOn] = useState(isNotifying);
  const [isLoud, setLoud] = useState(hasSound);
  const [problem, setProblem] = useState<string | null>(null);
  const isPushed = useQuery(pushHere).data ?? false;

  async function change(wanted: boolean) {
    // At once, for the browser may ask the person and take its time.
    setOn(wanted);
    setProblem(null);
    if (!wanted) stopNotifying();
    const granted = wanted && (await startNotifying());
    if (wanted && !granted)
      setProblem("The browser does not allow it; its settings for this site say so.");
    setOn(granted);
    try {
      const why = granted ? await startPush() : await stopPush();
      if (why) setProblem(`Only while a page is open, since ${why}.`);
    } catch (error) {
      setProblem(explain(error).message);
    }
    await client.invalidateQueries(pushHere);
  }

  function changeSound(wanted: boolean) {
    setLoud(wanted);
    chooseSound(wanted);
    if (wanted) void play(true).catch(() => {});
  }

  async function tryIt() {
    try {
      const { delivered, attempted, reason } = await tryPush();
      toast(`Taken by ${delivered} of ${attempted} push services${reason ? `: ${reason}` : ""}`);
    } catch (error) {
      toast.error(explain(error).message);
    }
    await client.invalidateQueries(deliveriesQuery);
  }
  return (
    <div className="divide-y overflow-hidden rounded-xl border bg-panel">
      {canNotify() ? (
        <Choice label="Notify me in this browser" isOn={isOn} onChange={(on) => void change(on)}>
          Nobody is told of a session that they look at. What is asked can be allowed or denied in
          the notification, where the browser has buttons for it.{" "}
          {isOn && isPushed && "It comes as a push message too, while no page is open."}
          {problem && (
            <span role="alert" className="block text-danger">
              {problem}
            </span>
          )}
        </Choice>
      ) : (
        <p className="p-4 text-sm text-muted">
          This browser shows no notifications here: it wants HTTPS, or localhost.
        </p>
      )}
      <Choice label="Make a sound in this browser" isOn={isLoud} onChange={changeSound}>
        While a page is open: one that rises when somebody is waited for, one that falls when
        something is over.
      </Choice>
      {isOn && isPushed && (
        <div className="p-3">
          <Button onClick={() => void tryIt()}>Send a push message to try it</Button>
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  children: ReactNode;
}

function Choice({ label, isOn, onChange, children }: ChoiceProps) {
  return (
    <label className="target flex items-start gap-3 p-4">
      <input
        type="checkbox"
        className="mt-0.5 size-5 shrink-0 accent-(--accent)"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <span className="block text-sm font-medium">{label}</span>
        <span className="block text-[13px] text-muted">{children}</span>
      </span>
    </label>
  );
}
