import { OUTCOME_CODE } from "./recorder.ts";
import type { RequestColumns } from "./run_tables.ts";

/** Which requests a summary of latencies is about. */
export interface MeasuredRequests {
  readonly count: number;
  /** Their rows, ascending. */
  readonly rows: Int32Array;
}

/** The completed requests (of one class, if given) that arrived after the warm-up. */
export function measuredRequests(
  columns: RequestColumns,
  warmupSeconds: number,
  classId?: number,
): MeasuredRequests {
  const { arrivalAtSeconds, outcome, classId: classes } = columns;
  const rows = new Int32Array(columns.count);
  let count = 0;
  for (let i = 0; i < columns.count; i++) {
    if (outcome[i] !== OUTCOME_CODE.completed || arrivalAtSeconds[i] < warmupSeconds) continue;
    if (classId !== undefined && classes[i] !== classId) continue;
    rows[count++] = i;
  }
  return { count, rows };
}

/** Writes `end - start` of each measured request into `out`, seconds. */
export function fillDifference(
  out: Float64Array,
  { count, rows }: MeasuredRequests,
  end: Float64Array,
  start: Float64Array,
): void {
  for (let row = 0; row < count; row++) out[row] = end[rows[row]] - start[rows[row]];
}

/** Writes TPOT, seconds per token; NaN below two tokens. */
export function fillTpot(
  out: Float64Array,
  { count, rows }: MeasuredRequests,
  { firstTokenAtSeconds, completedAtSeconds, outputTokens }: RequestColumns,
): void {
  for (let row = 0; row < count; row++) {
    const i = rows[row];
    const gaps = outputTokens[i] - 1;
    out[row] = gaps > 0 ? (completedAtSeconds[i] - firstTokenAtSeconds[i]) / gaps : NaN;
  }
}

/** Divides latencies by output tokens. */
function divideByOutput(
  latencies: Float64Array,
  { count, rows }: MeasuredRequests,
  { outputTokens }: RequestColumns,
): void {
  for (let row = 0; row < count; row++) latencies[row] /= outputTokens[rows[row]];
}

/** Writes the end-to-end latency over the output tokens of each measured request. */
export function fillNormalized(
  out: Float64Array,
  measured: MeasuredRequests,
  columns: RequestColumns,
): void {
  fillDifference(out, measured, columns.completedAtSeconds, columns.arrivalAtSeconds);
  divideByOutput(out, measured, columns);
}

/** What writes the time from arrival to an instant of each measured request. */
export function sinceArrival(
  end: "scheduledAtSeconds" | "firstTokenAtSeconds" | "completedAtSeconds",
) {
  return (out: Float64Array, measured: MeasuredRequests, columns: RequestColumns): void =>
    fillDifference(out, measured, columns[end], columns.arrivalAtSeconds);
}
