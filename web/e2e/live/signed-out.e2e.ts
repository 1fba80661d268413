import { expect, test } from "vitest";
import { DESKTOP, PHONE } from "../browser";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

test.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])(
  "who is signed out elsewhere sees it at once, and comes back to where they were: %s",
  async (view, options) => {
    const daemon = await startDaemon();
    const { session } = await daemon.json("start", "-p", "demo", "--prompt", "SAY: still here");
    const mia = await person(options, view);
    const { page } = mia;
    const place = `${daemon.url}/sessions/${session.id}?tab=events`;
    await page.goto(place);
    const [code = ""] = await mia.signInFirst(daemon);
    await mia.sees("SessionCreated");
    await page.getByRole("link", { name: "Terminal" }).click();
    await mia.terminalShows(/● still here/);
    const { pathname, search } = new URL(page.url());

    await daemon.run("auth", "revoke", "--all");
    await page.waitForURL(/\/sign-in\?next=/, { timeout: 1000 });
    await page.getByLabel("Password").waitFor();
    expect(await page.evaluate(() => localStorage.getItem("codepiper.sessions"))).toBeNull();
    await mia.picture("signed-out");
    await mia.signInWith(daemon, code);
    await page.waitForURL(daemon.url + pathname + search);
    await mia.terminalShows(/● still here/);
    expect(mia.complaints).toEqual([]);
  },
);

test.each([
  ["desktop", DESKTOP, PHONE],
  ["phone", PHONE, DESKTOP],
])("a sign-in that is revoked on the %s is over elsewhere at once", async (view, here, there) => {
  const daemon = await startDaemon();
  const mia = await person(here, `${view}-revokes`);
  const lost = await person(there, `${view}-revoked`);
  await mia.page.goto(`${daemon.url}/settings`);
  const [code = ""] = await mia.signInFirst(daemon);
  await lost.page.goto(daemon.url);
  await lost.signInWith(daemon, code);
  await lost.sees("Nobody waits for you");
  await mia.page.reload();
  await mia.page.getByRole("button", { name: /^Revoke (?!all)/ }).click();
  await mia.page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await lost.page.getByLabel("Password").waitFor({ timeout: 1000 });
  await mia.sees("This one");
  expect(await mia.page.getByRole("button", { name: /^Revoke/ }).count()).toBe(0);
});
