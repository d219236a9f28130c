import { OUTCOME_CODE } from "./recorder.ts";
import type { RequestColumns } from "./run_tables.ts";

/** Limits that a request has to keep; Infinity for none. */
export interface SloLimits {
  /** Longest time to first token, seconds. */
  readonly ttftSeconds: number;
  /** Longest mean time per output token after the first, seconds. */
  readonly tpotSeconds: number;
  /** Longest end-to-end latency, seconds. */
  readonly e2eSeconds: number;
}

/** Whether there is anything to keep. */
export function hasLimits({ ttftSeconds, tpotSeconds, e2eSeconds }: SloLimits): boolean {
  return Math.min(ttftSeconds, tpotSeconds, e2eSeconds) < Infinity;
}

/** Whether a request completed within all limits; a limit itself is kept. */
export function meetsSlo(columns: RequestColumns, request: number, limits: SloLimits): boolean {
  if (columns.outcome[request] !== OUTCOME_CODE.completed) return false;
  const arrival = columns.arrivalAtSeconds[request];
  const first = columns.firstTokenAtSeconds[request];
  const last = columns.completedAtSeconds[request];
  const gaps = columns.outputTokens[request] - 1;
  return first - arrival <= limits.ttftSeconds && last - arrival <= limits.e2eSeconds &&
    (gaps === 0 || (last - first) / gaps <= limits.tpotSeconds);
}
