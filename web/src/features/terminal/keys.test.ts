import { expect, test } from "vitest";
import { type Key, keyAction } from "./keys";

function press(
  name: string,
  more: { hasSelection?: boolean; isMac?: boolean; isComposing?: boolean } = {},
) {
  const parts = name.split("+");
  const event: Key = {
    key: parts.at(-1) ?? "",
    ctrlKey: parts.includes("ctrl"),
    metaKey: parts.includes("cmd"),
    shiftKey: parts.includes("shift"),
    altKey: parts.includes("alt"),
    isComposing: more.isComposing ?? false,
  };
  return keyAction(event, { hasSelection: more.hasSelection ?? false, isMac: more.isMac ?? false });
}

test("Ctrl-C copies a selection and interrupts without one; on a Mac it always interrupts", () => {
  expect(press("ctrl+c", { hasSelection: true })).toBe("copy");
  expect(press("ctrl+c")).toBe("agent");
  expect(press("ctrl+c", { hasSelection: true, isMac: true })).toBe("agent");
  expect(press("cmd+c", { hasSelection: true, isMac: true })).toBe("copy");
});

test("the browser's paste is let through, so that Ctrl-V pastes and types no ^V", () => {
  expect(press("ctrl+v")).toBe("paste");
  expect(press("cmd+v", { isMac: true })).toBe("paste");
  expect(press("ctrl+v", { isMac: true })).toBe("agent");
});

test("Shift-Enter is a new line, F6 leaves, Ctrl/Cmd-K is the page's, and the rest is the agent's", () => {
  expect(
    [
      "shift+Enter",
      "F6",
      "ctrl+k",
      "ctrl+shift+F",
      "ctrl+f",
      "Tab",
      "Escape",
      "alt+Enter",
      "ctrl+r",
      "F5",
    ].map((k) => press(k)),
  ).toEqual([
    "newline",
    "leave",
    "page",
    "search",
    "agent",
    "agent",
    "agent",
    "agent",
    "agent",
    "agent",
  ]);
  expect(press("ctrl+k", { isMac: true })).toBe("agent");
});

test("what an input method composes is never taken for a shortcut", () => {
  expect(press("shift+Enter", { isComposing: true })).toBe("agent");
});
