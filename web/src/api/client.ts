import type { ErrorBody } from "./types";

/** An answer of the daemon that is not a success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.error);
  }

  get code(): string {
    return this.body.code;
  }
}

/** No answer at all: the daemon, or the way to it, is down. */
export class Unreachable extends Error {
  constructor() {
    super("The daemon does not answer.");
  }
}

type Listener = () => void;
const signedOut = new Set<Listener>();
let confirmIdentity: (() => Promise<boolean>) | null = null;

/** Tells `listener` when a call is refused because nobody is signed in. */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** Who asks for a second look when a call wants one. */
export function askForIdentity(ask: () => Promise<boolean>): () => void {
  confirmIdentity = ask;
  return () => {
    confirmIdentity = null;
  };
}

/** Calls the API. `path` begins behind `/api`. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  try {
    return await callOnce<T>(method, path, body);
  } catch (error) {
    const wantsLook = error instanceof ApiError && error.code === "confirm_required";
    if (!wantsLook || !confirmIdentity || !(await confirmIdentity())) throw error;
    return callOnce<T>(method, path, body);
  }
}

/** `GET`. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return callOnce<T>("GET", path, undefined, signal);
}

/** `POST`. */
export function post<T>(path: string, body?: unknown): Promise<T> {
  return call<T>("POST", path, body);
}

/** `POST` of a form, for what is no JSON. */
export function upload<T>(path: string, form: FormData): Promise<T> {
  return answered<T>(path, { method: "POST", credentials: "same-origin", body: form });
}

async function callOnce<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  if (signal) init.signal = signal;
  return answered<T>(path, init);
}

async function answered<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api${path}`, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Unreachable();
  }
  if (answer.ok) return (await answer.json()) as T;
  const problem = await errorBody(answer);
  if (problem.code === "not_signed_in") for (const listener of signedOut) listener();
  throw new ApiError(answer.status, problem);
}

/** The error as the daemon says it; a proxy on the way has its own words. */
async function errorBody(answer: Response): Promise<ErrorBody> {
  try {
    const body = (await answer.json()) as Partial<ErrorBody>;
    if (body.error && body.code) return body as ErrorBody;
  } catch {
    // Said below.
  }
  if (answer.status >= 502 && answer.status <= 504) throw new Unreachable();
  return { error: `The daemon answered ${answer.status} without a reason.`, code: "unexpected" };
}

/** What went wrong, for a person. */
export function explain(error: unknown): { message: string; hint?: string; field?: string } {
  if (error instanceof ApiError) {
    const { error: message, hint, field } = error.body;
    return { message, ...(hint && { hint }), ...(field && { field }) };
  }
  if (error instanceof Unreachable) {
    return { message: error.message, hint: "Is it running? `codepiper daemon status` says." };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}
