// The directories of the mock's machine.

const HOME = "/home/mia";
const BRANCHES = { shop: "main", site: "main", warehouse: "pg17", reports: null, lab: null };
const INSIDE = { [HOME]: [...Object.keys(BRANCHES), "dotfiles", "new"], "/home/mia/shop": ["api"] };

/** The directory at that path, or nothing. */
export function directory(path) {
  const at = path.replace(/^~/, HOME).replace(/(?<=.)\/$/, "");
  const all = ["/", "/home", ...Object.keys(INSIDE)];
  const names = Object.entries(INSIDE).flatMap(([dir, inside]) =>
    inside.map((name) => `${dir}/${name}`),
  );
  if (![...all, ...names].includes(at)) return null;
  const inside = at === "/" ? ["home"] : at === "/home" ? ["mia"] : (INSIDE[at] ?? []);
  return {
    path: at,
    parent: at === "/" ? null : at.slice(0, at.lastIndexOf("/")) || "/",
    branch: BRANCHES[at.split("/")[3]] ?? null,
    entries: inside.toSorted().map((name) => ({
      name,
      path: `${at === "/" ? "" : at}/${name}`,
      git: at === HOME && Boolean(BRANCHES[name]),
    })),
    truncated: false,
  };
}

export const DIRECTORIES = {
  "GET /directories": (_world, { query }) => {
    const path = query.get("path") ?? "~";
    for (let at = path; ; at = at.slice(0, at.lastIndexOf("/")) || "/") {
      const found = directory(at);
      const problem = at === path ? null : `directory \`${path}\` does not exist`;
      if (found) return [200, { ...found, problem }];
      if (!at.startsWith("/"))
        return [200, { ...directory(HOME), problem: `directory \`${path}\` is not absolute` }];
    }
  },
  "GET /directories/recent": (world) => {
    const paths = [...new Set(world.sessions.map((session) => session.cwd))];
    const directories = paths.filter(directory).map((path) => ({
      path,
      branch: directory(path).branch,
      lastUsedAt: world.sessions.find((session) => session.cwd === path).createdAt,
    }));
    return [200, { directories }];
  },
};
