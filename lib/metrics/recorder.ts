import type { RequestTable } from "../workload/request_table.ts";
import { OUTCOMES, type RequestColumns } from "./run_tables.ts";

/** Codes of the outcomes, as stored in the outcome column. */
export const OUTCOME_CODE = Object.freeze(
  Object.fromEntries(OUTCOMES.map((name, code) => [name, code])),
) as Readonly<Record<typeof OUTCOMES[number], number>>;

/**
 * The request columns that a run fills in. The simulator writes into the arrays directly; what has
 * not happened is NaN (instants) or -1 (instance).
 */
export function requestColumns(table: RequestTable): RequestColumns {
  const { count } = table;
  return {
    count,
    // Closed loops and sessions decide arrivals during the run; open workloads share the column.
    arrivalAtSeconds: table.closedLoop !== undefined || table.afterRequest !== undefined
      ? table.arrivalAtSeconds.slice()
      : table.arrivalAtSeconds,
    promptTokens: table.promptTokens,
    outputTokens: table.outputTokens,
    functionId: table.functionId ?? new Uint16Array(count),
    classId: table.classId ?? new Uint8Array(count),
    instanceId: new Int32Array(count).fill(-1),
    scheduledAtSeconds: new Float64Array(count).fill(NaN),
    firstTokenAtSeconds: new Float64Array(count).fill(NaN),
    completedAtSeconds: new Float64Array(count).fill(NaN),
    maxTbtSeconds: new Float64Array(count).fill(NaN),
    coldStartWaitSeconds: new Float64Array(count),
    preemptions: new Uint16Array(count),
    cachedTokens: new Int32Array(count),
    outcome: new Uint8Array(count),
  };
}
