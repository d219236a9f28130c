import { TIER_KINDS } from "../../metrics/kv_tier_record.ts";
import { LIMITS } from "../../sim/limits.ts";
import { VLLM_VERSIONS } from "../../scheduling/batching/vllm_versions.ts";
import { is, isNotSet, isSet } from "../applies.ts";
import { section, sectionList } from "../section.ts";
import { choice, count, quantity, tokens } from "../../settings/quantities.ts";
import { OTHER_DTYPE_NAMES } from "./model.ts";

const kvTier = section({
  tier: choice(TIER_KINDS, {
    wanted: "a cache tier",
    default: "host",
    describe:
      "`host`: memory of the instance's machine, which is its own and goes with it; `disk`: of " +
      "its machine, shared by the function's instances there; `store`: of the cluster.",
  }),
  capacity: quantity("bytes", {
    above: 0,
    default: null,
    describe:
      "Room for KV blocks, bytes: of an instance (`host`), of a machine (`disk`), or in all " +
      "(`store`). Has to be given.",
  }),
  write: choice(["through", "evict"], {
    wanted: "when blocks are written",
    default: "through",
    describe:
      "`through`: blocks of prompts as they are computed, those that the tier lacks; `evict`: " +
      "those that the tier before it (the prefix cache before the first) has no room for.",
  }),
  ttl: quantity("seconds", {
    above: 0,
    default: null,
    describe:
      "Time for which a block stays that nobody uses, seconds; null: until others need its room.",
  }),
  rate: quantity("bytes per second", {
    above: 0,
    default: null,
    describe: "What one GPU reads or writes at most, bytes per second; null: what the links give.",
  }),
  setup: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Time before the first byte of a transfer, seconds.",
  }),
}, { describe: "One cache tier." });

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
    default: null,
    describe: "Memory of each GPU that the engine leaves free for activations and the like, " +
      "gigabytes; null: worked out as `memory.reserve_rule` says.",
  }),
  reserve_rule: choice([...VLLM_VERSIONS.map(({ name }) => name), "sglang"], {
    wanted: "an engine whose memory is known",
    default: null,
    appliesWhen: isNotSet("memory.reserved_memory_gb"),
    describe:
      "Whose way of finding out what activations and the like need: vLLM up to 0.11 (sorted " +
      "logits, communicators counted), up to 0.16 (sorted logits), from 0.17 on (a kernel for them), or " +
      "`sglang`, whose `gpu_memory_utilization` is its mem_fraction_static; null: as " +
      "`scheduler.engine` up to 0.16 and as vllm@0.11, which leaves most, beyond; sglang for models " +
      "with latent attention.",
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
    describe: "Tokens of one KV block; where `scheduler.engine` is SGLang 1, TensorRT-LLM 32.",
    aliases: ["scheduler.block_size"],
  }),
  num_gpu_blocks: count({
    min: 1,
    default: null,
    describe: "KV blocks of an instance; null: what fits into its memory.",
    aliases: ["num_gpu_blocks_override", "scheduler.num_gpu_blocks"],
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
    describe:
      "Host memory of an instance on its machines, kept weights and `kv_tiers` apart, bytes; " +
      "null: its swap space under `scheduler.preemption_mode: swap`, else none.",
  }),
  session_kv: choice(["lru", "keep", "drop", "offload"], {
    wanted: "what becomes of KV blocks between the turns of a session",
    default: "lru",
    appliesWhen: is("scheduler.prefix_caching", true),
    describe:
      "KV blocks between the turns of a session: like those of others (`lru`), taken last of " +
      "all (`keep`), given up at once (`drop`), or moved to the nearest of `kv_tiers` with those of " +
      "the answer and given up when they are there (`offload`).",
  }),
  kv_tiers: sectionList(kvTier, {
    appliesWhen: is("scheduler.prefix_caching", true),
    describe:
      "Cache tiers behind the prefix cache, the nearest first; none: blocks that it forgets are " +
      "computed again.",
  }),
}, { describe: "What the GPU's and the host's memory is used for." });
