import { MACHINE_SOURCES } from "../../execution/sources/sources.ts";
import { ALL_TO_ALL_MODES } from "../../execution/all_to_all.ts";
import { LIMITS } from "../../sim/limits.ts";
import { all, any, is, isNot, when } from "../applies.ts";
import { section } from "../section.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";

/** Experts are part of what a step takes. */
const EXPERTS_TIMED = all(
  when("the model has experts", "the model has no experts", (_, facts) => facts.hasExperts),
  is("execution.source", ...MACHINE_SOURCES),
);

/** How an instance spreads its model over GPUs. */
export const parallelization = section({
  tensor_parallel_size: count({
    min: 1,
    max: LIMITS.gpusPerMachine.value,
    default: 1,
    describe: "GPUs that share each layer.",
    aliases: ["tp"],
  }),
  pipeline_parallel_size: count({
    min: 1,
    max: LIMITS.gpusPerMachine.value,
    default: 1,
    describe: "Stages of consecutive layers.",
    aliases: ["pp"],
  }),
  expert_parallel_size: count({
    min: 1,
    max: LIMITS.gpusPerMachine.value,
    default: 1,
    appliesWhen: EXPERTS_TIMED,
    describe: "Groups of GPUs among which whole experts are spread; divides the tensor degree.",
    aliases: ["ep"],
  }),
  data_parallel_attention: count({
    min: 1,
    max: LIMITS.gpusPerMachine.value,
    default: 1,
    describe:
      "Attention ranks with requests and KV cache of their own, among which the GPUs of the " +
      "tensor degree are divided (SGLang: --enable-dp-attention with --dp-size). Ranks step together; " +
      "experts are spread over all GPUs, and tokens reach them by all-to-all.",
    aliases: ["dp_attention"],
  }),
  fused_norm_limit: quantity("bytes", {
    min: 0,
    default: 0,
    appliesWhen: all(
      is("execution.source", ...MACHINE_SOURCES),
      isNot("parallelization.tensor_parallel_size", 1),
    ),
    describe: "Largest all-reduce that is one kernel with the norm after it, bytes (vLLM's " +
      "`fuse_allreduce_rms` with `fi_allreduce_fusion_max_size_mb`); 0: none.",
  }),
  all_to_all: choice(ALL_TO_ALL_MODES, {
    default: "auto",
    wanted: "a way of exchanging tokens",
    appliesWhen: all(EXPERTS_TIMED, isNot("parallelization.data_parallel_attention", 1)),
    describe:
      "Kernels that exchange tokens between attention ranks and experts, by DeepEP's names: " +
      "`low-latency` for few tokens, `normal` for many, `auto` by the tokens of a rank (256).",
  }),
  expert_skew: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    appliesWhen: all(
      EXPERTS_TIMED,
      any(
        isNot("parallelization.expert_parallel_size", 1),
        isNot("parallelization.data_parallel_attention", 1),
      ),
    ),
    describe: "How unevenly tokens choose experts: the busiest of n expert groups has " +
      "1 + skew x (n - 1) times its even share; 0: balanced, 1: all on one.",
  }),
}, { describe: "How an instance spreads its model over GPUs." });
