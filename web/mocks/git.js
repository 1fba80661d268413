// The repository of the mock's sessions: a changed file, a new one, and a commit.
const DIFF = (path) => `diff --git a/${path} b/${path}
--- a/${path}
+++ b/${path}
@@ -10,4 +10,5 @@ export function login(user: User) {
   const token = read(user);
-  if (token == null) return null;
+  if (token === null) return null;
+  console.log(token);
   return verify(token);
 }
`;

const entry = (path, indexStatus, workTreeStatus) => ({
  path,
  indexStatus,
  workTreeStatus,
  isUntracked: indexStatus === "?",
  isRenamed: false,
  isConflicted: false,
});

/** What is there to begin with. */
export const repository = () => ({
  entries: [entry("src/login.ts", " ", "M"), entry("notes.md", "?", "?")],
  discarded: null,
  messages: [],
  comments: [],
  uploads: 0,
});

const change = (world, paths, how) => {
  for (const found of world.git.entries.filter(({ path }) => paths.includes(path))) how(found);
  return [200, { success: true }];
};

export const GIT = {
  "POST /sessions/:id/upload-image": (world) => {
    world.git.uploads += 1;
    const filename = `picture-${world.git.uploads}.png`;
    return [200, { path: `/home/mia/.codepiper/images/${filename}`, filename }];
  },
  "GET /sessions/:id/git/status": (world) => [
    200,
    {
      status: world.git.entries,
      branch: "fix/login",
      upstream: null,
      ahead: 0,
      behind: 0,
      root: "/home/mia/shop",
      truncated: false,
    },
  ],
  "GET /sessions/:id/git/branches": () => [
    200,
    { branches: ["fix/login", "main"], currentBranch: "fix/login", defaultBranch: "main" },
  ],
  "GET /sessions/:id/git/log": () => [
    200,
    {
      log: [
        {
          hash: "5d41402abc4b2a76b9719d911017c592a1b2c3d4",
          shortHash: "5d41402",
          author: "Mia",
          email: "mia@example.org",
          date: "2026-11-20T09:00:00+01:00",
          message: "Read the token once",
        },
      ],
    },
  ],
  "GET /sessions/:id/git/turns": () => [
    200,
    {
      turns: [
        {
          turn: 2,
          startedAt: new Date(Date.now() - 120_000).toISOString(),
          endedAt: null,
          files: 1,
          added: 2,
          removed: 1,
          problem: "`dump.sql` is too large, or cannot be read, and is not shown",
        },
        {
          turn: 1,
          startedAt: new Date(Date.now() - 900_000).toISOString(),
          endedAt: new Date(Date.now() - 840_000).toISOString(),
          files: 0,
          added: 0,
          removed: 0,
          problem: null,
        },
      ],
      problem: null,
    },
  ],
  "GET /sessions/:id/git/diff": (_, { query }) => [
    200,
    { diff: DIFF(query.get("path")), truncated: false },
  ],
  "GET /sessions/:id/git/diff-stat": (_, { query }) => [
    200,
    {
      files:
        query.get("turn") === "1" ? [] : [{ path: "src/login.ts", additions: 2, deletions: 1 }],
    },
  ],
  "POST /sessions/:id/git/stage": (world, { body }) =>
    change(world, body.paths, (found) => Object.assign(found, entry(found.path, "M", " "))),
  "POST /sessions/:id/git/unstage": (world, { body }) =>
    change(world, body.paths, (found) => Object.assign(found, entry(found.path, " ", "M"))),
  "POST /sessions/:id/git/discard": (world, { body }) => {
    world.git.discarded = world.git.entries.filter(({ path }) => body.paths.includes(path));
    world.git.entries = world.git.entries.filter(({ path }) => !body.paths.includes(path));
    return [200, { undoId: "0199aa00-0000-7000-8000-00000000000a" }];
  },
  "POST /sessions/:id/git/undo": (world) => {
    world.git.entries.push(...world.git.discarded);
    return [200, { undoId: "0199aa00-0000-7000-8000-00000000000b" }];
  },
  "POST /sessions/:id/git/commit": (world, { body }) => {
    world.git.messages.push(body.message);
    world.git.entries = world.git.entries.filter(({ indexStatus }) => " ?".includes(indexStatus));
    return [200, { hash: "7d793037a0760186574b0282f2f435e7f00e6aa0" }];
  },
  "POST /sessions/:id/git/comments": (world, { body }) => {
    world.git.comments.push(body.comments);
    const receipt = { id: "p1", status: "submitted", reason: null };
    return [200, { success: true, receipt, reply: null }];
  },
};
