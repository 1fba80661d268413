import { queryOptions } from "@tanstack/react-query";
import { call, get, post, upload } from "@/api/client";
import type { PromptsResponse, UploadedImage } from "@/api/schema";
import type { SentPrompt } from "@/api/types";

/** The latest that was sent to a session, the oldest first. */
export const promptsQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ["prompts", sessionId],
    queryFn: async ({ signal }) =>
      (await get<PromptsResponse>(`/sessions/${sessionId}/prompts?latest=50`, signal)).prompts,
  });

/** Sends a prompt once, however often it is tried: `key` names it. */
export function sendPrompt(
  sessionId: string,
  text: string,
  key: string,
  steer: boolean,
  images: string[] = [],
): Promise<unknown> {
  const more = { ...(steer && { steer }), ...(images.length > 0 && { images }) };
  return post(`/sessions/${sessionId}/send`, { text, key, ...more });
}

/** Hands a picture over, and says where it is then. */
export async function uploadImage(sessionId: string, file: File): Promise<string> {
  const form = new FormData();
  form.set("image", file);
  return (await upload<UploadedImage>(`/sessions/${sessionId}/upload-image`, form)).path;
}

/** A name for a prompt that nobody has used. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `web-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export function editPrompt(prompt: SentPrompt, text: string): Promise<unknown> {
  return call("PUT", `/sessions/${prompt.sessionId}/prompts/${prompt.id}`, { text });
}

export function cancelPrompt(prompt: SentPrompt): Promise<unknown> {
  return call("DELETE", `/sessions/${prompt.sessionId}/prompts/${prompt.id}`);
}

/** How far a prompt has come, for a person. */
export function receiptWords({ status, reason }: SentPrompt): string {
  const words = {
    accepted: "waits for its turn",
    typed: "typed",
    submitted: "the agent works on it",
    turn_done: "done",
    failed: "not delivered",
  }[status];
  return reason && status !== "turn_done" ? `${words}: ${reason}` : words;
}
