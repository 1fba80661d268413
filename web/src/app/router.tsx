import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Failure, Missing } from "@/components/failure";
import { authStatus } from "@/features/auth/queries";
import { queryClient } from "./query-client";

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

/** Where one goes on after the sign-in: a path of this page and of no other. */
function nextOf(search: Record<string, unknown>): { next?: string } {
  const next = search.next;
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("@/routes/sign-in"), "SignInPage"),
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  validateSearch: (search): { new?: true } => (search.new ? { new: true } : {}),
  // Before anything of the inside is loaded. Whether there is a daemon at all is the layout's to say.
  beforeLoad: async ({ location }) => {
    const status = await queryClient.ensureQueryData(authStatus).catch(() => null);
    if (!status || status.authenticated) return;
    throw redirect({
      to: "/sign-in",
      search: location.href === "/" ? {} : { next: location.href },
    });
  },
  component: lazyRouteComponent(() => import("@/routes/app-layout"), "AppLayout"),
});

const inbox = createRoute({
  getParentRoute: () => app,
  path: "/",
  component: lazyRouteComponent(() => import("@/routes/inbox"), "InboxPage"),
});

const sessions = createRoute({
  getParentRoute: () => app,
  path: "/sessions",
  component: lazyRouteComponent(() => import("@/routes/sessions"), "SessionsPage"),
});

export const TABS = ["terminal", "events", "activity"] as const;
export type Tab = (typeof TABS)[number];

const session = createRoute({
  getParentRoute: () => app,
  path: "/sessions/$id",
  validateSearch: (search): { tab?: Tab } => {
    const tab = TABS.find((name) => name === search.tab && name !== "terminal");
    return tab ? { tab } : {};
  },
  component: lazyRouteComponent(() => import("@/routes/session"), "SessionPage"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/routes/settings"), "SettingsPage"),
});

/** The pages. */
export const router = createRouter({
  routeTree: root.addChildren([signIn, app.addChildren([inbox, sessions, session, settings])]),
  defaultErrorComponent: Failure,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
