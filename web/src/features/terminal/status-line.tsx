import type { StreamState } from "./stream";

/** The connection, the size, the window's title, and how the keys leave; where there is a keyboard. */
export function StatusLine({ state, title }: { state: StreamState; title: string }) {
  const words = {
    open: "Live",
    connecting: "Connecting …",
    waiting: "Not connected",
    closed: "Closed",
  };
  return (
    <p className="hidden min-w-0 gap-3 px-3 text-xs text-muted pointer-fine:flex">
      <span>{state.ended ? "Ended" : words[state.socket.phase]}</span>
      {state.size && (
        <span className="tabular-nums">
          {state.size.cols}×{state.size.rows}
          {state.locked && ", kept for everyone"}
        </span>
      )}
      {title && (
        <span className="min-w-0 truncate" title="The title of the agent's window">
          {title}
        </span>
      )}
      <span className="shrink-0 max-xl:hidden">
        F6 leaves the terminal · Shift-Enter is a new line
      </span>
    </p>
  );
}
