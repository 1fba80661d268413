import type { World } from "./world.js";

export function signIn(world: World): string;
