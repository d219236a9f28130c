import { OUTCOMES, type RunResult } from "../metrics/run_tables.ts";
import {
  type Column,
  floatColumn,
  type IntegerColumn,
  integerColumn,
  type Table,
  textColumn,
} from "./table.ts";

/**
 * The table `requests`: one row per request, in order of arrival. Instants and durations in seconds,
 * null where the request never got there. Derived columns are computed slice by slice.
 */
export function requestTable(result: RunResult): Table {
  const { requests: columns, functionNames } = result;
  const {
    arrivalAtSeconds,
    scheduledAtSeconds,
    firstTokenAtSeconds,
    completedAtSeconds,
    outputTokens,
  } = columns;
  let scratch = new Float64Array(0);
  const derived = (name: string, value: (row: number) => number): Column => ({
    name,
    type: "float64",
    slice(from, to) {
      if (scratch.length < to - from) scratch = new Float64Array(to - from);
      for (let row = from; row < to; row++) scratch[row - from] = value(row);
      return scratch.subarray(0, to - from);
    },
  });
  return {
    count: columns.count,
    columns: [
      rowNumbers("id"),
      textColumn("function", columns.functionId, functionNames),
      integerColumn("class", columns.classId),
      integerColumn("instance", columns.instanceId, -1),
      floatColumn("arrival_s", arrivalAtSeconds),
      floatColumn("scheduled_s", scheduledAtSeconds),
      floatColumn("first_token_s", firstTokenAtSeconds),
      floatColumn("completed_s", completedAtSeconds),
      integerColumn("prompt_tokens", columns.promptTokens),
      integerColumn("output_tokens", outputTokens),
      integerColumn("cached_tokens", columns.cachedTokens),
      derived("ttft_s", (row) => firstTokenAtSeconds[row] - arrivalAtSeconds[row]),
      derived("tpot_s", (row) => {
        const tokens = outputTokens[row];
        const lifetimeSeconds = completedAtSeconds[row] - firstTokenAtSeconds[row];
        return tokens > 1 ? lifetimeSeconds / (tokens - 1) : NaN;
      }),
      floatColumn("max_tbt_s", columns.maxTbtSeconds),
      derived("e2e_s", (row) => completedAtSeconds[row] - arrivalAtSeconds[row]),
      derived("scheduling_delay_s", (row) => scheduledAtSeconds[row] - arrivalAtSeconds[row]),
      floatColumn("cold_start_wait_s", columns.coldStartWaitSeconds),
      integerColumn("preemptions", columns.preemptions),
      textColumn("outcome", columns.outcome, OUTCOMES),
    ],
  };
}

/** A column of the numbers of the rows, from 0. */
function rowNumbers(name: string): IntegerColumn {
  let scratch = new Int32Array(0);
  return {
    name,
    type: "int32",
    slice(from, to) {
      if (scratch.length < to - from) scratch = new Int32Array(to - from);
      for (let row = from; row < to; row++) scratch[row - from] = row;
      return scratch.subarray(0, to - from);
    },
  };
}
