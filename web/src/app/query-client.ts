import { QueryClient } from "@tanstack/react-query";
import { onSignedOut, Unreachable } from "@/api/client";
import { authStatus } from "@/features/auth/queries";
import { forget } from "@/lib/storage";

/** The only cache. What the daemon tells changes it; after a break everything is asked anew. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A daemon on this machine is there without any network.
      networkMode: "always",
      retry: (count, error) => error instanceof Unreachable && count < 1,
      staleTime: 10_000,
    },
    mutations: { networkMode: "always" },
  },
});

/** Nobody is signed in any more: nothing that was seen stays. */
export function becomeSignedOut(): void {
  forget("sessions");
  const old = queryClient.getQueryData(authStatus.queryKey);
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== "auth" });
  if (old) queryClient.setQueryData(authStatus.queryKey, { ...old, authenticated: false });
  void queryClient.invalidateQueries(authStatus);
}

onSignedOut(becomeSignedOut);
