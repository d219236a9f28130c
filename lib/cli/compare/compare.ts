import { figureDifferences, settingDifferences } from "../../planning/differences.ts";
import { latencyCdf, renderSvg, thinCdf } from "../../plot/mod.ts";
import { writeFigures } from "../../results/mod.ts";
import { readParquetColumns } from "../../results/read_parquet.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { type ComparedResult, readResult } from "./read_result.ts";
import { figureLines, settingLines } from "./show_differences.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "all", describe: "All figures of the summary, not only the usual ones" },
  { name: "json", describe: "The same as JSON, a list of comparisons with the first directory" },
  {
    name: "out",
    value: "DIR",
    describe: "Draw the distributions of latencies over one another there",
  },
];

/** Latencies that are drawn, by their column in the table of requests. */
const LATENCIES = { ttft_s: "ttft_cdf", tpot_s: "tpot_cdf", e2e_s: "e2e_cdf" } as const;

/** The command "compare". */
export const compareCommand: Command = {
  name: "compare",
  summary: "Compare results: which settings differ, and what that does",
  help: `Compares the results of runs with those of the first one: settings and figures that differ.

Usage: deno task compare DIR DIR... [OPTION...]

Where both hold the same replications of the same seed, differences are taken run by run, on the same
random numbers, and their intervals are narrow; other replications give Welch's interval; single runs
give none. A star marks an interval without 0.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input (one line says which).`,
  async run(args, print) {
    const given = readArguments("compare", args, OPTIONS);
    if (given.positional.length < 2) {
      throw new UsageError(
        `Cannot compare fewer than two directories of results: current value is ${given.positional.length}`,
      );
    }
    const results: ComparedResult[] = [];
    for (const folder of given.positional) results.push(await readResult(folder));
    const [first, ...others] = results;
    const compared = others.map((other) => compareTwo(first, other, given.flag("all")));
    if (given.flag("json")) print(JSON.stringify(compared, null, 2));
    else {
      for (const { before, after, pairing, settings, figures, saturated } of compared) {
        print(`${before} -> ${after} (${pairing})`);
        print("");
        for (const line of settingLines(settings)) print(line);
        print("");
        for (const line of figureLines(figures)) print(line);
        print("");
        for (const name of saturated) {
          print(`Note: ${name} was saturated: its latencies have no steady state`);
        }
      }
    }
    const out = given.value("out");
    if (out !== undefined) {
      writeFigures(out, await overlaidFigures(results));
      if (!given.flag("json")) print(`Figures are in ${out}`);
    }
    return 0;
  },
};

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

/** The distributions of latencies of all results over one another, as SVG. */
async function overlaidFigures(
  results: readonly ComparedResult[],
): Promise<(readonly [string, Uint8Array])[]> {
  const tables = await Promise.all(
    results.map(({ name }) =>
      readParquetColumns(`${name}/requests.parquet`, {
        what: "a table of requests",
        columns: Object.keys(LATENCIES),
      })
    ),
  );
  const files: (readonly [string, Uint8Array])[] = [];
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
