import { useQuery } from "@tanstack/react-query";
import {
  CirclePause,
  CircleStop,
  Copy,
  Cpu,
  EllipsisVertical,
  GitFork,
  OctagonX,
  Play,
  ShieldCheck,
  Trash2,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Session } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { copyText } from "@/lib/clipboard";
import { refusals } from "./can";
import { ModelDialog } from "./model-dialog";
import { PolicySetsDialog } from "./policy-sets-dialog";
import { providersQuery } from "./queries";
import { useDeeds } from "./use-deeds";
import { labelOf } from "./words";

interface Props {
  session: Session;
  /** Asks before it is killed. */
  killDialog: (open: boolean, onClose: () => void) => ReactNode;
  /** Whether anybody is told of it. */
  muteItem: ReactNode;
}

/** What can be done to a session; what cannot says why. */
export function SessionActions({ session, killDialog, muteItem }: Props) {
  const deeds = useDeeds();
  const [asking, setAsking] = useState<"kill" | "delete" | "model" | "sets" | null>(null);
  const close = () => setAsking(null);
  const refused = refusals(session);
  const provider = useQuery(providersQuery).data?.find((p) => p.id === session.provider);
  const noModel =
    provider?.capabilities.supportsModelSwitch === false
      ? "This agent's is chosen when it starts"
      : null;

  const isOver = refused.stop !== null;
  const isWorking = refused.interrupt === null;
  return (
    <div className="flex items-center gap-1.5">
      {isWorking && (
        <Button onClick={() => deeds.interrupt(session)} className="max-sm:hidden">
          <CirclePause aria-hidden className="size-4" /> Interrupt
        </Button>
      )}
      {isOver ? (
        <Button look="primary" onClick={() => deeds.resume(session)} refusal={refused.resume}>
          <Play aria-hidden className="size-4" /> Resume
        </Button>
      ) : (
        <Button onClick={() => deeds.stop(session)} className="max-sm:hidden">
          <CircleStop aria-hidden className="size-4" /> Stop
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label="More to do with this session">
            <EllipsisVertical aria-hidden />
          </IconButton>
        }
      >
        {!isOver && (
          <>
            <MenuItem
              icon={<CirclePause aria-hidden />}
              onSelect={() => deeds.interrupt(session)}
              refusal={refused.interrupt}
            >
              Interrupt
            </MenuItem>
            <MenuItem icon={<CircleStop aria-hidden />} onSelect={() => deeds.stop(session)}>
              Stop
            </MenuItem>
          </>
        )}
        <MenuItem
          icon={<GitFork aria-hidden />}
          onSelect={() => deeds.fork(session)}
          refusal={refused.fork}
        >
          Fork the conversation
        </MenuItem>
        <MenuItem
          icon={<Cpu aria-hidden />}
          onSelect={() => setAsking("model")}
          refusal={noModel ?? refused.switchModel}
        >
          Change the model …
        </MenuItem>
        <MenuItem icon={<ShieldCheck aria-hidden />} onSelect={() => setAsking("sets")}>
          Policy sets …
        </MenuItem>
        {muteItem}
        <MenuItem
          icon={<Copy aria-hidden />}
          onSelect={() => deeds.attempt(() => copyText(attachCommand(session)))}
        >
          Copy the command to attach
        </MenuItem>
        <MenuLine />
        <MenuItem
          danger
          icon={<OctagonX aria-hidden />}
          onSelect={() => setAsking("kill")}
          refusal={refused.kill}
        >
          Kill …
        </MenuItem>
        <MenuItem
          danger
          icon={<Trash2 aria-hidden />}
          onSelect={() => setAsking("delete")}
          refusal={refused.delete}
        >
          Delete …
        </MenuItem>
      </Menu>
      {asking === "model" && <ModelDialog session={session} onClose={close} />}
      {asking === "sets" && <PolicySetsDialog session={session} onClose={close} />}
      {killDialog(asking === "kill", close)}
      <Confirm
        open={asking === "delete"}
        onClose={close}
        title={`Delete ${labelOf(session)}?`}
        action="Delete it"
        onConfirm={() => deeds.remove(session)}
      >
        <p>Its events and its last screen are removed for good. Its files and the audit stay.</p>
      </Confirm>
    </div>
  );
}

function attachCommand(session: Session): string {
  return `codepiper attach ${session.id.slice(0, 8)}`;
}
