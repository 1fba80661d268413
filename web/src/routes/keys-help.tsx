import { Dialog } from "@/components/dialog";

const KEYS = [
  ["Ctrl/Cmd-K", "Find a session, or do something; also in the terminal"],
  ["i", "What needs you"],
  ["n", "New session"],
  ["/", "Search all conversations"],
  ["j, k", "Next and previous session"],
  ["1, 2, 3, 4", "Terminal, conversation, events, activity of the session"],
  ["t, p", "Into the terminal, to the prompt"],
  ["F6", "Out of the terminal, to the prompt"],
  ["Shift-Enter", "A new line in the agent's prompt"],
  ["Ctrl-C", "In the terminal: copies what is selected, else interrupts"],
  ["Ctrl-Shift-F, Cmd-F", "Find in the terminal"],
  ["Alt-Enter", "In the prompt box: say it at once, though the agent works"],
  ["?", "This list"],
] as const;

/** The keys. */
export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys" wide>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2.5 text-sm">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys} className="contents">
            <dt className="code font-medium">{keys}</dt>
            <dd className="text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
