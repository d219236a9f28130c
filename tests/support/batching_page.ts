/**
 * What docs/batching.md shows of the strategies on one bursty workload: its table and its figure.
 * `deno run -A tests/support/batching_page.ts` writes both; a test compares them with a new run.
 * @module
 */
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { type CdfRow, latencyCdf, renderSvg, thinCdf } from "../../lib/plot/mod.ts";
import type { BatchingName } from "../../lib/scheduling/batching/strategies.ts";

/** The strategies that the page compares. */
const COMPARED: readonly BatchingName[] = [
  "vllm",
  "vllm-v0",
  "sarathi",
  "orca",
  "fastertransformer",
];

/** The page, and the figure that it shows. */
export const PAGE = new URL("../../docs/batching.md", import.meta.url);
export const FIGURE = new URL("../../docs/figures/batching.svg", import.meta.url);

const HEAD = ["Strategy", "TTFT p50", "TTFT p99", "TBT p50", "TBT p99", "TBT max", "E2E p50"]
  .concat("Output tokens/s", "Preemptions", "Fragmentation");

/** The page with its table made anew from its configuration, and the figure. */
export async function makeBatchingPage(page: string): Promise<{ page: string; figure: string }> {
  const yaml = /```yaml\n([^]*?)```/.exec(page)![1];
  const runs = new Map<BatchingName, RunResult>();
  for (const type of COMPARED) {
    runs.set(type, await simulate(loadConfig([yaml, `scheduler: { type: ${type} }`])));
  }
  const rows = [...runs].map(([name, { summary: s }]) => [
    `\`${name}\``,
    ...[s.ttft_s.p50, s.ttft_s.p99].map((seconds) => `${seconds!.toFixed(2)} s`),
    ...[s.tbt_s.p50, s.tbt_s.p99, s.tbt_s.max].map((seconds) =>
      `${(1000 * seconds!).toFixed(0)} ms`
    ),
    `${s.e2e_s.p50!.toFixed(1)} s`,
    s.output_tokens_per_s.toFixed(0),
    `${s.preemptions}`,
    `${(100 * s.kv.fragmentation!).toFixed(1)} %`,
  ]);
  return {
    page: page.replace(/\| Strategy +\|[^]*?\n\n/, `${renderTable([HEAD, ...rows])}\n\n`),
    figure: await renderSvg(
      latencyCdf(gapRows(runs), {
        title: "Longest gap between two tokens of a request",
        column: 2,
      }),
    ),
  };
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map((row) =>
    `| ${
      row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join(" | ")
    } |`
  );
  const dashes = widths.map((width, i) =>
    i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  lines.splice(1, 0, `| ${dashes.join(" | ")} |`);
  return lines.join("\n");
}

/** Longest gap of each request; static batches have none, since all tokens come together. */
function gapRows(runs: ReadonlyMap<BatchingName, RunResult>): CdfRow[] {
  return [...runs].flatMap(([series, { requests }]) =>
    thinCdf(requests.maxTbtSeconds.filter((gap) => gap > 0).toSorted())
      .map(({ value, share }) => ({ series, seconds: value, share }))
  );
}

if (import.meta.main) {
  const { page, figure } = await makeBatchingPage(Deno.readTextFileSync(PAGE));
  Deno.writeTextFileSync(PAGE, page);
  Deno.writeTextFileSync(FIGURE, figure);
}
