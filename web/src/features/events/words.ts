import type { SessionEvent } from "@/api/types";
import { summaryOf } from "@/lib/tool-call";

/** What an event says, in one line; empty where its type says it all. */
export function eventWords({ type, payload }: SessionEvent): string {
  const said: Record<string, unknown> = { ...(payload as object) };
  const text = (name: string) => (typeof said[name] === "string" ? said[name] : "");
  switch (type) {
    case "Activity":
      return `${text("from")} → ${text("to")} (${text("evidence")})`;
    case "UserPromptSubmit":
      return text("prompt");
    case "Stop":
      return text("last_assistant_message");
    case "Screen":
      return "the screen was stored";
  }
  if ("tool_name" in said) return summaryOf(text("tool_name"), said.tool_input);
  return text("summary") || text("text") || text("reason") || text("message") || text("status");
}
