import { LIMITS } from "../../sim/limits.ts";
import {
  BATCHING_STRATEGIES,
  type BatchingName,
} from "../../scheduling/batching/create_batching.ts";
import { is, isNot, when } from "../applies.ts";
import { section } from "../section.ts";
import { choice, count, flag, quantity, tokens } from "../../settings/quantities.ts";

/** What is switched off is off, whether or not there would be anything to keep. */
const SHARED_OR_OFF = when(
  "prompts begin alike",
  "no prompts begin alike",
  ({ scheduler }, { sharesPrompts }) => sharesPrompts || !scheduler.prefix_caching,
);

/** How an instance forms its steps. */
export const scheduler = section({
  type: choice(Object.keys(BATCHING_STRATEGIES) as BatchingName[], {
    wanted: "a batching strategy",
    default: "vllm",
    otherNames: { "vllm-v1": "vllm", "faster-transformer": "fastertransformer" },
    describe: "Batching strategy.",
  }),
  max_num_seqs: count({
    min: 1,
    max: LIMITS.sequences.value,
    default: 256,
    describe: "Most sequences that run at once.",
    aliases: ["max_batch_size"],
  }),
  max_num_batched_tokens: tokens({
    min: 1,
    max: LIMITS.stepTokens.value,
    default: 8192,
    appliesWhen: isNot("scheduler.type", "fastertransformer"),
    describe: "Token budget of one step; at least `max_num_seqs`.",
    aliases: ["max_tokens_per_batch"],
  }),
  chunk_size: tokens({
    min: 1,
    max: LIMITS.stepTokens.value,
    default: 512,
    appliesWhen: is("scheduler.type", "sarathi"),
    describe: "Token budget of one step under `sarathi`, decodes included.",
  }),
  watermark: quantity("fraction", {
    min: 0,
    max: 0.99,
    default: 0.01,
    appliesWhen: is("scheduler.type", "vllm-v0"),
    describe: "Share of the KV blocks that `vllm-v0` keeps free when it admits a request.",
  }),
  scheduling_policy: choice(["fcfs", "priority", "shortest-prompt", "edf"], {
    wanted: "a queue order",
    default: "fcfs",
    describe: "Order of waiting requests: arrival, class, prompt length or deadline.",
  }),
  preemption_mode: choice(["recompute", "swap"], {
    wanted: "a preemption mode",
    default: "recompute",
    describe: "What happens to the KV blocks of a preempted request; `swap` under `vllm-v0` only.",
  }),
  prefix_caching: flag({
    default: true,
    appliesWhen: SHARED_OR_OFF,
    describe: "Keep the KV blocks of ended requests for prompts that begin alike.",
    aliases: ["enable_prefix_caching"],
  }),
  async_scheduling: flag({
    default: false,
    describe: "Form each step while the one before runs (vLLM from 0.14 on): a request is first " +
      "considered one step later, and less of the framework's own time shows.",
  }),
}, { describe: "How an instance forms its steps." });
