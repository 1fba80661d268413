import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { ConversationKind } from "@/api/types";
import { Failure, Missing } from "@/components/failure";
import { rangeOf } from "@/features/analytics/range";
import { authStatus } from "@/features/auth/queries";
import { kindOf } from "@/features/search/kinds";
import { placeAt } from "@/lib/places";
import { queryClient } from "./query-client";

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

/** Where one goes on after the sign-in: a path of this page and of no other. */
function nextOf({ next }: Record<string, unknown>): { next?: string | undefined } {
  const isPath = typeof next === "string" && /^\/(?![/\\])/.test(next);
  // What is only left out would stay as it was asked for.
  return { next: isPath ? next : undefined };
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

const TABS = ["terminal", "conversation", "changes", "events", "activity"] as const;

interface SessionSearch {
  tab?: (typeof TABS)[number] | undefined;
  /** The address of the entry in the conversation that is looked at. */
  entry?: string | undefined;
}

const session = createRoute({
  getParentRoute: () => app,
  path: "/sessions/$id",
  // What is not valid is taken away by name; what is only left out stays as it was asked for.
  validateSearch: ({ tab, entry }): SessionSearch => ({
    tab: TABS.find((name) => name === tab),
    entry: typeof entry === "string" && placeAt(entry) ? entry : undefined,
  }),
  component: lazyRouteComponent(() => import("@/routes/session"), "SessionPage"),
});

interface Wanted {
  text?: string | undefined;
  session?: string | undefined;
  kind?: ConversationKind | undefined;
  /** Within so many days. */
  days?: number | undefined;
}

const search = createRoute({
  getParentRoute: () => app,
  path: "/search",
  validateSearch: ({ text, session, kind, days }): Wanted => ({
    // The router reads a number where only digits were typed.
    text: typeof text === "string" || typeof text === "number" ? String(text) : undefined,
    session: typeof session === "string" ? session : undefined,
    kind: kindOf(kind),
    days: typeof days === "number" && days > 0 ? days : undefined,
  }),
  component: lazyRouteComponent(() => import("@/routes/search"), "SearchPage"),
});

const analytics = createRoute({
  getParentRoute: () => app,
  path: "/analytics",
  validateSearch: ({ range }): { range?: string | undefined } => ({ range: rangeOf(range) }),
  component: lazyRouteComponent(() => import("@/routes/analytics"), "AnalyticsPage"),
});

const workflows = createRoute({
  getParentRoute: () => app,
  path: "/workflows",
  component: lazyRouteComponent(() => import("@/routes/workflows"), "WorkflowsPage"),
});

const VIEWS = ["graph", "definition", "history"] as const;

const workflow = createRoute({
  getParentRoute: () => app,
  path: "/workflows/$id",
  validateSearch: ({ tab }): { tab?: (typeof VIEWS)[number] | undefined } => ({
    tab: VIEWS.find((name) => name === tab),
  }),
  component: lazyRouteComponent(() => import("@/routes/workflow"), "WorkflowPage"),
});

const execution = createRoute({
  getParentRoute: () => app,
  path: "/workflows/executions/$id",
  component: lazyRouteComponent(() => import("@/routes/execution"), "ExecutionPage"),
});

/** Not below `/workflows`, where every name may be a workflow's id. */
const newWorkflow = createRoute({
  getParentRoute: () => app,
  path: "/new-workflow",
  validateSearch: ({ template }): { template?: string | undefined } => ({
    template: typeof template === "string" ? template : undefined,
  }),
  component: lazyRouteComponent(() => import("@/routes/new-workflow"), "NewWorkflowPage"),
});

const workspaces = createRoute({
  getParentRoute: () => app,
  path: "/workspaces",
  component: lazyRouteComponent(() => import("@/routes/workspaces"), "WorkspacesPage"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/routes/settings"), "SettingsPage"),
});

/** The pages. */
export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    app.addChildren([
      ...[inbox, sessions, session, search, analytics, settings, workspaces],
      ...[workflows, workflow, execution, newWorkflow],
    ]),
  ]),
  defaultErrorComponent: Failure,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
