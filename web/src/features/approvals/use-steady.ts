import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** How long nothing is pressed that has just moved, in milliseconds. */
const SETTLE_MS = 400;
/** How often is looked where it is. */
const LOOK_MS = 100;

interface Place {
  /** From the top of the window. */
  seen: number;
  /** From the top of what scrolls. */
  inPage: number;
}

/**
 * Whether something stands where it stood a moment ago. What came under a finger by itself is not
 * what was meant to be pressed; what a person scrolled there is.
 */
export function useSteady(box: RefObject<HTMLElement | null>) {
  const [isSteady, setSteady] = useState(false);
  const last = useRef<Place | null>(null);
  const movedAt = useRef(performance.now());

  /** Looks once more, as it may have moved since. */
  const hasMoved = useCallback(() => {
    const element = box.current;
    if (!element) return true;
    const place = placeOf(element);
    if (last.current && isApart(last.current, place)) movedAt.current = performance.now();
    last.current = place;
    const moved = performance.now() - movedAt.current < SETTLE_MS;
    setSteady(!moved);
    return moved;
  }, [box]);

  useEffect(() => {
    const timer = setInterval(hasMoved, LOOK_MS);
    return () => clearInterval(timer);
  }, [hasMoved]);
  return { isSteady, hasMoved };
}

/** Who scrolls changes where it is seen, and who keeps the place of a reader where it is in the page. */
function isApart(before: Place, now: Place): boolean {
  return Math.abs(before.seen - now.seen) > 1 && Math.abs(before.inPage - now.inPage) > 1;
}

function placeOf(element: HTMLElement): Place {
  const seen = element.getBoundingClientRect().top;
  let scrolled = 0;
  for (let at = element.parentElement; at; at = at.parentElement) scrolled += at.scrollTop;
  return { seen, inPage: seen + scrolled };
}
