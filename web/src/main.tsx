import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "@/app/query-client";
import { router } from "@/app/router";
import { watchPointer } from "@/lib/pointer";
import "@/styles/index.css";

const root = document.getElementById("root");
if (!root) throw new Error("`index.html` has no `#root`");

watchPointer();

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  // Without one the page works all the same, only not while the daemon is away.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
