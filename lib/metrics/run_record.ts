import type { StageSpan } from "../serverless/cold_start/start_service.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import type { GapSketch } from "../stats/gap_sketch.ts";
import type { MeterTotals } from "./meter_totals.ts";
import type { RequestColumns, TimeSeriesColumns } from "./run_tables.ts";

/** What a run of the cluster leaves behind: raw material for the summary. */
export interface RunRecord {
  readonly columns: RequestColumns;
  /** Requests that arrived before the end. */
  readonly arrived: number;
  /** Gaps between tokens of all requests. */
  readonly gaps: GapSketch;
  readonly timeSeries: TimeSeriesColumns;
  readonly lives: readonly InstanceLife[];
  /** Work of each instance, by instance id. */
  readonly totals: readonly MeterTotals[];
  readonly stageSpans: readonly StageSpan[];
  /** Starts begun during the run. */
  readonly coldStarts: number;
  readonly endAtSeconds: number;
  /** Most KV blocks that one instance had in use. */
  readonly peakBlocks: number;
  readonly stepsLeapt: number;
  readonly stepsSingle: number;
}
