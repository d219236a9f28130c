import {
  fillLatencyPart,
  isPartZero,
  LATENCY_PART_NAMES,
  type LatencyPart,
} from "../latency_parts.ts";
import type { DeclaredColumn, DeclaredColumns } from "./column.ts";

/** What each part is, a sentence each. */
const PARTS: Readonly<Record<LatencyPart, string>> = {
  gateway_queue:
    "At the gateway, where no instance that is ready takes it: from its arrival (or the loss of its instance) until it goes into an instance, less `start_s`",
  start:
    "At the gateway, until the instance was ready that takes it; by stage in `cold_start_waits.parquet`",
  lost:
    "In instances that failed, or drained for too long, before its first token or before it had to begin anew: what they did is done again",
  next_step:
    "In its instance, until a step is formed that its first chunk could be in: the rest of the step in progress, and one more step where steps are planned ahead",
  budget:
    "In the queue of its instance while steps have no tokens left in their budget, and in the batch in steps without a chunk of its prompt",
  kv_blocks:
    "In the queue while the KV blocks are lacking that the first of the queue would need, or somebody is preempted or waits to come back",
  sequences: "In the queue while the batch has as many sequences as it may, or is static and runs",
  kv_load:
    "In its instance, while KV blocks of its prompt come from a cache tier, until a step is formed that it could be in",
  prefill: "Steps that compute its prompt, less the next two parts",
  prefill_stall:
    "Share of others' prompts in those steps: what chunks add to a step's decodes, by tokens",
  prefill_transfer: "KV blocks of others that those steps move to or from host memory",
  prefill_preempted: "From a preemption before its first token until it is in the batch again",
  prefill_recompute: "Steps of its prompt that such a preemption undid",
  batch: "From the end of its prefill until its batch returns, where batches are static",
  decode: "Steps that decode it, less what follows",
  decode_stall:
    "What prompts of others add to those steps, and steps that leave it out: each is longer than a step of the same decodes alone would be",
  decode_transfer: "KV blocks that those steps move to or from host memory",
  decode_preempted:
    "From a preemption after its first token until it is in the batch again, or its KV blocks are back",
  decode_recompute: "Steps that compute again what such a preemption undid, up to its next token",
  decode_moved:
    "From the loss of its instance, with tokens that it keeps, until its next token on another; from the end of its prefill until its entries are in the batch of the other group",
};

function partColumn(part: LatencyPart): DeclaredColumn<never> {
  return {
    kind: "derived",
    name: `${part}_s`,
    unit: "s",
    doc: PARTS[part],
    fill: (run, ...slice) => fillLatencyPart(part, run, ...slice),
    constant: (run) =>
      isPartZero(part, run) && run.summary.requests.completed === run.requests.count
        ? 0
        : undefined,
  };
}

/** Columns of the table `latency_parts`, one row per request: the parts of its latency. */
export const LATENCY_PART_COLUMNS: DeclaredColumns<never> = {
  id: {
    kind: "row number",
    name: "id",
    unit: "",
    doc: "Row number in the workload, as in `requests.parquet`",
  },
  ...Object.fromEntries(LATENCY_PART_NAMES.map((part) => [part, partColumn(part)])),
};
