import { Buffer } from "node:buffer";
import type { RunResult } from "../../metrics/run_tables.ts";
import { exists } from "../../results/exists.ts";
import { writeParquet } from "../../results/parquet/write_parquet.ts";
import type { Table } from "../../results/table.ts";
import { resultTables } from "../../results/result_tables.ts";
import { checkResults, readDrawnSummary } from "../read_figure_source.ts";
import { type Frame, loadPolars, type PolarsApi } from "./load_polars.ts";

/** The tables of a run as data frames of Polars. Times in seconds; null where there is no value. */
export interface RunFrames {
  /** One row per request, with `ttft_s`, `tpot_s`, `e2e_s`, and names of functions and classes. */
  readonly requests: Frame;
  /** One row per sampling interval. */
  readonly series: Frame;
  /** One row per phase of an instance's life, with its `duration_s`. */
  readonly instances: Frame;
  /** One row per stage of an instance's start, with its `duration_s`. */
  readonly stages: Frame;
  /** One row per request that waited for a start and stage that it waited in. */
  readonly waits: Frame;
  /** Share of the gaps between tokens that are at most so long. */
  readonly gaps: Frame;
  /** One row per request: the parts of its latency; absent where the run did not record them. */
  readonly parts?: Frame;
}

/**
 * The tables of a run as data frames: `requests`, `series`, `instances`, `stages`, `waits`, `gaps`,
 * `parts`.
 * The columns are those of docs/metrics.md, with names of functions and classes in place of numbers.
 *
 * @example
 * ```ts ignore
 * const { requests } = await frame(await simulate(config));
 * requests.sort("ttft_s", true).head(5);
 * ```
 */
export async function frame(run: RunResult): Promise<RunFrames> {
  const polars = await loadPolars();
  const { requests, timeseries, ...others } = resultTables(run);
  const classes = run.summary.classes.map(({ name }) => name);
  const frameOf = (table: Table) => polars.readParquet(Buffer.from(parquetBytes(table)));
  return framesOf(polars, classes, {
    requests: frameOf(requests),
    timeseries: frameOf(timeseries),
    instances: frameOf(others.instances),
    cold_start_waits: frameOf(others.cold_start_waits),
    token_gaps: frameOf(others.token_gaps),
    ...(others.latency_parts && { latency_parts: frameOf(others.latency_parts) }),
  });
}

/**
 * The same frames from a directory of results in Parquet, such as "results/demo": a path from where
 * the notebook is.
 *
 * @throws {RangeError} If the directory holds no results in Parquet.
 */
export async function frames(directory: string): Promise<RunFrames> {
  await checkResults(directory);
  const polars = await loadPolars();
  const read = (name: string) => polars.readParquet(`${directory}/${name}.parquet`);
  const { classes } = readDrawnSummary(`${directory}/summary.json`);
  return framesOf(polars, classes.map(({ name }) => name), {
    requests: read("requests"),
    timeseries: read("timeseries"),
    instances: read("instances"),
    cold_start_waits: read("cold_start_waits"),
    token_gaps: read("token_gaps"),
    ...(exists(`${directory}/latency_parts.parquet`) && { latency_parts: read("latency_parts") }),
  });
}

/** The Parquet file of a table, in memory. */
function parquetBytes(table: Table): ArrayBuffer {
  const parts: Uint8Array[] = [];
  writeParquet(table, (piece) => {
    parts.push(piece.slice());
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** The frames under the names of notebooks, with what is derived. */
function framesOf(
  polars: PolarsApi,
  classes: readonly string[],
  tables:
    & Readonly<
      Record<"requests" | "timeseries" | "instances" | "cold_start_waits" | "token_gaps", Frame>
    >
    & { readonly latency_parts?: Frame },
): RunFrames {
  const { requests } = tables;
  // Without classes the column holds nothing, rather than a number that names none.
  const className = classes.length === 0
    ? polars.lit(null).cast(polars.Utf8)
    : namesByNumber(polars, classes);
  const duration = polars.col("end_s").sub(polars.col("start_s")).alias("duration_s");
  const phases = tables.instances.withColumns(duration);
  const isStage = polars.col("phase").str.contains("^start:");
  return {
    requests: requests.withColumns(className.alias("class")),
    series: tables.timeseries,
    instances: phases.filter(isStage.not()),
    stages: phases.filter(isStage)
      .withColumns(polars.col("phase").str.replace("^start:", "").alias("stage"))
      .select("instance", "function", "stage", "start_s", "end_s", "duration_s"),
    waits: tables.cold_start_waits,
    gaps: tables.token_gaps,
    ...(tables.latency_parts && { parts: tables.latency_parts }),
  };
}

/** The column `class` with the name that stands at each number. */
function namesByNumber(polars: PolarsApi, names: readonly string[]) {
  const none = polars.lit(null).cast(polars.Utf8);
  return names.reduceRight(
    (others, name, id) =>
      polars.when(polars.col("class").eq(id)).then(polars.lit(name)).otherwise(others),
    none,
  );
}
