import { z } from "../std/zod.ts";
import { BILL_PARTS } from "../metrics/figures/cost_figures.ts";
import { storedColumns } from "../metrics/columns/column.ts";
import { TIME_SERIES_COLUMNS } from "../metrics/columns/time_series_columns.ts";
import type { Summary } from "../metrics/run_tables.ts";
import { readInput } from "../results/read_input.ts";
import { readParquetColumns } from "../results/read_parquet.ts";
import { InputError, parseInput } from "../std/input_error.ts";
import { parseJson } from "../std/json.ts";
import { showValue } from "../std/show_value.ts";
import { firstIssue } from "../std/zod_issue.ts";
import { recoverResults } from "../results/result_directory.ts";
import { type FigureSource, phaseRows, type StageWaits, textCodes } from "./figure_source.ts";

/** Files without which a directory is not read: what every run writes, and the newest table. */
const NEEDED = ["manifest.json", "summary.json", "requests.parquet", "cold_start_waits.parquet"];

const figure = z.number().nullable();
const latency = z.looseObject({ mean: figure, max: figure }).catchall(figure);
const part = z.looseObject({ name: z.string(), arrived: z.number(), slo_attainment: figure });

/** What of a summary is drawn. */
const drawnSchema = z.looseObject({
  measured: z.looseObject({ from_s: z.number() }).optional(),
  ttft_s: latency,
  tbt_s: latency,
  e2e_s: latency,
  // Bills of earlier versions have fewer parts.
  cost: z.looseObject(Object.fromEntries(BILL_PARTS.map(([key]) => [key, figure.optional()]))),
  classes: z.array(part),
  functions: z.array(part),
});

/** Columns of the time series that are read; the lengths of intervals follow from their ends. */
const READ_SERIES = storedColumns(TIME_SERIES_COLUMNS).filter(([key]) => key !== "intervalSeconds");

/** Columns of a table that was read, which know its file. */
class Columns {
  constructor(
    private readonly path: string,
    private readonly values: Readonly<Record<string, readonly unknown[]>>,
  ) {}

  /** Numbers of a column; null reads as NaN. */
  floats(name: string): Float64Array {
    return Float64Array.from(
      this.values[name],
      (value) => value === null ? NaN : this.number(value, name),
    );
  }

  /** Numbers of a column in the rows that are asked for; null reads as NaN. */
  floatsOf(name: string, isAsked: (row: number) => boolean): Float64Array {
    return this.floats(name).filter((_, row) => isAsked(row));
  }

  integers(name: string): Int32Array {
    return Int32Array.from(this.values[name], (value) => this.number(value, name));
  }

  texts(name: string): string[] {
    return this.values[name].map((value) =>
      typeof value === "string" ? value : this.refuse(name, "texts", value)
    );
  }

  private number(value: unknown, name: string): number {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Math.abs(number) <= MOST) return number;
    return this.refuse(name, `numbers up to ${MOST}`, value);
  }

  private refuse(name: string, wanted: string, value: unknown): never {
    throw new InputError(
      this.path,
      `Cannot read the column ${name} as ${wanted}: current value is ${showValue(value)}`,
    );
  }
}

/** Largest number that is drawn; beyond it an axis has no ticks. */
const MOST = 1e15;

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
          `"${directory}"`,
      );
    }
  }
}

/**
 * Reads from a directory of results what the standard figures are drawn from.
 *
 * @throws {RangeError} If the directory holds no results in Parquet.
 */
export async function readFigureSource(directory: string): Promise<FigureSource> {
  await checkResults(directory);
  const read = async (table: string, columns: readonly string[]) => {
    const path = `${directory}/${table}.parquet`;
    const what = `a table of results (${table})`;
    return new Columns(path, await readParquetColumns(path, { what, columns }));
  };
  const [requests, series, instances, gaps, waits] = await Promise.all([
    read("requests", ["arrival_s", "outcome", "ttft_s", "e2e_s", "tpot_s"]),
    read("timeseries", READ_SERIES.map(([, { name }]) => name)),
    read("instances", ["instance", "phase", "start_s", "end_s"]),
    read("token_gaps", ["tbt_s", "share"]),
    read("cold_start_waits", ["request", "function", "stage", "wait_s"]),
  ]);
  const summary = readDrawnSummary(`${directory}/summary.json`);
  // The requests that the summary's latencies are of; results of earlier versions do not say.
  const fromSeconds = summary.measured?.from_s ?? 0;
  const [arrivals, outcomes] = [requests.floats("arrival_s"), requests.texts("outcome")];
  const isMeasured = (row: number) => outcomes[row] === "completed" && arrivals[row] >= fromSeconds;
  const phase = instances.texts("phase");
  const [instance, startSeconds, endSeconds] = ["instance", "start_s", "end_s"].map((name) =>
    instances.floats(name)
  );
  return {
    ttftSeconds: requests.floatsOf("ttft_s", isMeasured),
    e2eSeconds: requests.floatsOf("e2e_s", isMeasured),
    tpotSeconds: requests.floatsOf("tpot_s", isMeasured),
    tbtCdf: { seconds: gaps.floats("tbt_s"), share: gaps.floats("share") },
    timeSeries: timeSeries(series),
    phases: phaseRows(
      phase.map((name, i) => ({
        instance: instance[i],
        phase: name,
        startSeconds: startSeconds[i],
        endSeconds: endSeconds[i],
      })),
    ),
    coldStartWaits: stageWaits(waits),
    summary,
  };
}

function timeSeries(series: Columns): FigureSource["timeSeries"] {
  const timeSeconds = series.floats("time_s");
  const columns = READ_SERIES.map(([key, { name, array }]) =>
    [key, array === "float64" ? series.floats(name) : series.integers(name)] as const
  );
  return {
    count: timeSeconds.length,
    ...Object.fromEntries(columns),
    intervalSeconds: timeSeconds.map((end, i) => i === 0 ? end : end - timeSeconds[i - 1]),
  } as unknown as FigureSource["timeSeries"];
}

/** The summary in a file. Only what is drawn has been checked. */
export function readDrawnSummary(path: string): Summary {
  const what = "a summary";
  return parseInput({ file: path, what }, readInput(path, what), (text) => {
    const value = parseJson(text);
    const result = drawnSchema.safeParse(value, { jitless: true });
    // As a program at hand has it: mappings with a prototype.
    if (result.success) return structuredClone(value) as Summary;
    const found = firstIssue(result.error, value);
    throw new SyntaxError(`Cannot read "${found.path}" of a summary ${found.text}`);
  });
}

function stageWaits(columns: Columns): StageWaits {
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
