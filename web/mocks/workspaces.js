// Workspaces and git worktrees of the mock.
import { randomUUID } from "node:crypto";
import { directory } from "./directories.js";

const AT = "2026-11-20T09:00:00.000Z";

const DEFAULTS = {
  provider: null,
  model: null,
  billingMode: null,
  policySetIds: [],
  envSetIds: [],
  worktree: "ask",
  setupScript: null,
  teardownScript: null,
};

export const someWorkspaces = () => [
  {
    id: "0199bb00-0000-7000-8000-000000000001",
    name: "The shop",
    path: "/home/mia/shop",
    defaults: { ...DEFAULTS, model: "claude-opus-4-6", worktree: "always" },
    createdAt: AT,
    updatedAt: AT,
  },
];

const worktree = (branch, more) => ({
  path: `/home/mia/shop-worktrees/${branch.replace("/", "-")}`,
  repoRoot: "/home/mia/shop",
  branch,
  madeFor: branch,
  createdBranch: true,
  base: "main",
  createdAt: AT,
  sessionIds: [],
  inUse: false,
  missing: false,
  locked: false,
  uncommitted: 0,
  untracked: 0,
  unmerged: 0,
  ahead: null,
  behind: null,
  sizeBytes: 48_300_000,
  keptBecause: [],
  ...more,
});

export const someWorktrees = () => [
  worktree("fix/login", {
    uncommitted: 2,
    keptBecause: ["2 files with changes that are in no commit"],
  }),
  worktree("feature/cart", {
    unmerged: 3,
    keptBecause: ["3 commits neither in `main` nor in a remote branch"],
  }),
  worktree("docs"),
];

const refused = (error, field) => [400, { error, code: "invalid_request", field }];

function change(world, workspace, { name, path, defaults = {} }) {
  const runs = defaults.setupScript || defaults.teardownScript || defaults.policySetIds?.length;
  if (runs && !world.confirmed)
    return [403, { error: "say who you are", code: "confirm_required" }];
  if (path && !directory(path)) return refused(`directory \`${path}\` does not exist`, "path");
  const namesake = world.workspaces.find((other) => other !== workspace && other.name === name);
  if (namesake)
    return [409, { error: `there is a workspace \`${name}\` already`, code: "name_taken" }];
  workspace.name = name ?? workspace.name;
  workspace.path = path ?? workspace.path;
  Object.assign(workspace.defaults, defaults);
  return [200, { workspace }];
}

const withWorkspace = (deed) => (world, call) => {
  const workspace = world.workspaces.find(({ id }) => id === call.id);
  const gone = { error: "there is no such workspace", code: "workspace_not_found" };
  return workspace ? deed(world, workspace, call) : [404, gone];
};

const outcome = (one, removed) => ({
  path: one.path,
  branch: one.branch,
  removed,
  merged: false,
  branchDeleted: removed && one.unmerged === 0,
  keptBecause: removed ? [] : one.keptBecause,
  sizeBytes: one.sizeBytes,
});

export const WORKSPACES = {
  "GET /workspaces": (world) => [200, { workspaces: world.workspaces }],
  "POST /workspaces": (world, { body }) => {
    const made = { id: randomUUID(), defaults: { ...DEFAULTS }, createdAt: AT, updatedAt: AT };
    const [status, answer] = change(world, made, body);
    if (status !== 200) return [status, answer];
    world.workspaces.push(made);
    return [201, answer];
  },
  "PUT /workspaces/:id": withWorkspace((world, workspace, { body }) =>
    change(world, workspace, body),
  ),
  "DELETE /workspaces/:id": withWorkspace((world, workspace) => {
    world.workspaces = world.workspaces.filter((other) => other !== workspace);
    return [200, { success: true }];
  }),
  "GET /worktrees": (world) => [200, { worktrees: world.worktrees }],
  "POST /worktrees/finish": (world, { body }) => {
    if (body.force && !world.confirmed)
      return [403, { error: "say who you are", code: "confirm_required" }];
    const one = world.worktrees.find(({ path }) => path === body.path);
    if (!one) return [404, { error: "there is no such worktree", code: "worktree_not_found" }];
    if (body.merge) Object.assign(one, { unmerged: 0, keptBecause: [] });
    if (one.keptBecause.length > 0 && !body.force)
      return [409, { error: `worktree \`${one.path}\` is kept`, code: "worktree_kept" }];
    world.worktrees = world.worktrees.filter((other) => other !== one);
    return [200, { worktree: { ...outcome(one, true), merged: body.merge } }];
  },
  "POST /worktrees/prune": (world) => {
    const isDone = (one) => !one.inUse && one.keptBecause.length === 0;
    const worktrees = world.worktrees.map((one) => outcome(one, isDone(one)));
    world.worktrees = world.worktrees.filter((one) => !isDone(one));
    return [200, { worktrees }];
  },
};
