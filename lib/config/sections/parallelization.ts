import { LIMITS } from "../../sim/limits.ts";
import { section } from "../section.ts";
import { count, quantity } from "../settings.ts";

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
    describe: "Groups of GPUs among which whole experts are spread; divides the tensor degree.",
    aliases: ["ep"],
  }),
  expert_skew: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    describe: "How unevenly tokens choose experts: the busiest of n expert groups has " +
      "1 + skew x (n - 1) times its even share; 0: balanced, 1: all on one.",
  }),
}, { describe: "How an instance spreads its model over GPUs." });
