import {
  EXECUTION_SOURCES,
  MACHINE_SOURCES,
  PROFILE_SOURCES,
} from "../../execution/sources/sources.ts";
import { ATTENTION_KERNELS } from "../../hardware/attention_kernels.ts";
import { SAMPLING_METHODS } from "../../hardware/sampling.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { type Condition, is, isNot } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { section, sectionOf } from "../section.ts";
import { choice, count, flag, quantity, text } from "../../settings/quantities.ts";

const sources = policySettings({
  table: EXECUTION_SOURCES,
  path: "execution",
  nameKey: "source",
  ...chosenBy("execution.source"),
});

const overhead = (describe: string, appliesWhen?: Condition) =>
  quantity("seconds", { min: 0, default: null, describe: `${describe}, seconds.`, appliesWhen });

const overheads = section({
  step_seconds: overhead("Time of each step outside the GPU"),
  sequence_seconds: overhead("Time per sequence of a step outside the GPU"),
  collective_seconds: overhead(
    "Time of each collective beyond its transfer",
    isNot("parallelization.tensor_parallel_size", 1),
  ),
  request_seconds: overhead(
    "Time per request between a client and the engine, a part of TTFT and E2E (HTTP, tokenising)",
  ),
}, {
  appliesWhen: is("execution.source", ...MACHINE_SOURCES),
  describe: "Overheads of a step and of a request; null: those of the source.",
});

/** How long a step takes. */
export const execution = sectionOf<Configuration["execution"]>({
  source: policyChoice(EXECUTION_SOURCES, {
    default: "analytical",
    describe:
      "Data sheet (`analytical`), measured tables (`profiled`), these with fitted overheads " +
      "(`calibrated`), the latter where tables have the model and the data sheet elsewhere (`auto`, " +
      "which says which), the coefficients of `profiling` (`simfaasinfer`), or plain " +
      "numbers (`linear`, `constant`).",
  }),
  profile: text({
    default: null,
    appliesWhen: is("execution.source", ...PROFILE_SOURCES),
    describe: "Name in data/profiles or file of a profile; null: by GPU and model.",
  }),
  attention_kernel: choice(ATTENTION_KERNELS, {
    wanted: "a kernel of decode attention",
    default: null,
    appliesWhen: is("execution.source", ...MACHINE_SOURCES),
    describe:
      "Kernel of decode attention, which decides what unequal contexts cost; null: the profile's, " +
      "else the one that vLLM takes on the GPU (data/hardware/attention_kernels.yaml).",
  }),
  sampling: choice(["none", ...SAMPLING_METHODS], {
    wanted: "a way to choose tokens",
    default: null,
    appliesWhen: is("execution.source", ...MACHINE_SOURCES),
    describe:
      "How tokens are chosen from logits: the largest (`greedy`), by chance (`random`), among the " +
      "best (`top-k`), after a sort of all (`top-p`, milliseconds with many sequences), at no cost " +
      "(`none`); data/hardware/sampling.yaml. null: as on the servers that `source: calibrated` was " +
      "fitted to; under other sources as the profile measured it, else at no cost.",
  }),
  power_limited: flag({
    default: false,
    appliesWhen: is("execution.source", ...MACHINE_SOURCES),
    describe:
      "The GPU is held at its power limit, as under prompts without a pause: matrix products of " +
      "512 rows and more take 14 % longer (data/hardware/efficiency.yaml).",
  }),
  ...sources.beside,
  ...sources.sections,
  cold_first_requests: section({
    count: count({
      min: 0,
      default: 0,
      describe: "Prompts until an instance is warm; 0: it is warm at once.",
    }),
    seconds: quantity("seconds", {
      min: 0,
      default: 0.067,
      appliesWhen: isNot("execution.cold_first_requests.count", 0),
      describe: "Time that each step in which one of them ends takes longer, seconds.",
    }),
  }, {
    describe:
      "First requests of each instance wait for kernels and caches. Of two recorded runs of vLLM " +
      "0.19 an RTX PRO 6000 was late in its first alone (`count: 1`), an RTX 4090 in its first ten " +
      "(`count: 10` and `seconds: 0.05`).",
  }),
  overheads,
}, { describe: "How long a step takes." });
