import { useState } from "react";
import { canNotify, isNotifying, startNotifying, stopNotifying } from "./browser";

/** Whether this browser tells of what needs a person, while a page of ours is open. */
export function BrowserChoice() {
  const [isOn, setOn] = useState(isNotifying);
  const [isRefused, setRefused] = useState(false);
  if (!canNotify())
    return (
      <p className="text-sm text-muted">
        This browser shows no notifications here: it wants HTTPS, or localhost.
      </p>
    );

  async function change(wanted: boolean) {
    // At once, for the browser may ask the person and take its time.
    setOn(wanted);
    if (!wanted) stopNotifying();
    const granted = wanted && (await startNotifying());
    setRefused(wanted && !granted);
    setOn(granted);
  }
  return (
    <label className="target flex items-start gap-3 rounded-xl border bg-panel p-4">
      <input
        type="checkbox"
        className="mt-0.5 size-5 shrink-0 accent-(--accent)"
        checked={isOn}
        onChange={(event) => void change(event.target.checked)}
      />
      <span>
        <span className="block text-sm font-medium">Notify me in this browser</span>
        <span className="block text-[13px] text-muted">
          Of turns that are done, permissions, questions and crashes, while a page of CodePiper is
          open somewhere and nobody looks at that session. What is asked can be allowed or denied
          there, where the browser has buttons for it.
        </span>
        {isRefused && (
          <span role="alert" className="block text-[13px] text-danger">
            The browser does not allow it; its settings for this site say so.
          </span>
        )}
      </span>
    </label>
  );
}
