import { Command } from "cmdk";
import type { ReactNode } from "react";

/** Something that the palette can do. */
export interface Deed {
  id: string;
  group: string;
  label: string;
  icon: ReactNode;
  /** More words that find it. */
  words?: string;
  /** Its shortcut, or what there is to know. */
  hint?: string;
  run: () => void;
}

interface Props {
  deeds: Deed[];
  onClose: () => void;
}

/** Every word that was typed is there: letters from here and there would find what nobody meant. */
function matches(value: string, typed: string): number {
  const words = typed.toLowerCase().split(/\s+/);
  return words.every((word) => value.toLowerCase().includes(word)) ? 1 : 0;
}

/** Finds anything that can be done, by typing. */
export function Palette({ deeds, onClose }: Props) {
  const groups = [...new Set(deeds.map((deed) => deed.group))];
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => open || onClose()}
      label="Commands"
      filter={matches}
      overlayClassName="fixed inset-0 z-40 bg-black/50"
      contentClassName="fixed inset-x-2 top-[8dvh] z-50 mx-auto max-w-xl overflow-hidden rounded-2xl border bg-panel shadow-2xl"
    >
      <Command.Input
        placeholder="Go to a session, or do something"
        className="w-full border-b bg-transparent px-4 py-3.5 text-base outline-none placeholder:text-muted"
      />
      <Command.List className="max-h-[60dvh] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-8 text-center text-sm text-muted">
          Nothing is called that.
        </Command.Empty>
        {groups.map((group) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted"
          >
            {deeds
              .filter((deed) => deed.group === group)
              .map((deed) => (
                <Command.Item
                  key={deed.id}
                  value={`${deed.label} ${deed.words ?? ""} ${deed.id}`}
                  onSelect={() => {
                    onClose();
                    deed.run();
                  }}
                  className="target flex cursor-pointer items-center gap-3 rounded-lg px-3 text-sm data-[selected=true]:bg-raised [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
                >
                  {deed.icon}
                  <span className="min-w-0 truncate">{deed.label}</span>
                  {deed.hint && (
                    <span className="ml-auto shrink-0 text-[13px] text-muted">{deed.hint}</span>
                  )}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  );
}
