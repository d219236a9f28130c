import { type Condition, is, isNot } from "../applies.ts";
import { section } from "../section.ts";
import { choice, quantity, text } from "../../settings/quantities.ts";

const coefficients = section({
  base_seconds: quantity("seconds", {
    min: 0,
    default: 0.005,
    describe: "Time of a step, seconds.",
  }),
  per_prefill_token_seconds: quantity("seconds", {
    min: 0,
    default: 5e-5,
    describe: "Time per prompt token computed, seconds.",
  }),
  per_decode_sequence_seconds: quantity("seconds", {
    min: 0,
    default: 5e-5,
    describe: "Time per decoding sequence, seconds.",
  }),
  per_context_token_seconds: quantity("seconds", {
    min: 0,
    default: 5e-8,
    describe: "Time per token of context of the decoding sequences, seconds.",
  }),
}, {
  appliesWhen: is("execution.source", "linear"),
  describe: "Coefficients of `source: linear`.",
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
}, {
  appliesWhen: is("execution.source", "analytical", "profiled", "calibrated"),
  describe: "Overheads of a step; null: those of the source.",
});

/** How long a step takes. */
export const execution = section({
  source: choice(["analytical", "profiled", "calibrated", "simfaasinfer", "linear", "constant"], {
    wanted: "a source of execution times",
    default: "analytical",
    describe: "Data sheet (`analytical`), measured tables (`profiled`), either with fitted " +
      "overheads (`calibrated`), the coefficients of `profiling` (`simfaasinfer`), or plain " +
      "numbers (`linear`, `constant`).",
  }),
  profile: text({
    default: null,
    appliesWhen: is("execution.source", "profiled", "calibrated"),
    describe: "Name in data/profiles or file of a profile; null: by GPU and model.",
  }),
  step_seconds: quantity("seconds", {
    above: 0,
    default: 0.02,
    appliesWhen: is("execution.source", "constant"),
    describe: "Time of every step under `source: constant`, seconds.",
  }),
  coefficients,
  overheads,
}, { describe: "How long a step takes." });
