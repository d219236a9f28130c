import { asyncBufferFromFile, parquetRead } from "hyparquet";
import type { Summary } from "../metrics/run_tables.ts";
import { type FigureSource, phaseRows, type StageWaits, textCodes } from "./figure_source.ts";

/** Files without which a directory is not read: what every run writes, and the newest table. */
const NEEDED = ["manifest.json", "summary.json", "requests.parquet", "cold_start_waits.parquet"];

type Columns = Readonly<Record<string, readonly unknown[]>>;

/**
 * Reads from a directory of results what the standard figures are drawn from.
 *
 * @throws {RangeError} If the directory holds no results in Parquet.
 */
export async function readFigureSource(directory: string): Promise<FigureSource> {
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
  const read = (table: string, columns: readonly string[]) =>
    readColumns(`${directory}/${table}.parquet`, columns);
  const [requests, series, instances, gaps, waits, summary] = await Promise.all([
    read("requests", ["ttft_s", "e2e_s"]),
    read("timeseries", [
      ...["time_s", "arrivals", "completions", "queued", "running"],
      ...["instances_starting", "instances_idle", "instances_busy", "instances_draining"],
      ...["kv_utilization", "mfu", "busy_fraction", "prompt_tokens_per_s", "output_tokens_per_s"],
    ]),
    read("instances", ["instance", "phase", "start_s", "end_s"]),
    read("token_gaps", ["tbt_s", "share"]),
    read("cold_start_waits", ["request", "function", "stage", "wait_s"]),
    Deno.readTextFile(`${directory}/summary.json`),
  ]);
  return {
    ttftSeconds: floats(requests.ttft_s.filter((value) => value !== null)),
    e2eSeconds: floats(requests.e2e_s.filter((value) => value !== null)),
    tbtCdf: { seconds: floats(gaps.tbt_s), share: floats(gaps.share) },
    timeSeries: {
      count: series.time_s.length,
      timeSeconds: floats(series.time_s),
      intervalSeconds: intervalsOf(floats(series.time_s)),
      arrivals: integers(series.arrivals),
      completions: integers(series.completions),
      queued: floats(series.queued),
      running: floats(series.running),
      starting: floats(series.instances_starting),
      idle: floats(series.instances_idle),
      busy: floats(series.instances_busy),
      draining: floats(series.instances_draining),
      kvUtilization: floats(series.kv_utilization),
      mfu: floats(series.mfu),
      busyFraction: floats(series.busy_fraction),
      promptTokensPerSecond: floats(series.prompt_tokens_per_s),
      outputTokensPerSecond: floats(series.output_tokens_per_s),
    },
    phases: phaseRows(
      instances.instance.map((instance, i) => ({
        instance: instance as number,
        phase: instances.phase[i] as string,
        startSeconds: instances.start_s[i] as number,
        endSeconds: instances.end_s[i] as number,
      })),
    ),
    coldStartWaits: stageWaits(waits),
    summary: JSON.parse(summary) as Summary,
  };
}

/** Lengths of intervals by their ends, seconds. */
function intervalsOf(timeSeconds: Float64Array): Float64Array {
  return timeSeconds.map((end, i) => i === 0 ? end : end - timeSeconds[i - 1]);
}

function stageWaits(columns: Columns): StageWaits {
  const functions = textCodes(columns.function as readonly string[]);
  const stages = textCodes(columns.stage as readonly string[]);
  return {
    request: integers(columns.request),
    functionId: functions.codes,
    functionNames: functions.names,
    stage: stages.codes,
    stageNames: stages.names,
    waitSeconds: floats(columns.wait_s),
  };
}

/** Null reads as NaN. */
function floats(values: readonly unknown[]): Float64Array {
  return Float64Array.from(values, (value) => value === null ? NaN : value as number);
}

function integers(values: readonly unknown[]): Int32Array {
  return Int32Array.from(values as number[]);
}

async function readColumns(path: string, names: readonly string[]): Promise<Columns> {
  const columns: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  const parts: { name: string; rowStart: number; data: ArrayLike<unknown> }[] = [];
  await parquetRead({
    file: await asyncBufferFromFile(path),
    columns: [...names],
    onChunk: ({ columnName, columnData, rowStart }) =>
      parts.push({ name: columnName, rowStart, data: columnData as ArrayLike<unknown> }),
  });
  for (const { name, data } of parts.sort((a, b) => a.rowStart - b.rowStart)) {
    for (let i = 0; i < data.length; i++) columns[name].push(data[i]);
  }
  return columns;
}
