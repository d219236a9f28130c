import { MACHINE_SOURCES } from "../../execution/sources/sources.ts";
import { LIMITS } from "../../sim/limits.ts";
import { all, is, isNot, when } from "../applies.ts";
import { section } from "../section.ts";
import { count, quantity } from "../../settings/quantities.ts";

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
  expert_skew: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    appliesWhen: all(EXPERTS_TIMED, isNot("parallelization.expert_parallel_size", 1)),
    describe: "How unevenly tokens choose experts: the busiest of n expert groups has " +
      "1 + skew x (n - 1) times its even share; 0: balanced, 1: all on one.",
  }),
}, { describe: "How an instance spreads its model over GPUs." });
