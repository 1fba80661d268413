import { expect, test } from "vitest";
import { marked } from "./marks";

const found = (text: string, wanted: string) =>
  marked(text, wanted)
    .map((part) => (part.isFound ? `[${part.text}]` : part.text))
    .join("");

test("what was looked for is marked, whatever it is made of", () => {
  expect(found("Fix the login, the Login page", "login")).toBe("Fix the [login], the [Login] page");
  expect(found("a login page", '"login page" fo*')).toBe("a [login page]");
  expect(found("the billing module", "bill*")).toBe("the [bill]ing module");
  expect(found("what (a|b) is", "(a|b)")).toBe("what [(a|b)] is");
  expect(found("nothing", '"')).toBe("nothing");
});
