import { codes, type DeclaredColumns, FUNCTION_NAMES, integers } from "./column.ts";
import { type IntervalSums, TIME_SERIES_COLUMNS } from "./time_series_columns.ts";

/** What one function did in a sampling interval. */
export interface FunctionSums extends IntervalSums {
  functionId: number;
  /** Starts begun in it, those of sleeping instances apart. */
  coldStarts: number;
}

const { timeSeconds, intervalSeconds, arrivals, completions, queued, running } =
  TIME_SERIES_COLUMNS;
const { starting, idle, busy, draining } = TIME_SERIES_COLUMNS;

/**
 * Columns of the table `function_series`, one row per sampling interval and function that had anything
 * in it.
 */
export const FUNCTION_SERIES_COLUMNS: DeclaredColumns<FunctionSums> = {
  timeSeconds,
  intervalSeconds,
  functionId: codes({
    name: "function",
    doc: "The function",
    array: "uint16",
    texts: FUNCTION_NAMES,
  }, ({ functionId }) => functionId),
  arrivals,
  completions,
  queued,
  running,
  starting,
  idle,
  busy,
  draining,
  coldStarts: integers({
    name: "cold_starts",
    unit: "count",
    doc: "Starts of its instances begun in the interval, those of sleeping ones apart",
  }, ({ coldStarts }) => coldStarts),
};
