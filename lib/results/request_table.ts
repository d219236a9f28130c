import { OUTCOMES, type RequestColumns, type RunResult } from "../metrics/run_tables.ts";
import {
  type DeclaredColumn,
  declaredTable,
  derived,
  floats,
  integers,
  rowNumbers,
  texts,
} from "./declared_columns.ts";
import type { Table } from "./table.ts";

/** Columns of the table `requests`, one row per request in order of arrival. */
export const REQUEST_COLUMNS: readonly DeclaredColumn<RunResult>[] = [
  rowNumbers({ name: "id", unit: "", doc: "Row number in the workload, from 0" }),
  texts(
    { name: "function", doc: "Name of the function called" },
    ({ requests }) => requests.functionId,
    ({ functionNames }) => functionNames,
  ),
  integers(
    { name: "class", unit: "", doc: "Service class, an index into the configured classes" },
    ({ requests }) => requests.classId,
  ),
  integers({
    name: "instance",
    unit: "",
    doc: "Instance that finished it, or last held it",
    nullValue: -1,
  }, ({ requests }) => requests.instanceId),
  floats({ name: "arrival_s", unit: "s", doc: "`a`" }, ({ requests }) => requests.arrivalAtSeconds),
  floats(
    { name: "scheduled_s", unit: "s", doc: "`s`" },
    ({ requests }) => requests.scheduledAtSeconds,
  ),
  floats({
    name: "first_token_s",
    unit: "s",
    doc: "`f`: the end of its step, not a moment within it",
  }, ({ requests }) => requests.firstTokenAtSeconds),
  floats(
    { name: "completed_s", unit: "s", doc: "`c`" },
    ({ requests }) => requests.completedAtSeconds,
  ),
  integers(
    { name: "prompt_tokens", unit: "tokens", doc: "Length of the prompt" },
    ({ requests }) => requests.promptTokens,
  ),
  integers({
    name: "output_tokens",
    unit: "tokens",
    doc: "Length of the output, cut by the model's limit",
  }, ({ requests }) => requests.outputTokens),
  integers({
    name: "cached_tokens",
    unit: "tokens",
    doc: "Prompt tokens served from the prefix cache, when it was scheduled first",
  }, ({ requests }) => requests.cachedTokens),
  derived(
    {
      name: "ttft_s",
      unit: "s",
      doc: "Time to first token, `f − a`; queueing and cold start included",
    },
    ({ requests }, ...slice) =>
      fillDifference(requests.firstTokenAtSeconds, requests.arrivalAtSeconds, ...slice),
  ),
  derived({
    name: "tpot_s",
    unit: "s",
    doc: "Time per output token, `(c − f) / (n − 1)`; null below two tokens",
  }, ({ requests }, ...slice) => fillTpot(requests, ...slice)),
  floats({
    name: "max_tbt_s",
    unit: "s",
    doc: "Longest gap between two consecutive tokens, preemptions included; null below two tokens",
  }, ({ requests }) => requests.maxTbtSeconds),
  derived(
    { name: "e2e_s", unit: "s", doc: "End-to-end latency, `c − a`" },
    ({ requests }, ...slice) =>
      fillDifference(requests.completedAtSeconds, requests.arrivalAtSeconds, ...slice),
  ),
  derived(
    { name: "scheduling_delay_s", unit: "s", doc: "`s − a`" },
    ({ requests }, ...slice) =>
      fillDifference(requests.scheduledAtSeconds, requests.arrivalAtSeconds, ...slice),
  ),
  floats({
    name: "cold_start_wait_s",
    unit: "s",
    doc: "Part of the scheduling delay before the serving instance was ready: `max(0, ready − a)`",
  }, ({ requests }) => requests.coldStartWaitSeconds),
  integers({
    name: "preemptions",
    unit: "count",
    doc: "Times that it lost its KV blocks while running",
  }, ({ requests }) => requests.preemptions),
  texts(
    {
      name: "outcome",
      doc: "`completed`, `unfinished` (in flight at the end), or the reason below",
    },
    ({ requests }) => requests.outcome,
    () => OUTCOMES,
  ),
];

/**
 * The table `requests`: one row per request, in order of arrival. Instants and durations in seconds,
 * null where the request never got there. Derived columns are computed slice by slice.
 */
export function requestTable(result: RunResult): Table {
  return declaredTable(REQUEST_COLUMNS, result.requests.count, result, {
    digest: result.summary.digest,
  });
}

function fillDifference(
  end: Float64Array,
  start: Float64Array,
  out: Float64Array,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) out[row - from] = end[row] - start[row];
}

/** Times per output token after the first; NaN below two tokens. */
function fillTpot(
  { firstTokenAtSeconds, completedAtSeconds, outputTokens }: RequestColumns,
  out: Float64Array,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const gaps = outputTokens[row] - 1;
    const seconds = completedAtSeconds[row] - firstTokenAtSeconds[row];
    out[row - from] = gaps > 0 ? seconds / gaps : NaN;
  }
}
