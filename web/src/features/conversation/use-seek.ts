import { type RefObject, useEffect, useRef, useState } from "react";

/** How long rows get to have their heights, in frames. */
const FRAMES = 10;

/**
 * Brings what is looked for into the middle, once: the row at `index`, and what is marked in it. Says
 * when that is done; until then nothing may come in front.
 */
export function useSeek(
  box: RefObject<HTMLElement | null>,
  index: number | null,
  isLoaded: boolean,
  toRow: (index: number) => void,
): boolean {
  const [isDone, setDone] = useState(index === null);
  const go = useRef(toRow);
  go.current = toRow;

  useEffect(() => {
    if (isDone || !isLoaded || index === null) return;
    let left = FRAMES;
    let frame = requestAnimationFrame(function seek() {
      const found = box.current?.querySelector("[aria-current=location]");
      if (found) found.scrollIntoView({ block: "center" });
      else if (index >= 0) go.current(index);
      left -= 1;
      if (left > 0 && index >= 0) frame = requestAnimationFrame(seek);
      else setDone(true);
    });
    return () => cancelAnimationFrame(frame);
  }, [box, index, isLoaded, isDone]);

  return isDone;
}
