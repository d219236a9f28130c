/**
 * The tables of docs/speculative.md: `deno run -A tests/support/speculation_page.ts` writes them from the
 * reference data; a test compares them with a new run where the data is present.
 * @module
 */
import { parse } from "@std/csv";
import { externalData } from "../../lib/results/external_data.ts";
import { cellOf, fittedSpeedUp, ownSpeedUps } from "./speculation_cells.ts";

/** The page. */
export const PAGE = new URL("../../docs/speculative.md", import.meta.url);

const BATCHES = [1, 8, 16, 32, 64, 128];

/** A speed-up of the source, and ours. */
export interface ComparedCell {
  readonly name: string;
  readonly drafted: number | "oracle";
  readonly batch: number;
  /** The source's. */
  readonly target: number;
  /** With its step times: by the acceptance of all steps, where the table has it, and of the mean request. */
  readonly walked: number | undefined;
  readonly request: number;
  /** With our own step times, by that of the mean request. */
  readonly own: number;
}

/** Every cell of the reference data. */
export async function comparedCells(): Promise<ComparedCell[]> {
  const own = await ownSpeedUps("profiled");
  const text = Deno.readTextFileSync(externalData("specdecode", "targets.csv"));
  return parse(text, { skipFirstRow: true }).map((row): ComparedCell => {
    const proposer = row.proposer as "eagle3" | "ngram";
    const batch = Number(row.batch);
    const drafted = row.k === "oracle" ? "oracle" : Number(row.k);
    const request = cellOf(row.dataset!, proposer, batch, drafted, "request")!;
    const walked = cellOf(row.dataset!, proposer, batch, drafted, "walked");
    return {
      name: `${row.dataset} ${proposer}`,
      drafted,
      batch,
      target: Number(row.speedup_by_throughput),
      walked: walked && fittedSpeedUp(walked.cell, walked.kinds),
      request: fittedSpeedUp(request.cell, request.kinds),
      own: own(request.cell, request.kinds),
    };
  });
}

/** The page with its table of cells made anew. */
export async function makeSpeculationPage(page: string): Promise<string> {
  const cells = await comparedCells();
  const rows = [...Map.groupBy(cells, ({ name, drafted }) => `${name} ${drafted}`)].map(
    ([key, list]) => {
      const [dataset, proposer, drafted] = key.split(" ");
      const byBatch = BATCHES.map((batch) => {
        const cell = list.find((one) => one.batch === batch);
        if (cell === undefined) return "";
        const { target, request, own } = cell;
        return [target, request, own].map((value) => value.toFixed(2)).join(" / ");
      });
      return [dataset, proposer, drafted, ...byBatch];
    },
  );
  rows.sort(([a, b], [c, d]) => a === c ? b.localeCompare(d) : 0);
  const head = ["Data set", "Proposer", "Drafted", ...BATCHES.map((batch) => `batch ${batch}`)];
  return page.replace(/\| Data set +\|[^]*?\n\n/, `${renderTable([head, ...rows])}\n\n`);
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i].length)));
  const lines = rows.map((row) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

if (import.meta.main) {
  Deno.writeTextFileSync(PAGE, await makeSpeculationPage(Deno.readTextFileSync(PAGE)));
}
