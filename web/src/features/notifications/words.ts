/** The kinds of what people are told of, in their order. */
export const KINDS: Record<string, string> = {
  permission_needed: "Permission needed",
  input_needed: "Something is asked",
  turn_done: "Turn done",
  session_crashed: "Session crashed",
  workflow_done: "Workflow done",
  workflow_failed: "Workflow failed",
  sign_in: "Sign-in from a new device",
};
