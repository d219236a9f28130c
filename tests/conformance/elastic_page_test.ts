import { ok, strictEqual } from "#assert";
import { renderSvg } from "../../lib/plot/mod.ts";
import {
  burstSection,
  FIGURES,
  keepAliveRuns,
  keepAliveSection,
  PAGE,
  type PageSection,
  TRACE,
  withTable,
} from "../support/elastic_page.ts";

const page = Deno.readTextFileSync(PAGE);

async function isShown(section: PageSection): Promise<void> {
  strictEqual(withTable(page, section), page);
  const figure = Deno.readTextFileSync(new URL(section.figureName, FIGURES));
  strictEqual(await renderSvg(section.figure), figure);
}

Deno.test("docs/elastic-fleets.md shows every scaling policy on its burst", async () => {
  const section = await burstSection(page);
  strictEqual(section.table.split("\n")[2].slice(0, 10), "| `oracle`");
  await isShown(section);
});

Deno.test({
  name: "docs/elastic-fleets.md shows keep-alive on the Azure code trace: longer ones never cost " +
    "less idle time, never have more starts (needs reference data)",
  ignore: TRACE === undefined,
  async fn() {
    const runs = await keepAliveRuns(page, Deno.readTextFileSync(TRACE!));
    await isShown(keepAliveSection(runs));
    const fixed = [...runs].filter(([name]) => name.endsWith(" s")).map(([, summary]) => summary);
    strictEqual(fixed.length, 5);
    for (let i = 1; i < fixed.length; i++) {
      ok(fixed[i].cost.idle_usd! >= fixed[i - 1].cost.idle_usd!);
      ok(fixed[i].cold_starts <= fixed[i - 1].cold_starts);
      ok(fixed[i].cold_start_rate <= fixed[i - 1].cold_start_rate);
    }
  },
});
