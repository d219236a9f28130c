/**
 * Results larger than memory, measured: cells that keep tables of synthetic requests, run in two
 * shares, gathered, with a figure that Polars and a sketch of quantiles make of all rows without having
 * them in memory, and a query of Polars over the results. Each step is a process of its own, whose
 * largest resident memory is printed with its time.
 *
 *     deno run -A tests/bench/large_results.ts --rows 100000000 --folder FOLDER
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { openCellStore } from "../../lib/experiment/cell_store.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("lib/cli/main.ts", ROOT).href;
const CONFIG = decodeURIComponent(new URL("deno.json", ROOT).pathname);
const ID = "00_large";

/** What a step of the measurement took. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  /** Largest resident memory of its process, bytes; pages of files that Polars has mapped count too. */
  readonly peakBytes: number;
  /** The same without files: memory that the system could not take back. */
  readonly peakOwnBytes: number;
  /** What it printed. */
  readonly output: string;
}

/** Rates of arrival of the cells, requests per second. */
const RATES = [2, 4, 6, 8, 10];

/** An experiment of `cells` cells with `rows` requests each. */
function experimentText(cells: number, rows: number): string {
  const of = (path: string) => JSON.stringify(new URL(path, ROOT).href);
  return `
import { defineExperiment } from ${of("lib/experiment/define_experiment.ts")};
import { floatColumn, integerColumn } from ${of("lib/results/table.ts")};
import { randomStreams } from ${of("lib/sim/random_streams.ts")};
import { exp, log } from ${of("lib/stats/elementary/mod.ts")};
import { GapSketch } from ${of("lib/stats/gap_sketch.ts")};

const COUNT = ${rows};

export default defineExperiment({
  id: "${ID}",
  version: 1,
  seed: 7,
  question: "How much memory do results take that are larger than it?",
  factors: { rate: ${JSON.stringify(RATES)}, part: [...Array(${cells / RATES.length}).keys()] },
  run({ cell, seed, replication }) {
    const stream = randomStreams(seed, replication).take("requests " + cell.rate + " " + cell.part);
    const ttft = new Float64Array(COUNT), e2e = new Float64Array(COUNT);
    const tokens = new Int32Array(COUNT);
    for (let i = 0; i < COUNT; i++) {
      ttft[i] = -0.05 * cell.rate * log(1 - stream.next());
      tokens[i] = 1 + Math.floor(exp(7 * stream.next()));
      e2e[i] = ttft[i] + 0.02 * tokens[i];
    }
    return {
      count: COUNT,
      columns: [
        floatColumn("ttft_s", ttft),
        floatColumn("e2e_s", e2e),
        integerColumn("output_tokens", tokens),
      ],
    };
  },
  async summarise(requests) {
    const rates = ${JSON.stringify(RATES)};
    const { default: pl } = await import("nodejs-polars");
    const moments = requests.lazyFrame(pl).groupBy(["rate"]).agg(
      pl.col("ttft_s").count().alias("requests"),
      pl.col("ttft_s").mean().alias("ttft_mean_s"),
    ).sort(["rate"]).collectSync({ engine: "streaming" }).toRecords();
    const sketches = new Map(rates.map((rate) => [rate, new GapSketch()]));
    for await (const batch of requests.batches(["rate", "ttft_s"])) {
      const rate = batch.numbers("rate"), ttft = batch.numbers("ttft_s");
      for (let i = 0; i < batch.count; i++) sketches.get(rate[i]).add(ttft[i], 1);
    }
    return moments.map((row) => ({
      ...row, part: 0, replication: 0, ttft_p99_s: sketches.get(row.rate).quantile(0.99),
    }));
  },
  headlines: (rows) => ({ requests: rows.reduce((sum, row) => sum + row.requests, 0) }),
  figures: { tail: (rows) => ({
    data: { values: rows }, mark: "point", width: 200, height: 100,
    encoding: {
      x: { field: "rate", type: "quantitative" }, y: { field: "ttft_p99_s", type: "quantitative" },
    },
  }) },
});
`;
}

