import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleStop, Copy, EllipsisVertical, GitFork, OctagonX, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import type { Session } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { copyText } from "@/lib/clipboard";
import { refusals } from "./can";
import {
  deleteSession,
  dropSession,
  forkSession,
  killSession,
  putSession,
  resumeSession,
  stopSession,
} from "./queries";
import { labelOf } from "./words";

/** What can be done to a session; what cannot says why. */
export function SessionActions({ session }: { session: Session }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"kill" | "delete" | null>(null);
  const refused = refusals(session);

  async function attempt(deed: () => Promise<unknown>) {
    try {
      await deed();
    } catch (error) {
      const { message, hint } = explain(error);
      toast.error(message, hint ? { description: hint } : undefined);
    }
  }

  const resume = () => attempt(async () => putSession(client, await resumeSession(session.id)));
  const fork = () =>
    attempt(async () => {
      const copy = await forkSession(session.id);
      putSession(client, copy);
      await navigate({ to: "/sessions/$id", params: { id: copy.id } });
    });

  async function remove() {
    await deleteSession(session.id);
    await navigate({ to: "/" });
    dropSession(client, session.id);
  }

  const isOver = refused.stop !== null;
  return (
    <div className="flex items-center gap-1.5">
      {isOver ? (
        <Button look="primary" onClick={resume} refusal={refused.resume}>
          <Play aria-hidden className="size-4" /> Resume
        </Button>
      ) : (
        <Button onClick={() => attempt(() => stopSession(session.id))} className="max-sm:hidden">
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
          <MenuItem
            icon={<CircleStop aria-hidden />}
            onSelect={() => attempt(() => stopSession(session.id))}
          >
            Stop
          </MenuItem>
        )}
        <MenuItem icon={<GitFork aria-hidden />} onSelect={fork} refusal={refused.fork}>
          Fork the conversation
        </MenuItem>
        <MenuItem
          icon={<Copy aria-hidden />}
          onSelect={() => attempt(() => copyText(attachCommand(session)))}
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
      <Confirm
        open={asking === "kill"}
        onClose={() => setAsking(null)}
        title={`Kill ${labelOf(session)}?`}
        action="Kill it"
        onConfirm={() => killSession(session.id)}
      >
        <p>
          The agent and every process it started end at once, in the middle of whatever they do.
        </p>
        <p>
          What is typed and not sent, and prompts that wait, are lost. Files and the conversation so
          far stay.
        </p>
      </Confirm>
      <Confirm
        open={asking === "delete"}
        onClose={() => setAsking(null)}
        title={`Delete ${labelOf(session)}?`}
        action="Delete it"
        onConfirm={remove}
      >
        <p>Its events and its last screen are removed for good. Its files and the audit stay.</p>
      </Confirm>
    </div>
  );
}

function attachCommand(session: Session): string {
  return `codepiper attach ${session.id.slice(0, 8)}`;
}
