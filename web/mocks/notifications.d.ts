import type { Notification } from "../src/api/schema";
import type { Session } from "../src/api/types";
import type { World } from "./world.js";

export function tell(
  world: World,
  session: Session,
  eventType: string,
  title: string,
  payload?: object,
): Notification;
