import { OUTCOMES, type RequestColumns } from "../run_tables.ts";
import {
  codes,
  type DeclaredColumns,
  derived,
  floats,
  FUNCTION_NAMES,
  integers,
} from "./column.ts";

/**
 * Columns of the table `requests`, one row per request in order of arrival. Those without a line that
 * computes them are written by the engine and the gateway, as it happens.
 */
export const REQUEST_COLUMNS: DeclaredColumns<never> = {
  id: {
    kind: "row number",
    name: "id",
    unit: "",
    doc: "Row number in the workload, from 0",
  },
  functionId: codes({
    name: "function",
    doc: "Name of the function called",
    array: "uint16",
    texts: FUNCTION_NAMES,
  }),
  classId: integers({
    name: "class",
    unit: "",
    doc: "Service class, an index into the configured classes",
    array: "uint8",
  }),
  instanceId: integers({
    name: "instance",
    unit: "",
    doc: "Instance that finished it, or last held it",
    empty: -1,
    nullValue: -1,
  }),
  arrivalAtSeconds: floats({ name: "arrival_s", unit: "s", doc: "`a`: arrival at the gateway" }),
  scheduledAtSeconds: floats({
    name: "scheduled_s",
    unit: "s",
    doc: "`s`: start of the first step that works on it",
  }),
  firstTokenAtSeconds: floats({
    name: "first_token_s",
    unit: "s",
    doc: "`f`: end of the step that yields its first output token, not a moment within it",
  }),
  completedAtSeconds: floats({
    name: "completed_s",
    unit: "s",
    doc: "`c`: end of the step that yields its last output token",
  }),
  promptTokens: integers({ name: "prompt_tokens", unit: "tokens", doc: "Length of the prompt" }),
  outputTokens: integers({
    name: "output_tokens",
    unit: "tokens",
    doc: "Length of the output, cut by the model's limit",
  }),
  cachedTokens: integers({
    name: "cached_tokens",
    unit: "tokens",
    doc: "Prompt tokens served from the prefix cache, when it was scheduled first",
  }),
  ttft: derived(
    {
      name: "ttft_s",
      unit: "s",
      doc: "Time to first token, `f − a`; queueing and cold start included",
    },
    ({ requests }, ...slice) =>
      fillDifference(requests.firstTokenAtSeconds, requests.arrivalAtSeconds, ...slice),
  ),
  tpot: derived({
    name: "tpot_s",
    unit: "s",
    doc: "Time per output token, `(c − f) / (n − 1)`; null below two tokens",
  }, ({ requests }, ...slice) => fillTpot(requests, ...slice)),
  maxTbtSeconds: floats({
    name: "max_tbt_s",
    unit: "s",
    doc: "Longest gap between two consecutive tokens, preemptions included; null below two tokens",
  }),
  e2e: derived(
    { name: "e2e_s", unit: "s", doc: "End-to-end latency, `c − a`" },
    ({ requests }, ...slice) =>
      fillDifference(requests.completedAtSeconds, requests.arrivalAtSeconds, ...slice),
  ),
  schedulingDelay: derived(
    { name: "scheduling_delay_s", unit: "s", doc: "`s − a`" },
    ({ requests }, ...slice) =>
      fillDifference(requests.scheduledAtSeconds, requests.arrivalAtSeconds, ...slice),
  ),
  coldStartWaitSeconds: floats({
    name: "cold_start_wait_s",
    unit: "s",
    doc: "Part of the scheduling delay before the serving instance was ready: `max(0, ready − a)`",
    empty: 0,
  }),
  preemptions: integers({
    name: "preemptions",
    unit: "count",
    doc: "Times that it lost its KV blocks while running",
    array: "uint16",
  }),
  outcome: codes({
    name: "outcome",
    doc: "`completed`, `unfinished` (in flight at the end), or why it did not complete",
    array: "uint8",
    texts: { where: "an index into `OUTCOMES`", of: () => OUTCOMES },
  }),
};

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
