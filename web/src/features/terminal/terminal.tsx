import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { cn } from "@/lib/cn";
import { useIsDark } from "@/lib/theme";
import { KeyStrip } from "./key-strip";
import { SearchBar } from "./search-bar";
import { useSettings } from "./settings";
import { SmallNotice } from "./small-notice";
import { StatusLine } from "./status-line";
import { TerminalMenu } from "./terminal-menu";
import { TerminalNotice } from "./terminal-notice";
import { terminalTheme } from "./themes";
import { type TerminalEvents, type TerminalView, useTerminal } from "./use-terminal";

/** Below this share of their size letters are hard to read. */
const READABLE = 0.7;

interface Props {
  sessionId: string;
  /** F6: where the keys go that are no longer the agent's. */
  onLeave: () => void;
}

/** The terminal of a session, to look at and to type into. */
export function Terminal({ sessionId, onLeave }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const settings = useSettings();
  const isDark = useIsDark();
  const look = useRef({ ...settings, isDark });
  const [isSearching, setSearching] = useState(false);
  const [hasCtrl, setCtrl] = useState(false);
  const [rings, setRings] = useState(false);
  const [scale, setScale] = useState(1);
  const [title, setTitle] = useState("");
  const events = useRef<TerminalEvents>(null as unknown as TerminalEvents);
  events.current = {
    onSearch: () => setSearching(true),
    onLeave,
    onBell: () => {
      setRings(true);
      setTimeout(() => setRings(false), 400);
    },
    onScale: setScale,
    onTitle: setTitle,
    heldKey: (data) => {
      if (!hasCtrl || data.length !== 1) return null;
      setCtrl(false);
      return `ctrl+${data.toLowerCase()}`;
    },
  };
  const view = useTerminal(host, sessionId, events, look);

  useEffect(() => view?.screen.setFontSize(settings.fontSize), [view, settings.fontSize]);
  useEffect(
    () => view?.screen.setTheme(terminalTheme(settings.theme, isDark)),
    [view, settings.theme, isDark],
  );
  useEffect(() => {
    // On a phone the keyboard would cover what one came to see.
    if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body)
      view?.screen.terminal.focus();
  }, [view]);

  const background = terminalTheme(settings.theme, isDark).background;
  return (
    <div className="flex h-full min-h-0 flex-col">
      {view && isSearching && (
        <SearchBar
          screen={view.screen}
          onClose={() => {
            setSearching(false);
            view.screen.terminal.focus();
          }}
        />
      )}
      <div
        className={cn(
          "relative min-h-0 flex-1 p-2 transition-shadow",
          rings && "shadow-[inset_0_0_0_2px_var(--warn)]",
        )}
        style={{ background }}
      >
        <div
          ref={host}
          className="h-full w-full overflow-hidden [&_.xterm]:origin-top-left [&_.xterm-viewport]:bg-transparent!"
        />
        {view && scale < READABLE && <SmallNotice view={view} />}
        {view && <TerminalNotice stream={view.stream} />}
      </div>
      <footer className="flex items-center border-t bg-panel pr-1">
        <div className="min-w-0 flex-1">
          {view && (
            <>
              <KeyStrip view={view} hasCtrl={hasCtrl} onCtrl={setCtrl} />
              <Status view={view} title={title} />
            </>
          )}
        </div>
        {view && <TerminalMenu view={view} onSearch={() => setSearching(true)} />}
      </footer>
    </div>
  );
}

function Status({ view, title }: { view: TerminalView; title: string }) {
  const state = useSyncExternalStore(view.stream.subscribe, view.stream.state);
  return <StatusLine state={state} title={title} />;
}
