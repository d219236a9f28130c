import type { RunResult } from "../metrics/run_tables.ts";
import { type DeclaredColumn, declaredTable, floats, integers, texts } from "./declared_columns.ts";
import type { Table } from "./table.ts";

/** What the file of a table says of the run that it is of. */
function ofRun({ summary }: RunResult): Readonly<Record<string, string>> {
  return { digest: summary.digest };
}

/** Columns of the table `timeseries`, one row per sampling interval. */
export const TIME_SERIES_COLUMNS: readonly DeclaredColumn<RunResult>[] = [
  floats(
    { name: "time_s", unit: "s", doc: "End of the interval" },
    ({ timeSeries }) => timeSeries.timeSeconds,
  ),
  floats({
    name: "interval_s",
    unit: "s",
    doc: "Its length; the last one may be shorter than the others",
  }, ({ timeSeries }) => timeSeries.intervalSeconds),
  integers(
    { name: "arrivals", unit: "count", doc: "Arrivals in the interval" },
    ({ timeSeries }) => timeSeries.arrivals,
  ),
  integers(
    { name: "completions", unit: "count", doc: "Completions in the interval" },
    ({ timeSeries }) => timeSeries.completions,
  ),
  floats({
    name: "queued",
    unit: "count",
    doc: "Requests that wait, at the gateway and in instances, on average",
  }, ({ timeSeries }) => timeSeries.queued),
  floats(
    { name: "running", unit: "count", doc: "Requests in engines' batches, on average" },
    ({ timeSeries }) => timeSeries.running,
  ),
  floats({
    name: "instances_starting",
    unit: "count",
    doc: "Instances that start or wake, on average",
  }, ({ timeSeries }) => timeSeries.starting),
  floats(
    { name: "instances_idle", unit: "count", doc: "Likewise, ready and without a request" },
    ({ timeSeries }) => timeSeries.idle,
  ),
  floats(
    { name: "instances_busy", unit: "count", doc: "Likewise, ready and with requests" },
    ({ timeSeries }) => timeSeries.busy,
  ),
  floats(
    { name: "instances_draining", unit: "count", doc: "Likewise, told to stop and not empty" },
    ({ timeSeries }) => timeSeries.draining,
  ),
  floats({
    name: "kv_utilization",
    unit: "share",
    doc: "KV blocks in use over KV blocks of the instances up, on average",
  }, ({ timeSeries }) => timeSeries.kvUtilization),
  floats(
    { name: "mfu", unit: "share", doc: "As in the summary, over the interval" },
    ({ timeSeries }) => timeSeries.mfu,
  ),
  floats(
    { name: "busy_fraction", unit: "share", doc: "As in the summary, over the interval" },
    ({ timeSeries }) => timeSeries.busyFraction,
  ),
  floats({
    name: "prompt_tokens_per_s",
    unit: "tokens/s",
    doc: "Prompt tokens computed in the interval, recomputed ones included",
  }, ({ timeSeries }) => timeSeries.promptTokensPerSecond),
  floats({
    name: "output_tokens_per_s",
    unit: "tokens/s",
    doc: "Output tokens produced in the interval",
  }, ({ timeSeries }) => timeSeries.outputTokensPerSecond),
];

/** The table `timeseries`: one row per sampling interval, shares from 0 to 1. */
export function timeSeriesTable(result: RunResult): Table {
  return declaredTable(TIME_SERIES_COLUMNS, result.timeSeries.count, result, ofRun(result));
}

/** Columns of the table `instances`, one row per phase of an instance's life. */
export const INSTANCE_COLUMNS: readonly DeclaredColumn<RunResult>[] = [
  integers({
    name: "instance",
    unit: "",
    doc: "Instance; -1 for a member of a pool that none was made of",
  }, ({ instances }) => instances.instanceId),
  texts(
    { name: "function", doc: "Its function" },
    ({ instances }) => instances.functionId,
    ({ functionNames }) => functionNames,
  ),
  texts(
    {
      name: "phase",
      doc:
        "`starting` (the whole start; `waking` when it is made of a sleeping instance), `start:STAGE` (a stage of it; stages may overlap), `ready` (idle or busy), `draining`, `asleep`; before a start that took a pool's member, that one's `warming` and `pooled`",
    },
    ({ instances }) => instances.phase,
    ({ instances }) => instances.phaseNames,
  ),
  floats(
    { name: "start_s", unit: "s", doc: "Start of the phase" },
    ({ instances }) => instances.startAtSeconds,
  ),
  floats({
    name: "end_s",
    unit: "s",
    doc: "End of the phase; the end of the run for instances that were still up",
  }, ({ instances }) => instances.endAtSeconds),
];

/** The table `instances`: one row per phase of an instance's life, instants in seconds. */
export function instanceTable(result: RunResult): Table {
  return declaredTable(INSTANCE_COLUMNS, result.instances.count, result, ofRun(result));
}

/** Columns of the table `cold_start_waits`, one row per request that waited and stage. */
export const COLD_START_WAIT_COLUMNS: readonly DeclaredColumn<RunResult>[] = [
  integers(
    { name: "request", unit: "", doc: "`id` of the request, ascending" },
    ({ coldStartWaits }) => coldStartWaits.request,
  ),
  texts(
    { name: "function", doc: "Its function" },
    ({ coldStartWaits, requests }) =>
      Uint16Array.from(coldStartWaits.request, (i) => requests.functionId[i]),
    ({ functionNames }) => functionNames,
  ),
  integers({
    name: "instance",
    unit: "",
    doc: "Instance whose start it waited for: `start:STAGE` in `instances.parquet` has the stages",
  }, ({ coldStartWaits }) => coldStartWaits.instanceId),
  texts(
    {
      name: "stage",
      doc:
        "A stage on the critical path of that start, in their order; `before_start` is the time until it began",
    },
    ({ coldStartWaits }) => coldStartWaits.stage,
    ({ coldStartWaits }) => coldStartWaits.stageNames,
  ),
  floats({
    name: "wait_s",
    unit: "s",
    doc:
      "Part of the wait that fell into the stage, above 0. Who comes in the middle of a start waits for the rest: stages that are over have no row, one under way its rest",
  }, ({ coldStartWaits }) => coldStartWaits.waitSeconds),
];

/**
 * The table `cold_start_waits`: one row per request that waited for a start and stage that it waited
 * in, seconds.
 */
export function coldStartWaitTable(result: RunResult): Table {
  return declaredTable(COLD_START_WAIT_COLUMNS, result.coldStartWaits.count, result, ofRun(result));
}

/** Columns of the table `token_gaps`, one row per bucket. */
export const TOKEN_GAP_COLUMNS: readonly DeclaredColumn<RunResult>[] = [
  floats({
    name: "tbt_s",
    unit: "s",
    doc: "Upper edge of a bucket; the last one is the longest gap",
  }, ({ tbtCdf }) => tbtCdf.seconds),
  floats(
    { name: "share", unit: "share", doc: "Gaps that are at most so long" },
    ({ tbtCdf }) => tbtCdf.share,
  ),
];

/** The table `token_gaps`: share of the gaps between tokens that are at most `tbt_s` long. */
export function tokenGapTable(result: RunResult): Table {
  return declaredTable(TOKEN_GAP_COLUMNS, result.tbtCdf.seconds.length, result, ofRun(result));
}
