import { BILL_PARTS } from "../metrics/figures/cost_figures.ts";
import { storedColumns } from "../metrics/columns/column.ts";
import { TIME_SERIES_COLUMNS } from "../metrics/columns/time_series_columns.ts";
import type { Summary } from "../metrics/run_tables.ts";
import { LATENCY_PART_NAMES } from "../metrics/latency_parts.ts";
import { exists } from "../results/exists.ts";
import { readInput } from "../results/read_input.ts";
import { parseInput } from "../std/input_error.ts";
import { parseJson } from "../std/json.ts";
import {
  anything,
  list,
  nullable,
  number,
  optional,
  partialMapping,
  readShape,
  record,
  type Shape,
  text,
} from "../std/shape.ts";
import { recoverResults } from "../results/result_directory.ts";
import { allBands } from "./explain/bands.ts";
import type { ExplainSource } from "./explain/explain_source.ts";
import { readTable, type TableColumns } from "./table_columns.ts";
import { type FigureSource, phaseRows, type StageWaits, textCodes } from "./figure_source.ts";

/** Files without which a directory is not read: what every run writes, and the newest table. */
const NEEDED = ["manifest.json", "summary.json", "requests.parquet", "cold_start_waits.parquet"];

/** Columns of the requests that are read. */
const REQUESTS = [
  ...["arrival_s", "outcome", "ttft_s", "tpot_s", "e2e_s", "first_token_s", "completed_s"],
];

const figure = nullable(number());
const latency: Shape<unknown> = (value, path) => {
  partialMapping({ mean: figure, max: figure })(value, path);
  return record(figure)(value, path);
};
const part = partialMapping({ name: text(/^/), arrived: number(), slo_attainment: figure });

/** What of a summary is drawn. */
const drawnShape = partialMapping({
  measured: optional(partialMapping({ from_s: number() })),
  ttft_s: latency,
  tbt_s: latency,
  e2e_s: latency,
  // Bills of earlier versions have fewer parts.
  cost: partialMapping(Object.fromEntries(BILL_PARTS.map(([key]) => [key, optional(figure)]))),
  classes: list(part),
  functions: list(part),
  // Results of earlier versions do not count it.
  energy: optional(nullable(record(anything))),
});

/** Columns of the time series that are read; the lengths of intervals follow from their ends. */
const READ_SERIES = storedColumns(TIME_SERIES_COLUMNS).filter(([key]) => key !== "intervalSeconds");

/** Those that results have which count energy. */
const POWER = ["stepWatts", "idleWatts", "startWatts", "hostWatts"];

/**
 * Checks that a directory holds results in Parquet, of which nothing is half written.
 *
 * @throws {RangeError} If it does not.
 */
