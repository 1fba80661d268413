let lastUsed = 0;

/** Begins to note when the pointer is used. */
export function watchPointer(): void {
  const note = () => {
    lastUsed = performance.now();
  };
  for (const type of ["pointerdown", "pointermove", "wheel", "touchmove"])
    window.addEventListener(type, note, { capture: true, passive: true });
}

/** Does something after `wait` milliseconds, and not before the pointer was left alone for `quiet`. */
export function whenQuiet(wait: number, quiet: number, deed: () => void): void {
  setTimeout(() => {
    const left = lastUsed + quiet - performance.now();
    if (lastUsed > 0 && left > 0) whenQuiet(left, quiet, deed);
    else deed();
  }, wait);
}
