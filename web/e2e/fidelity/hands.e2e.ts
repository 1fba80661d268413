import { expect, test, vi } from "vitest";
import { DESKTOP } from "../browser";
import { stage } from "../live/stage";
import { StandIn } from "./stand-in";
import { written } from "./streams";
import { Viewer } from "./viewer";

const { daemon: startDaemon, person } = stage();

test("keys, text and clicks reach the agent as a terminal sends them, and nothing else does", async () => {
  const daemon = await startDaemon(StandIn.furnish);
  const standIn = await StandIn.start(daemon);
  const questions = written().find(({ name }) => name === "questions")?.bytes ?? "";
  const answersOfTmux = await standIn.writes(questions);
  expect(answersOfTmux).not.toBe("");

  const mia = await person(DESKTOP, "hands");
  const { page, context } = mia;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${daemon.url}/sessions/${standIn.id}`);
  await mia.signInFirst(daemon);
  const viewer = new Viewer(page);
  await viewer.reloads();
  const typed = async (expected: string | RegExp) => {
    let all = "";
    const heard = expect.poll(
      async () => {
        all += await standIn.writes("");
        return all;
      },
      { timeout: 10_000 },
    );
    await (typeof expected === "string" ? heard.toBe(expected) : heard.toMatch(expected));
  };
  await standIn.writes("\x1bc");
  expect(await standIn.writes(questions)).toBe(answersOfTmux);
  await standIn.writes("\x1bca needle, and a needle at https://example.invalid/there\r\n");
  await mia.terminalShows(/needle/);

  await page.locator(".xterm-helper-textarea").focus();
  for (const [keys, sent] of [
    ["Control+Space", "\0"],
    ["Control+c", "\x03"],
    ["Shift+Enter", "\n"],
    ["Alt+b", "\x1bb"],
    ["Shift+Tab", "\x1b[Z"],
    ["ArrowUp", "\x1b[A"],
  ] as const) {
    await page.keyboard.press(keys);
    await typed(sent);
  }

  const input = await context.newCDPSession(page);
  await input.send("Input.imeSetComposition", { text: "かん", selectionStart: 2, selectionEnd: 2 });
  await input.send("Input.insertText", { text: "漢" });
  await typed(Buffer.from("漢").toString("latin1"));

  await standIn.writes("\x1b[?2004hpaste");
  await mia.terminalShows(/paste/);
  await page.evaluate(() => navigator.clipboard.writeText("two\nlines"));
  await page.keyboard.press("Control+v");
  await typed("\x1b[200~two\nlines\x1b[201~");

  const box = await page.locator(".xterm-screen").boundingBox();
  if (!box) throw new Error("no terminal");
  await page.mouse.dblclick(box.x + 30, box.y + 8);
  await page.keyboard.press("Control+c");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("needle");
  await page.keyboard.press("Control+c");
  await typed("\x03");

  await page.evaluate(() => {
    window.open = (url) => {
      document.title = `opened ${url}`;
      return null;
    };
  });
  const link = page.locator(".xterm-rows > div").first().getByText("https://");
  // A row that is painted anew has no box for a moment.
  const place = await vi.waitFor(async () => {
    const box = await link.boundingBox();
    if (!box) throw new Error("no link");
    return box;
  });
  await page.mouse.move(place.x + place.width - 20, place.y + 8);
  await page.locator(".xterm-cursor-pointer").waitFor();
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(() => page.title()).toBe("opened https://example.invalid/there");

  await standIn.writes("\x1b[?1000h\x1b[?1006hclick");
  await mia.terminalShows(/click/);
  await page.mouse.click(box.x + 30, box.y + 8);
  await typed(/^.\[<0;\d+;1M.\[<0;\d+;1m$/s);
  await standIn.writes("\x1b[?1000l");

  await page.keyboard.press("Control+Shift+F");
  await page.getByRole("textbox", { name: "Find in the terminal" }).fill("needle");
  await mia.sees(/of 2$/);
  await page.keyboard.press("Escape");
  const rung = page.locator(".xterm").evaluate(
    (element) =>
      new Promise((resolve) => {
        const frame = element.parentElement?.parentElement;
        new MutationObserver(resolve).observe(frame ?? element, { attributeFilter: ["class"] });
      }),
  );
  await standIn.writes("\x07");
  await rung;
  await standIn.writes("\x1b]2;on the way\x07");
  await mia.sees("on the way");
  await viewer.reloads();
  await mia.sees("on the way");
  expect(await standIn.writes("")).toBe("");
  expect(mia.complaints).toEqual([]);
});
