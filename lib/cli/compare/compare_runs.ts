import { figureDifferences, settingDifferences } from "../../planning/differences.ts";
import { latencyCdf, renderSvg, thinCdf } from "../../plot/mod.ts";
import { readParquetColumns } from "../../results/read_parquet.ts";
import { type ComparedResult, readResult } from "./read_result.ts";
import { figureLines, settingLines } from "./show_differences.ts";
import type { Comparison, NamedFile } from "./comparison.ts";

/** Latencies that are drawn, by their column in the table of requests. */
const LATENCIES = { ttft_s: "ttft_cdf", tpot_s: "tpot_cdf", e2e_s: "e2e_cdf" } as const;

/** Compares runs with the first of them. */
export async function compareRuns(
  folders: readonly string[],
  isAll: boolean,
): Promise<Comparison> {
  const results: ComparedResult[] = [];
  for (const folder of folders) results.push(await readResult(folder));
  const [first, ...others] = results;
  const compared = others.map((other) => compareTwo(first, other, isAll));
  return {
    json: compared,
    lines: compared.flatMap(({ before, after, pairing, settings, figures, saturated }) => [
      `${before} -> ${after} (${pairing})`,
      "",
      ...settingLines(settings),
      "",
      ...figureLines(figures),
      "",
      ...saturated.map((name) => `Note: ${name} was saturated: its latencies have no steady state`),
    ]),
    figures: async () => ({ files: await overlaidFigures(results), notices: [] }),
  };
}

function compareTwo(before: ComparedResult, after: ComparedResult, isAll: boolean) {
  const isPaired = before.seed === after.seed && before.replications.length > 1 &&
    JSON.stringify(before.replications) === JSON.stringify(after.replications);
  const count = `${before.replications.length} and ${after.replications.length} runs`;
  return {
    before: before.name,
    after: after.name,
    pairing: isPaired
      ? `${before.replications.length} pairs of runs on the same random numbers`
      : before.replications.length > 1 && after.replications.length > 1
      ? `${count}, independent`
      : `${count}: no intervals`,
    saturated: [before, after].filter(({ values }) =>
      (values["saturation.arrivals_rps"] ?? []).some((value) => value !== null)
    ).map(({ name }) => name),
    settings: settingDifferences(before.config, after.config),
    figures: figureDifferences(before.values, after.values, {
      isPaired,
      ...(isAll && { paths: Object.keys(before.values) }),
    }),
  };
}

/** The distributions of latencies of all results over one another. */
async function overlaidFigures(results: readonly ComparedResult[]): Promise<NamedFile[]> {
  const tables = await Promise.all(
    results.map(({ name }) =>
      readParquetColumns(`${name}/requests.parquet`, {
        what: "a table of requests",
        columns: Object.keys(LATENCIES),
      })
    ),
  );
  const files: NamedFile[] = [];
  for (const [column, file] of Object.entries(LATENCIES)) {
    const rows = results.flatMap(({ name }, i) => {
      const values = tables[i][column].filter((value) => typeof value === "number") as number[];
      return thinCdf(Float64Array.from(values).sort())
        .map(({ value, share }) => ({ series: name, seconds: value, share }));
    });
    if (!rows.some(({ seconds }) => seconds > 0)) continue;
    files.push([`${file}.svg`, new TextEncoder().encode(await renderSvg(latencyCdf(rows)))]);
  }
  return files;
}
