import {
  EXECUTION_SOURCES,
  MACHINE_SOURCES,
  PROFILE_SOURCES,
} from "../../execution/sources/sources.ts";
import { ATTENTION_KERNELS } from "../../hardware/attention_kernels.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { type Condition, is, isNot } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { section, sectionOf } from "../section.ts";
import { choice, quantity, text } from "../../settings/quantities.ts";

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
  ...sources.beside,
  ...sources.sections,
  overheads,
}, { describe: "How long a step takes." });
