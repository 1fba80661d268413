import { expect, test } from "vitest";
import type { ActivityState, Session, Status } from "@/api/types";
import { failures, groupByNeed } from "./groups";

function session(id: string, status: Status, state?: ActivityState, minute = 0): Session {
  const at = `2026-11-23T12:${String(minute).padStart(2, "0")}:00.000Z`;
  const ended = status === "STOPPED" || status === "CRASHED";
  return {
    id,
    status,
    activity: state ? { state, since: at, approvalId: null, evidence: null } : null,
    exit: ended ? { reason: "exited", code: 1, signal: null, detail: null, at } : null,
    createdAt: at,
  } as Session;
}

const ids = (sessions: Session[]) => sessions.map((s) => s.id);

test("whoever waits for a person comes first, the longest wait on top", () => {
  const groups = groupByNeed([
    session("stopped", "STOPPED"),
    session("idle", "RUNNING", "idle"),
    session("asked-late", "RUNNING", "needs_permission", 9),
    session("busy-old", "RUNNING", "working", 1),
    session("busy-new", "RUNNING", "working", 5),
    session("asked-early", "RUNNING", "needs_input", 2),
    session("odd", "RUNNING", "unknown"),
    session("new", "STARTING", undefined, 7),
  ]);
  expect(groups.map((g) => [g.need, ids(g.sessions)])).toEqual([
    ["waiting", ["asked-early", "asked-late"]],
    ["working", ["new", "busy-new", "busy-old"]],
    ["ready", ["idle"]],
    ["unclear", ["odd"]],
    ["ended", ["stopped"]],
  ]);
});

test("a crash needs attention for a day, or until it is put aside", () => {
  const crashed = [session("a", "CRASHED", undefined, 1), session("b", "CRASHED", undefined, 2)];
  const now = Date.parse("2026-11-23T13:00:00.000Z");
  expect(ids(failures([...crashed, session("c", "STOPPED")], [], now))).toEqual(["b", "a"]);
  expect(ids(failures(crashed, ["b"], now))).toEqual(["a"]);
  expect(failures(crashed, [], now + 86_400_000)).toEqual([]);
});
