import type { StreamState } from "./stream";

/** The connection and the size, and how the keys leave; where there is a keyboard. */
export function StatusLine({ state }: { state: StreamState }) {
  const words = {
    open: "Live",
    connecting: "Connecting …",
    waiting: "Not connected",
    closed: "Closed",
  };
  return (
    <p className="hidden gap-3 px-3 text-xs text-muted pointer-fine:flex">
      <span>{state.ended ? "Ended" : words[state.socket.phase]}</span>
      {state.size && (
        <span className="tabular-nums">
          {state.size.cols}×{state.size.rows}
          {state.locked && ", kept for everyone"}
        </span>
      )}
      <span className="max-lg:hidden">F6 leaves the terminal · Shift-Enter is a new line</span>
    </p>
  );
}
