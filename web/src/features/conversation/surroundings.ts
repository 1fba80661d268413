import type { ReactNode } from "react";
import type { ConversationTool } from "@/api/types";
import type { Agents } from "./rows";

/** What an entry has to know of what is around it. */
export interface Surroundings {
  agents: Agents;
  /** The entries that are open so that the one that is looked for is seen; it is the first. */
  way: readonly number[];
  /** Who allowed or refused a call, which is another feature's to say. */
  decision: (tool: ConversationTool, at: string) => ReactNode;
}
