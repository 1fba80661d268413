// Sets of secret variables of the mock; like the daemon it tells no value but one that is asked for.
import { randomUUID } from "node:crypto";

const AT = "2026-11-20T09:00:00.000Z";
const MASK = "••••••••";

/** The sets as they are kept, with their values. */
export const filled = () => [
  {
    id: "0199aa00-0000-7000-8000-000000000001",
    name: "staging",
    description: "The staging server",
    vars: { API_KEY: "k-7d1f", DB_URL: "postgres://mia:secret@db.staging/shop" },
  },
];

const view = ({ id, name, description, vars }) => ({
  id,
  name,
  ...(description && { description }),
  maskedVars: Object.fromEntries(Object.keys(vars).map((name) => [name, MASK])),
  varCount: Object.keys(vars).length,
  createdAt: AT,
  updatedAt: AT,
});

function change(set, { name, description, vars = {}, unset = [] }) {
  const bad = Object.keys(vars).find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (bad)
    return [400, { error: `\`${bad}\` is no name of a variable`, code: "invalid", field: "vars" }];
  set.name = name ?? set.name;
  set.description = description ?? set.description;
  Object.assign(set.vars, vars);
  for (const gone of unset) delete set.vars[gone];
  return [200, { envSet: view(set) }];
}

const withSet = (deed) => (world, call) => {
  const set = world.envSets.find(({ id }) => id === call.id);
  return set ? deed(set, call, world) : [404, { error: "no such set", code: "env_set_not_found" }];
};

export const ENV_SETS = {
  "GET /env-sets": (world) => [200, { envSets: world.envSets.map(view) }],
  "POST /env-sets": (world, { body }) => {
    const set = { id: randomUUID(), name: "", description: null, vars: {} };
    const [status, answer] = change(set, body);
    if (status !== 200) return [status, answer];
    world.envSets.push(set);
    return [201, answer];
  },
  "PUT /env-sets/:id": withSet((set, { body }) => change(set, body)),
  "DELETE /env-sets/:id": withSet((set, _, world) => {
    world.envSets = world.envSets.filter((other) => other !== set);
    return [200, { success: true }];
  }),
  "POST /env-sets/:id/import": withSet((set, { body }) => {
    const lines = body.text.split("\n").filter((line) => line.includes("="));
    const vars = lines.map((line) => line.split(/=(.*)/).slice(0, 2));
    return change(set, { vars: Object.fromEntries(vars) });
  }),
  "POST /env-sets/:id/reveal": withSet((set, { body }, world) =>
    world.confirmed
      ? [200, { name: body.name, value: set.vars[body.name] }]
      : [403, { error: "say who you are", code: "confirm_required" }],
  ),
};
