import { type RefObject, useLayoutEffect, useState } from "react";
import { type Rows, type Span, visible } from "./window";

/** The rows to be drawn in a box that scrolls, kept true while it does; `list` holds them. */
export function useSpan(
  box: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  rows: Rows,
): Span {
  const [view, setView] = useState({ top: 0, height: 800 });

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const from = list.current ? list.current.offsetTop - element.offsetTop : 0;
      setView({ top: Math.max(0, element.scrollTop - from), height: element.clientHeight });
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      watch.disconnect();
    };
  }, [box, list]);

  return visible(rows, view.top, view.height);
}
