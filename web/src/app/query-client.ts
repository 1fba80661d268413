import { QueryClient } from "@tanstack/react-query";
import { onSignedOut, Unreachable } from "@/api/client";
import type { AuthStatus } from "@/api/types";
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

queryClient.getQueryCache().subscribe(({ type, query }) => {
  const isAuth = type === "updated" && query.queryKey[0] === authStatus.queryKey[0];
  const status = isAuth && (query.state.data as AuthStatus | undefined);
  if (status && !status.authenticated) forgetAll();
});

/** Nobody is signed in: nothing that was seen stays. */
function forgetAll(): void {
  forget("sessions");
  queryClient.removeQueries({
    predicate: ({ queryKey }) => !["auth", "mfa-setup"].includes(String(queryKey[0])),
  });
}

onSignedOut(() => void queryClient.invalidateQueries(authStatus));