/** A query of Polars over all rows of the results. */
const QUERY = `
import pl from "nodejs-polars";
import { scanTable, tablesIn } from ${
  JSON.stringify(new URL("lib/results/scan_table.ts", ROOT).href)
};
const frame = scanTable(tablesIn(Deno.args[0])).lazyFrame(pl);
const answer = await frame.groupBy(["rate"]).agg(
  pl.col("ttft_s").count().alias("requests"),
  pl.col("e2e_s").max().alias("e2e_max_s"),
  pl.col("output_tokens").cast(pl.Float64).mean().alias("output_tokens_mean"),
).sort(["rate"]).collectSync({ engine: "streaming" });
console.log(JSON.stringify(answer.toRecords()));
`;

/** Runs Deno with these arguments and measures it. */
async function measure(name: string, args: readonly string[]): Promise<Step> {
  const startedMs = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let peakBytes = 0, peakOwnBytes = 0;
  const look = () => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      const bytes = (name: string) =>
        1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
      peakBytes = Math.max(peakBytes, bytes("VmHWM"));
      peakOwnBytes = Math.max(peakOwnBytes, bytes("RssAnon"));
    } catch {
      // It has just ended.
    }
  };
  const timer = setInterval(look, 10);
  const { code, stdout } = await child.output();
  clearInterval(timer);
  const output = new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${output}`);
  const seconds = (performance.now() - startedMs) / 1000;
  return { name, seconds, peakBytes, peakOwnBytes, output };
}

/**
 * Runs all steps.
 *
 * @param rows Requests of all cells, a multiple of the cells.
 * @param cells A multiple of five.
 * @param folder Where everything goes.
 */
export async function measureLargeResults(
  rows: number,
  cells: number,
  folder: string,
): Promise<readonly Step[]> {
  await Deno.mkdir(`${folder}/experiments/${ID}`, { recursive: true });
  const text = experimentText(cells, rows / cells);
  await Deno.writeTextFile(`${folder}/experiments/${ID}/experiment.ts`, text);
  await Deno.writeTextFile(`${folder}/query.ts`, QUERY);
  const command = (...words: readonly string[]) => [
    ...["run", "-A", "--quiet", "--no-check", "--config", CONFIG, MAIN, "experiment", ...words, ID],
    ...["--experiments", `${folder}/experiments`, "--out", `${folder}/out`],
  ];
  const share = ["shard", "--of", "2", "--index"];
  const steps = [
    await measure("shard 0 of 2", command(...share, "0", "--workers", "1")),
    await measure("shard 1 of 2", command(...share, "1", "--workers", "2")),
    await measure("gather", command("gather")),
    await measure("Polars over rows", [
      ...["run", "-A", "--quiet", "--no-check", "--config", CONFIG, `${folder}/query.ts`],
      `${folder}/out/${ID}/rows`,
    ]),
  ];
  return steps;
}

/** Bytes of all tables of the cells, and of the joined one. */
export function bytesOnDisk(folder: string): { readonly cells: number; readonly rows: number } {
  const bytesIn = (path: string) =>
    Array.from(Deno.readDirSync(path), ({ name }) => Deno.statSync(`${path}/${name}`).size)
      .reduce((sum, size) => sum + size, 0);
  return {
    cells: bytesIn(`${folder}/out/.cells/${ID}`),
    rows: bytesIn(`${folder}/out/${ID}/rows`),
  };
}

if (import.meta.main) {
  const given = parseArgs(Deno.args, { string: ["rows", "cells", "folder"] });
  const folder = given.folder ?? await Deno.makeTempDir({ prefix: "simfaas-large-" });
  const steps = await measureLargeResults(
    Number(given.rows ?? 1e6),
    Number(given.cells ?? 100),
    folder,
  );
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
  for (const { name, seconds, peakBytes, peakOwnBytes, output } of steps) {
    console.log(
      `${name}: ${seconds.toFixed(1)} s, ${gigabytes(peakBytes)} resident at most, ` +
        `${gigabytes(peakOwnBytes)} without mapped files`,
    );
    console.log(output.trimEnd().split("\n").map((line) => `    ${line.slice(0, 600)}`).join("\n"));
  }
  const { cells, rows } = bytesOnDisk(folder);
  console.log(`On disk: cells ${gigabytes(cells)}, rows ${gigabytes(rows)}`);
  openCellStore(`${folder}/out/.cells/${ID}`).clear();
  await Deno.remove(folder, { recursive: true });
}
