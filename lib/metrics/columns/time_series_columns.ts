import type { MeterTotals } from "../meter_totals.ts";
import { type DeclaredColumns, floats, integers } from "./column.ts";

/** What happened in one sampling interval, summed over all instances. */
export interface IntervalSums extends MeterTotals {
  /** End of the interval, and its length, seconds. */
  atSeconds: number;
  seconds: number;
  /** Requests that arrived and completed in it. */
  arrivals: number;
  completions: number;
  /** Requests that a limit on their time ended in it: by outcome. */
  executionLimits: number;
  drainLimits: number;
  clientDeadlines: number;
  /** Integral of the requests that have arrived and not ended, request-seconds. */
  requestSeconds: number;
  /** Time of instances by state, instance-seconds. */
  startingSeconds: number;
  upSeconds: number;
  idleSeconds: number;
  drainingSeconds: number;
  /** Energy of GPUs that start or are ready without a step, and of hosts, joules. */
  startJoules: number;
  idleJoules: number;
  hostJoules: number;
  /** What those that are up could have done: FLOP, and KV blocks times seconds. */
  peakFlops: number;
  capacityBlockSeconds: number;
}

/** Forgets what happened in an interval: every sum is 0. */
export function clearSums(sums: IntervalSums): void {
  sums.busySeconds = 0;
  sums.flops = 0;
  sums.bytes = 0;
  sums.promptTokens = 0;
  sums.outputTokens = 0;
  sums.blockSeconds = 0;
  sums.sequenceSeconds = 0;
  sums.atSeconds = 0;
  sums.seconds = 0;
  sums.arrivals = 0;
  sums.completions = 0;
  sums.executionLimits = 0;
  sums.drainLimits = 0;
  sums.clientDeadlines = 0;
  sums.requestSeconds = 0;
  sums.startingSeconds = 0;
  sums.upSeconds = 0;
  sums.idleSeconds = 0;
  sums.drainingSeconds = 0;
  sums.stepJoules = 0;
  sums.limitedSeconds = 0;
  sums.startJoules = 0;
  sums.idleJoules = 0;
  sums.hostJoules = 0;
  sums.peakFlops = 0;
  sums.capacityBlockSeconds = 0;
}

/** Says that nobody asks for energy in an interval: it is not a number, whatever is added. */
export function withoutEnergy(sums: IntervalSums): void {
  sums.stepJoules = NaN;
  sums.startJoules = NaN;
  sums.idleJoules = NaN;
  sums.hostJoules = NaN;
}

/** An interval in which nothing has happened yet. */
export function emptySums(): IntervalSums {
  const sums = {} as IntervalSums;
  clearSums(sums);
  return sums;
}

/** Columns of the table `timeseries`, one row per sampling interval. */
export const TIME_SERIES_COLUMNS: DeclaredColumns<IntervalSums> = {
  timeSeconds: floats(
    { name: "time_s", unit: "s", doc: "End of the interval" },
    ({ atSeconds }) => atSeconds,
  ),
  intervalSeconds: floats({
    name: "interval_s",
    unit: "s",
    doc: "Its length; the last one may be shorter than the others",
  }, ({ seconds }) => seconds),
  arrivals: integers(
    { name: "arrivals", unit: "count", doc: "Arrivals in the interval" },
    ({ arrivals }) => arrivals,
  ),
  completions: integers(
    { name: "completions", unit: "count", doc: "Completions in the interval" },
    ({ completions }) => completions,
  ),
  executionLimits: integers({
    name: "execution_limits",
    unit: "count",
    doc: "Requests that their execution limit has cut off in the interval",
  }, ({ executionLimits }) => executionLimits),
  drainLimits: integers({
    name: "drain_limits",
    unit: "count",
    doc: "Requests that an instance's drain limit has cut off in the interval",
  }, ({ drainLimits }) => drainLimits),
  clientDeadlines: integers({
    name: "client_deadlines",
    unit: "count",
    doc: "Requests that their clients have given up in the interval",
  }, ({ clientDeadlines }) => clientDeadlines),
  queued: floats(
    {
      name: "queued",
      unit: "count",
      doc: "Requests that wait, at the gateway and in instances, on average",
    },
    ({ requestSeconds, sequenceSeconds, seconds }) =>
      atLeastZero(requestSeconds / seconds - sequenceSeconds / seconds),
  ),
  running: floats(
    { name: "running", unit: "count", doc: "Requests in engines' batches, on average" },
    ({ sequenceSeconds, seconds }) => sequenceSeconds / seconds,
  ),
  starting: floats({
    name: "instances_starting",
    unit: "count",
    doc: "Instances that start or wake, on average",
  }, ({ startingSeconds, seconds }) => startingSeconds / seconds),
  idle: floats(
    { name: "instances_idle", unit: "count", doc: "Likewise, ready and without a request" },
    ({ idleSeconds, seconds }) => idleSeconds / seconds,
  ),
  busy: floats(
    { name: "instances_busy", unit: "count", doc: "Likewise, ready and with requests" },
    ({ upSeconds, idleSeconds, drainingSeconds, seconds }) =>
      atLeastZero((upSeconds - idleSeconds - drainingSeconds) / seconds),
  ),
  draining: floats(
    { name: "instances_draining", unit: "count", doc: "Likewise, told to stop and not empty" },
    ({ drainingSeconds, seconds }) => drainingSeconds / seconds,
  ),
  kvUtilization: floats({
    name: "kv_utilization",
    unit: "share",
    doc: "KV blocks in use over KV blocks of the instances up, on average",
  }, ({ blockSeconds, capacityBlockSeconds }) => share(blockSeconds, capacityBlockSeconds)),
  mfu: floats(
    { name: "mfu", unit: "share", doc: "As in the summary, over the interval" },
    ({ flops, peakFlops }) => share(flops, peakFlops),
  ),
  busyFraction: floats(
    { name: "busy_fraction", unit: "share", doc: "As in the summary, over the interval" },
    ({ busySeconds, upSeconds }) => share(busySeconds, upSeconds),
  ),
  promptTokensPerSecond: floats({
    name: "prompt_tokens_per_s",
    unit: "tokens/s",
    doc: "Prompt tokens computed in the interval, recomputed ones included",
  }, ({ promptTokens, seconds }) => promptTokens / seconds),
  outputTokensPerSecond: floats({
    name: "output_tokens_per_s",
    unit: "tokens/s",
    doc: "Output tokens produced in the interval",
  }, ({ outputTokens, seconds }) => outputTokens / seconds),
  stepWatts: floats({
    name: "gpu_busy_w",
    unit: "W",
    doc: "Power of GPUs in steps, on average; null without `energy.enabled`, as the three below",
  }, ({ stepJoules, seconds }) => stepJoules / seconds),
  idleWatts: floats({
    name: "gpu_idle_w",
    unit: "W",
    doc: "Likewise, of GPUs of instances that are ready, without a step",
  }, ({ idleJoules, seconds }) => idleJoules / seconds),
  startWatts: floats({
    name: "gpu_starting_w",
    unit: "W",
    doc: "Likewise, of GPUs of instances that start or wake",
  }, ({ startJoules, seconds }) => startJoules / seconds),
  hostWatts: floats({
    name: "host_w",
    unit: "W",
    doc: "Power of the machines of all these beside their GPUs",
  }, ({ hostJoules, seconds }) => hostJoules / seconds),
};

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** A difference of sums that may be equal and were added in different orders is nothing then. */
function atLeastZero(mean: number): number {
  return mean < 1e-9 ? 0 : mean;
}
