import { LIMITS } from "../../sim/limits.ts";
import { is, isSet, when } from "../applies.ts";
import { section } from "../section.ts";
import { choice, count, quantity, tokens } from "../../settings/quantities.ts";
import { OTHER_DTYPE_NAMES } from "./model.ts";

/** What the GPU's and the host's memory is used for. */
export const memory = section({
  gpu_memory_utilization: quantity("fraction", {
    above: 0,
    max: 1,
    default: 0.9,
    describe: "Share of the GPU's memory that the engine may use.",
    aliases: ["scheduler.gpu_memory_utilization"],
  }),
  reserved_memory_gb: quantity("gigabytes", {
    min: 0,
    default: 2,
    describe: "Memory of each GPU kept for activations, gigabytes.",
  }),
  kv_cache_dtype: choice(["auto", "bf16", "fp16", "fp8"], {
    wanted: "a number format",
    default: "auto",
    otherNames: OTHER_DTYPE_NAMES,
    describe: "Number format of the KV cache; `auto`: as the checkpoint asks for, else as " +
      "`model.dtype`.",
  }),
  block_size: tokens({
    min: 1,
    max: LIMITS.stepTokens.value,
    default: 16,
    describe: "Tokens of one KV block.",
    aliases: ["scheduler.block_size"],
  }),
  num_gpu_blocks: count({
    min: 1,
    default: null,
    describe: "KV blocks of an instance; null: what fits into its memory.",
    aliases: ["num_gpu_blocks_override", "scheduler.num_gpu_blocks"],
  }),
  windowed_sequence_tokens: tokens({
    min: 1,
    default: null,
    appliesWhen: when(
      "some of the model's layers have an attention window",
      "no layer of the model has an attention window",
      (_, facts) => facts.hasWindow,
    ),
    describe: "Length of a sequence at which layers with an attention window hold their window " +
      "alone (vLLM's hybrid KV-cache manager), tokens; null: they hold all tokens.",
  }),
  swap_space_gb: quantity("gigabytes", {
    min: 0,
    default: 4,
    appliesWhen: is("scheduler.preemption_mode", "swap"),
    describe: "Host memory for swapped KV blocks, gigabytes per GPU.",
    aliases: ["swap_space", "scheduler.swap_space"],
  }),
  host_memory: quantity("bytes", {
    min: 0,
    default: null,
    appliesWhen: isSet("cluster.nodes"),
    describe: "Host memory of an instance on its machines, kept weights apart, bytes; null: its " +
      "swap space under `scheduler.preemption_mode: swap`, else none.",
  }),
}, { describe: "What the GPU's and the host's memory is used for." });
