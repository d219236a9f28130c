import type { ConcurrencyPoint } from "./concurrency_points.ts";
import { type Constants, shippedConstants, UNTUNED } from "./constants.ts";
import { type Latencies, type LatencyErrors, latencyErrors, meanErrors } from "./latencies.ts";
import { type LoadGenerator, loadGeneratorOf } from "./load_generator.ts";
import type { LoadPoint } from "./load_points.ts";
import type { MeasuredRun } from "./measured_run.ts";
import { replayConcurrencyPoint } from "./replay_concurrency_point.ts";
import { replayLoadPoint } from "./replay_load_point.ts";
import { replayMeasuredRun } from "./replay_measured_run.ts";
import type { ServerRunner } from "./server.ts";
import type { Tuning } from "./tuning.ts";

const TUNINGS: readonly Tuning[] = ["untuned", "calibrated"];

/** A point, what it came out as, and how far off that is. */
export interface PointRow {
  /** The point's label. */
  readonly label: string;
  /** Hugging Face id. */
  readonly model: string;
  /** GPU of the catalogue. */
  readonly gpu: string;
  /** GPUs of the engine. */
  readonly tensorParallel: number;
  /** Constants that were used. */
  readonly tuning: Tuning;
  /** What the client measured. */
  readonly measured: Latencies;
  /** What the replay gave. */
  readonly predicted: Latencies;
  /** Signed relative errors. */
  readonly errors: LatencyErrors;
  /** Measured and predicted overload; latencies of an overloaded point mean nothing. */
  readonly overload?: { readonly measured: boolean; readonly predicted: boolean };
  /** Benchmark of a closed-loop point. */
  readonly generator?: LoadGenerator["name"];
}

/** Errors of a measured run over seeds of arrival jitter. */
export interface RunRow {
  /** The run's label. */
  readonly label: string;
  /** GPU of the catalogue. */
  readonly gpu: string;
  /** Constants that were used. */
  readonly tuning: Tuning;
  /** At the client's arrivals as they are. */
  readonly exact: LatencyErrors;
  /** Over the seeds of jitter. */
  readonly mean: LatencyErrors;
  /** Least over the seeds, each latency for itself. */
  readonly least: LatencyErrors;
  /** Most over the seeds, each latency for itself. */
  readonly most: LatencyErrors;
}

/** Measurements to replay. */
export interface ValidationData {
  /** Runs with every request's instants. */
  readonly runs: readonly MeasuredRun[];
  /** Open-loop stages. */
  readonly load: readonly LoadPoint[];
  /** Closed-loop points. */
  readonly concurrency: readonly ConcurrencyPoint[];
}

/** All replays. */
export interface Validation {
  /** A row per run and tuning. */
  readonly runs: readonly RunRow[];
  /** A row per open-loop stage and tuning. */
  readonly load: readonly PointRow[];
  /** A row per closed-loop point and tuning. */
  readonly concurrency: readonly PointRow[];
}

/**
 * Replays all measurements, with nothing fitted and with the shipped constants.
 *
 * @param seeds Seeds of arrival jitter for each measured run.
 */
export function validate(runner: ServerRunner, data: ValidationData, seeds = 8): Validation {
  return {
    runs: TUNINGS.flatMap((tuning) => data.runs.map((run) => runRow(runner, run, tuning, seeds))),
    load: TUNINGS.flatMap((tuning) => data.load.map((point) => loadRow(runner, point, tuning))),
    concurrency: TUNINGS.flatMap((tuning) =>
      data.concurrency.map((point) => concurrencyRow(runner, point, tuning))
    ),
  };
}

/** Mean absolute errors of rows; overloaded points are left out. */
export function meanOfRows(rows: readonly PointRow[]): LatencyErrors {
  return meanErrors(rows.filter((row) => !row.overload?.measured).map((row) => row.errors));
}

function constantsOf(tuning: Tuning, gpu: string, asyncScheduling: boolean): Constants {
  return tuning === "untuned" ? UNTUNED : shippedConstants(gpu, asyncScheduling);
}

function runRow(runner: ServerRunner, run: MeasuredRun, tuning: Tuning, seeds: number): RunRow {
  const { gpu, asyncScheduling } = run.server;
  const constants = constantsOf(tuning, gpu, asyncScheduling);
  const errors = Array.from(
    { length: seeds },
    (_, i) => replayMeasuredRun(runner, run, constants, i + 1).errors,
  );
  const over = (reduce: (values: readonly number[]) => number): LatencyErrors => ({
    ttft: reduce(errors.map((error) => error.ttft)),
    tpot: reduce(errors.map((error) => error.tpot)),
    e2e: reduce(errors.map((error) => error.e2e)),
  });
  return {
    label: run.label,
    gpu,
    tuning,
    exact: replayMeasuredRun(runner, run, constants, 0).errors,
    mean: meanErrors(errors),
    least: over((values) => Math.min(...values)),
    most: over((values) => Math.max(...values)),
  };
}

function loadRow(runner: ServerRunner, point: LoadPoint, tuning: Tuning): PointRow {
  const { label, measured, server } = point;
  const constants = constantsOf(tuning, server.gpu, server.asyncScheduling);
  const { predicted, overloaded } = replayLoadPoint(runner, point, constants);
  return {
    label,
    model: server.model,
    gpu: server.gpu,
    tensorParallel: server.tensorParallel,
    tuning,
    measured,
    predicted,
    errors: latencyErrors(predicted, measured),
    overload: { measured: point.overloaded, predicted: overloaded },
  };
}

function concurrencyRow(
  runner: ServerRunner,
  point: ConcurrencyPoint,
  tuning: Tuning,
): PointRow {
  const { label, model, gpu, tensorParallel, measured } = point;
  const { name: generator, asyncScheduling } = loadGeneratorOf(point);
  const constants = constantsOf(tuning, gpu, asyncScheduling);
  const predicted = replayConcurrencyPoint(runner, point, constants);
  const errors = latencyErrors(predicted, measured);
  return { label, model, gpu, tensorParallel, tuning, measured, predicted, errors, generator };
}
