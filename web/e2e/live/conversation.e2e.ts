import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConversationResponse } from "@/api/schema";
import { DESKTOP, PHONE } from "../browser";
import { Agents } from "./agents";
import { stage } from "./stage";

const { daemon: startDaemon, person } = stage();

let agents: Agents;
beforeAll(async () => {
  agents = await Agents.start();
});
afterAll(() => agents?.stop());

/** From when an agent says that it wrote something until it is seen, on a machine that is busy. */
const SEEN_MS = 2000;

const PRICES = `[[price]]
model = "fake-codex"
input = 2
output = 8
`;

test.each([
  { provider: "demo", more: [], run: "RUN", cost: /no price/, options: PHONE },
  { provider: "claude-code", more: [], run: "RUN", cost: /\$\d/, options: DESKTOP },
  {
    ...{ provider: "codex", more: ["--model", "fake-codex"] },
    ...{ run: "ESCALATE", cost: /\$\d/, options: DESKTOP },
  },
])(
  "what $provider is told, does, says and costs is in its conversation as it happens, and is found",
  async ({ provider, more, run, cost, options }) => {
    const daemon = await startDaemon((daemon) => {
      agents.furnish(daemon);
      mkdirSync(join(daemon.home, ".codepiper"), { mode: 0o700 });
      writeFileSync(join(daemon.home, ".codepiper/prices.toml"), PRICES);
    });
    const mia = await person(options, `${provider}-conversation`);
    const { page } = mia;
    await page.goto(daemon.url);
    await mia.signInFirst(daemon);
    const args = ["-p", provider, "-d", daemon.work, "--billing", "api", ...more];
    const { session } = await daemon.json("start", ...args, "--prompt", "SAY: glad to be **here**");
    const { id } = session;
    await page.goto(`${daemon.url}/sessions/${id}`);
    await page.getByRole("link", { name: "Conversation" }).click();

    const log = page.getByRole("log", { name: "Conversation" });
    const said = (kind: string, text: string) =>
      log.getByRole("article", { name: kind, exact: true }).filter({ hasText: text }).last();
    const entries = async () => {
      const answer = await page.request.get(`${daemon.url}/api/sessions/${id}/conversation`);
      return ((await answer.json()) as ConversationResponse).entries;
    };
    /** It is seen soon after it was written. */
    async function soon(kind: string, text: string) {
      await said(kind, text).waitFor({ timeout: 30_000 });
      const seen = Date.now();
      const entry = (await entries()).findLast((e) => e.text.includes(text));
      expect(seen - Date.parse(entry?.at ?? "")).toBeLessThan(SEEN_MS);
    }
    await said("Reply", "glad to be").waitFor({ timeout: 30_000 });
    await log.locator("strong", { hasText: "here" }).first().waitFor();

    await mia.prompt(`${run}: echo from-the-tool > made && cat made\nSAY: it is made`);
    const request = mia.request("from-the-tool").filter({ hasText: "wants to" });
    await request.getByRole("button", { name: "Allow" }).click();
    await soon("Reply", "it is made");
    await said("Prompt to the agent", "SAY: it is made").waitFor();
    const call = said("Tool call", "from-the-tool");
    await call.getByRole("button").first().click();
    await call.getByRole("region", { name: "Result" }).getByText("from-the-tool").waitFor();
    await call.getByText(/Allowed by owner, dashboard/).waitFor();
    await log.getByText(cost).last().waitFor({ timeout: SEEN_MS });
    await mia.picture("said");

    await page.goto(`${daemon.url}/search?text=made`);
    await page
      .getByRole("link", { name: /it is made/ })
      .first()
      .click();
    await log.locator("[aria-current=location]").getByText("it is made").first().waitFor();

    await page.goto(`${daemon.url}/analytics?range=today`);
    const models = page.getByRole("region", { name: "Models" });
    await models.getByRole("row", { name: cost }).first().waitFor();
    await page.locator(".recharts-surface").first().waitFor();
    await mia.picture("analytics");
    expect(mia.complaints).toEqual([]);
  },
);
