import type { World } from "./world.js";

export interface Mock {
  world: World;
  url: string;
  stop(): Promise<void>;
}

export function start(port?: number, world?: World): Promise<Mock>;
