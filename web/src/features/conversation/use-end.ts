import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Who is so near to the end, in pixels, is at it. */
const NEAR = 60;

/** Who is at the end of a box stays there, whatever gets higher; `size` is the height of what is in it. */
export function useEnd(box: RefObject<HTMLElement | null>, size: number, isAtEndAtFirst: boolean) {
  const [isAtEnd, setAtEnd] = useState(isAtEndAtFirst);
  const isHeld = useRef(isAtEndAtFirst);

  const goToEnd = useCallback(() => {
    isHeld.current = true;
    setAtEnd(true);
    box.current?.scrollTo(0, box.current.scrollHeight);
  }, [box]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is for a change of the height
  useLayoutEffect(() => {
    if (isHeld.current) goToEnd();
  }, [size, goToEnd]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let last = element.scrollTop;
    const look = () => {
      const isNear = element.scrollHeight - element.clientHeight - element.scrollTop <= NEAR;
      // Only a person goes up; what gets higher leaves the place where it was.
      if (isNear || element.scrollTop < last) isHeld.current = isNear;
      last = element.scrollTop;
      setAtEnd(isHeld.current);
    };
    element.addEventListener("scroll", look, { passive: true });
    const watch = new ResizeObserver(() => isHeld.current && goToEnd());
    watch.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      watch.disconnect();
    };
  }, [box, goToEnd]);

  return { isAtEnd, goToEnd };
}