export async function checkResults(directory: string): Promise<void> {
  recoverResults(directory);
  for (const name of NEEDED) {
    try {
      await Deno.stat(`${directory}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
        throw error;
      }
      throw new RangeError(
        `Cannot read results in Parquet from a directory without ${name}: current value is ` +
          `"${directory}"${inOtherFormat(directory, name)}`,
      );
    }
  }
}

/** What to do where a table is there in another format; "" where it is not there at all. */
export function inOtherFormat(directory: string, name: string): string {
  const table = name.replace(/\.parquet$/, "");
  const other = ["csv", "json"].find((format) => exists(`${directory}/${table}.${format}`));
  return other === undefined
    ? ""
    : `, whose tables are ${other.toUpperCase()}: simulate it again with --format parquet`;
}

/**
 * Reads from a directory of results what the standard figures are drawn from.
 *
 * @throws {RangeError} If the directory holds no results in Parquet.
 */
export async function readFigureSource(directory: string): Promise<FigureSource> {
  await checkResults(directory);
  const summary = readDrawnSummary(`${directory}/summary.json`);
  const seriesColumns = summary.energy
    ? READ_SERIES
    : READ_SERIES.filter(([key]) => !POWER.includes(key));
  const read = (table: string, columns: readonly string[]) => readTable(directory, table, columns);
  const [requests, series, instances, gaps, waits] = await Promise.all([
    read("requests", REQUESTS),
    read("timeseries", seriesColumns.map(([, { name }]) => name)),
    read("instances", ["instance", "phase", "start_s", "end_s"]),
    read("token_gaps", ["tbt_s", "share"]),
    read("cold_start_waits", ["request", "function", "stage", "wait_s"]),
  ]);
  // The requests that the summary's latencies are of; results of earlier versions do not say.
  const fromSeconds = summary.measured?.from_s ?? 0;
  const [arrivals, outcomes] = [requests.floats("arrival_s"), requests.texts("outcome")];
  const isMeasured = (row: number) => outcomes[row] === "completed" && arrivals[row] >= fromSeconds;
  const phase = instances.texts("phase");
  const [instance, startSeconds, endSeconds] = ["instance", "start_s", "end_s"].map((name) =>
    instances.floats(name)
  );
  const parts = exists(`${directory}/latency_parts.parquet`)
    ? await read("latency_parts", LATENCY_PART_NAMES.map((name) => `${name}_s`))
    : undefined;
  return {
    ttftSeconds: requests.floatsOf("ttft_s", isMeasured),
    e2eSeconds: requests.floatsOf("e2e_s", isMeasured),
    tpotSeconds: requests.floatsOf("tpot_s", isMeasured),
    tbtCdf: { seconds: gaps.floats("tbt_s"), share: gaps.floats("share") },
    timeSeries: timeSeries(series, seriesColumns),
    phases: phaseRows(
      phase.map((name, i) => ({
        instance: instance[i],
        phase: name,
        startSeconds: startSeconds[i],
        endSeconds: endSeconds[i],
      })),
    ),
    coldStartWaits: stageWaits(waits),
    latencyBands: parts === undefined ? [] : allBands({
      count: arrivals.length,
      arrivalAtSeconds: arrivals,
      firstTokenAtSeconds: requests.floats("first_token_s"),
      completedAtSeconds: requests.floats("completed_s"),
      parts: readParts(parts),
      measuredFromSeconds: fromSeconds,
    }),
    summary,
  };
}

/** The parts of latencies, by name. */
export function readParts(parts: TableColumns): ExplainSource["parts"] {
  return Object.fromEntries(
    LATENCY_PART_NAMES.map((name) => [name, parts.floats(`${name}_s`)]),
  ) as ExplainSource["parts"];
}

function timeSeries(
  series: TableColumns,
  read: typeof READ_SERIES,
): FigureSource["timeSeries"] {
  const timeSeconds = series.floats("time_s");
  const columns = read.map(([key, { name, array }]) =>
    [key, array === "float64" ? series.floats(name) : series.integers(name)] as const
  );
  return {
    count: timeSeconds.length,
    ...Object.fromEntries(POWER.map((key) => [key, timeSeconds.map(() => NaN)])),
    ...Object.fromEntries(columns),
    intervalSeconds: timeSeconds.map((end, i) => i === 0 ? end : end - timeSeconds[i - 1]),
  } as unknown as FigureSource["timeSeries"];
}

/** The summary in a file. Only what is drawn has been checked. */
export function readDrawnSummary(path: string): Summary {
  const what = "a summary";
  return parseInput({ file: path, what }, readInput(path, what), (content) => {
    const value = parseJson(content);
    const { wrong } = readShape(drawnShape, value);
    // As a program at hand has it: mappings with a prototype.
    if (wrong === undefined) return structuredClone(value) as Summary;
    throw new SyntaxError(`Cannot read "${wrong.path}" of a summary ${wrong.text}`);
  });
}

function stageWaits(columns: TableColumns): StageWaits {
  const functions = textCodes(columns.texts("function"));
  const stages = textCodes(columns.texts("stage"));
  return {
    request: columns.integers("request"),
    functionId: functions.codes,
    functionNames: functions.names,
    stage: stages.codes,
    stageNames: stages.names,
    waitSeconds: columns.floats("wait_s"),
  };
}
