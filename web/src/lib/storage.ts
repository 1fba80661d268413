/** What this browser remembers. Storage may be full or forbidden: then nothing is remembered. */
export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`codepiper.${name}`, JSON.stringify(value));
  } catch {
    // Nothing depends on it.
  }
}

/** What was remembered under that name, if it can be read. */
export function recall<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(`codepiper.${name}`);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Forgets it. */
export function forget(name: string): void {
  try {
    localStorage.removeItem(`codepiper.${name}`);
  } catch {
    // As above.
  }
}
