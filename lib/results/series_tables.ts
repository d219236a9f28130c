import type { RunResult } from "../metrics/run_tables.ts";
import { floatColumn, integerColumn, type Table, textColumn } from "./table.ts";

/** The table `timeseries`: one row per sampling interval, shares from 0 to 1. */
export function timeSeriesTable({ timeSeries: series }: RunResult): Table {
  return {
    count: series.count,
    columns: [
      floatColumn("time_s", series.timeSeconds),
      floatColumn("interval_s", series.intervalSeconds),
      integerColumn("arrivals", series.arrivals),
      integerColumn("completions", series.completions),
      floatColumn("queued", series.queued),
      floatColumn("running", series.running),
      floatColumn("instances_starting", series.starting),
      floatColumn("instances_idle", series.idle),
      floatColumn("instances_busy", series.busy),
      floatColumn("instances_draining", series.draining),
      floatColumn("kv_utilization", series.kvUtilization),
      floatColumn("mfu", series.mfu),
      floatColumn("busy_fraction", series.busyFraction),
      floatColumn("prompt_tokens_per_s", series.promptTokensPerSecond),
      floatColumn("output_tokens_per_s", series.outputTokensPerSecond),
    ],
  };
}

/** The table `instances`: one row per phase of an instance's life, instants in seconds. */
export function instanceTable({ instances, functionNames }: RunResult): Table {
  return {
    count: instances.count,
    columns: [
      integerColumn("instance", instances.instanceId),
      textColumn("function", instances.functionId, functionNames),
      textColumn("phase", instances.phase, instances.phaseNames),
      floatColumn("start_s", instances.startAtSeconds),
      floatColumn("end_s", instances.endAtSeconds),
    ],
  };
}

/**
 * The table `cold_start_waits`: one row per request that waited for a start and stage that it waited
 * in, seconds.
 */
export function coldStartWaitTable(result: RunResult): Table {
  const { coldStartWaits: waits, requests: { functionId }, functionNames } = result;
  return {
    count: waits.count,
    columns: [
      integerColumn("request", waits.request),
      textColumn("function", Uint16Array.from(waits.request, (i) => functionId[i]), functionNames),
      integerColumn("instance", waits.instanceId),
      textColumn("stage", waits.stage, waits.stageNames),
      floatColumn("wait_s", waits.waitSeconds),
    ],
  };
}

/** The table `token_gaps`: share of the gaps between tokens that are at most `tbt_s` long. */
export function tokenGapTable({ tbtCdf }: RunResult): Table {
  return {
    count: tbtCdf.seconds.length,
    columns: [floatColumn("tbt_s", tbtCdf.seconds), floatColumn("share", tbtCdf.share)],
  };
}
