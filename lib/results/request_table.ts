import { OUTCOMES, type RequestColumns, type RunResult } from "../metrics/run_tables.ts";
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
  const derived = (
    name: string,
    fill: (out: Float64Array, from: number, to: number) => void,
  ): Column => ({
    name,
    type: "float64",
    slice(from, to) {
      if (scratch.length < to - from) scratch = new Float64Array(to - from);
      fill(scratch, from, to);
      return scratch.subarray(0, to - from);
    },
  });
  const sinceArrival = (name: string, instants: Float64Array) =>
    derived(name, (out, from, to) => fillDifference(out, instants, arrivalAtSeconds, from, to));
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
      sinceArrival("ttft_s", firstTokenAtSeconds),
      derived("tpot_s", (out, from, to) => fillTpot(out, columns, from, to)),
      floatColumn("max_tbt_s", columns.maxTbtSeconds),
      sinceArrival("e2e_s", completedAtSeconds),
      sinceArrival("scheduling_delay_s", scheduledAtSeconds),
      floatColumn("cold_start_wait_s", columns.coldStartWaitSeconds),
      integerColumn("preemptions", columns.preemptions),
      textColumn("outcome", columns.outcome, OUTCOMES),
    ],
  };
}

function fillDifference(
  out: Float64Array,
  end: Float64Array,
  start: Float64Array,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) out[row - from] = end[row] - start[row];
}

/** Times per output token after the first; NaN below two tokens. */
function fillTpot(
  out: Float64Array,
  { firstTokenAtSeconds, completedAtSeconds, outputTokens }: RequestColumns,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const gaps = outputTokens[row] - 1;
    const seconds = completedAtSeconds[row] - firstTokenAtSeconds[row];
    out[row - from] = gaps > 0 ? seconds / gaps : NaN;
  }
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
