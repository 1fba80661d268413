import { queryOptions } from "@tanstack/react-query";
import { call, get, post } from "@/api/client";
import type { AuthenticatorOffer, RecoveryCodesResponse, SignInsResponse } from "@/api/schema";
import type { AuthStatus } from "@/api/types";

export const authStatus = queryOptions({
  queryKey: ["auth"],
  queryFn: ({ signal }) => get<AuthStatus>("/auth/status", signal),
  retry: false,
});

export const signIns = queryOptions({
  queryKey: ["sign-ins"],
  queryFn: async ({ signal }) => (await get<SignInsResponse>("/auth/sessions", signal)).sessions,
});

/** What is needed to set up the authenticator; the same until it is verified. */
export const mfaSetup = queryOptions({
  queryKey: ["mfa-setup"],
  queryFn: () => post<AuthenticatorOffer>("/auth/mfa/setup"),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Signs in; the code may be a recovery code. */
export function signIn(password: string, totpCode: string): Promise<unknown> {
  return post("/auth/login", { password, ...(totpCode && { totpCode }) });
}

/** Proves that the authenticator works, and gets the recovery codes. */
export async function verifyMfa(totpCode: string): Promise<string[]> {
  return (await post<RecoveryCodesResponse>("/auth/mfa/verify", { totpCode })).recoveryCodes;
}

export function signOut(): Promise<unknown> {
  return post("/auth/logout");
}

export function changePassword(currentPassword: string, newPassword: string): Promise<unknown> {
  return post("/auth/password", { currentPassword, newPassword });
}

/** The second look: a code is six digits or a recovery code, anything else a password. */
export function confirmIdentity(
  proof: { password: string } | { totpCode: string },
): Promise<unknown> {
  return post("/auth/confirm", proof);
}

export function revokeSignIn(id: string): Promise<unknown> {
  return call("DELETE", `/auth/sessions/${encodeURIComponent(id)}`);
}

export function revokeOtherSignIns(): Promise<unknown> {
  return post("/auth/sessions/revoke-all");
}
