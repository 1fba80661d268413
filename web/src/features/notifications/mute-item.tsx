import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bell, BellOff } from "lucide-react";
import { toast } from "sonner";
import { explain } from "@/api/client";
import { MenuItem } from "@/components/menu";
import { prefsQuery, setPrefs } from "./queries";

/** Lets nobody be told of a session, or again. */
export function MuteItem({ sessionId }: { sessionId: string }) {
  const client = useQueryClient();
  const query = prefsQuery(sessionId);
  const isMuted = useQuery(query).data?.enabled === false;
  const Icon = isMuted ? Bell : BellOff;

  async function change() {
    try {
      await setPrefs(sessionId, isMuted ? null : false);
      toast.success(isMuted ? "You are told of it again." : "You are told of it no more.");
    } catch (error) {
      toast.error(explain(error).message);
    }
    await client.invalidateQueries(query);
  }
  return (
    <MenuItem icon={<Icon aria-hidden />} onSelect={() => void change()}>
      {isMuted ? "Notify me of it again" : "Do not notify me of it"}
    </MenuItem>
  );
}
