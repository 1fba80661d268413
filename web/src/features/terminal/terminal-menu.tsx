import {
  AArrowDown,
  AArrowUp,
  Lock,
  Maximize2,
  Palette,
  Search,
  SlidersHorizontal,
} from "lucide-react";
import { useSyncExternalStore } from "react";
import { IconButton } from "@/components/button";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { changeSettings, useSettings } from "./settings";
import { THEME_NAMES, type ThemeName } from "./themes";
import type { TerminalView } from "./use-terminal";

/** What can be done to the view of a terminal. */
export function TerminalMenu({ view, onSearch }: { view: TerminalView; onSearch: () => void }) {
  const settings = useSettings();
  const { locked } = useSyncExternalStore(view.stream.subscribe, view.stream.state);

  return (
    <div className="flex shrink-0">
      <IconButton label="Find in the terminal" className="pointer-coarse:hidden" onClick={onSearch}>
        <Search aria-hidden />
      </IconButton>
      <Menu
        trigger={
          <IconButton label="View of the terminal">
            <SlidersHorizontal aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Search aria-hidden />} onSelect={onSearch}>
          Find …
        </MenuItem>
        <MenuItem
          icon={<Maximize2 aria-hidden />}
          onSelect={() => view.fit()}
          refusal={locked ? "The size is kept" : null}
        >
          Fit to this screen
        </MenuItem>
        <MenuItem icon={<Lock aria-hidden />} checked={locked} onSelect={() => view.lock(!locked)}>
          Keep this size for everyone
        </MenuItem>
        <MenuLine />
        <MenuItem
          icon={<AArrowUp aria-hidden />}
          onSelect={() => changeSettings({ fontSize: settings.fontSize + 1 })}
        >
          Larger letters
        </MenuItem>
        <MenuItem
          icon={<AArrowDown aria-hidden />}
          onSelect={() => changeSettings({ fontSize: settings.fontSize - 1 })}
        >
          Smaller letters
        </MenuItem>
        <MenuLine />
        {(Object.keys(THEME_NAMES) as ThemeName[]).map((theme) => (
          <MenuItem
            key={theme}
            icon={<Palette aria-hidden />}
            checked={settings.theme === theme}
            onSelect={() => changeSettings({ theme })}
          >
            {THEME_NAMES[theme]}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}
