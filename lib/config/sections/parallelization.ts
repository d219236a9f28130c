import { section } from "../section.ts";
import { count } from "../settings.ts";

/** How an instance spreads its model over GPUs. */
export const parallelization = section({
  tensor_parallel_size: count({
    min: 1,
    default: 1,
    describe: "GPUs that share each layer.",
    aliases: ["tp"],
  }),
  pipeline_parallel_size: count({
    min: 1,
    default: 1,
    describe: "Stages of consecutive layers.",
    aliases: ["pp"],
  }),
  expert_parallel_size: count({
    min: 1,
    default: 1,
    describe: "Groups of GPUs among which whole experts are spread; divides the tensor degree.",
    aliases: ["ep"],
  }),
}, { describe: "How an instance spreads its model over GPUs." });
