import { LIMITS } from "../../sim/limits.ts";
import { all, any, is, isSet } from "../applies.ts";
import { nameList, numberMap } from "../../settings/collections.ts";
import { section } from "../section.ts";
import { count, flag, quantity, text } from "../../settings/quantities.ts";

/** Instances start while the simulation runs, and that takes time. */
const STARTS = all(
  is("cold_start.enabled", true),
  any(
    is("scaling.enabled", true),
    isSet("faults.failures.mtbf"),
    isSet("faults.spot.mtbf"),
  ),
);

/** How an instance starts. */
export const coldStart = section({
  enabled: flag({
    default: true,
    describe: "Starts take time; otherwise instances are ready at once.",
  }),
  initial_instances: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: null,
    appliesWhen: is("scaling.enabled", true),
    describe:
      "Instances ready at the start of the simulation; null: `scaling.min_instances`, and one where the policy " +
      "never goes to none.",
  }),
  preset: text({
    default: null,
    appliesWhen: STARTS,
    describe: "Name in data/cold_start, or file of a start's stages; null: `vllm-v1`, or " +
      "`simfaasinfer` where `model_load_time` is given.",
  }),
  platform: text({
    default: null,
    appliesWhen: STARTS,
    describe: "Platform of the preset, one of those that its file names; null: its first.",
  }),
  registry: quantity("bytes per second", {
    above: 0,
    default: null,
    appliesWhen: all(STARTS, isSet("cold_start.image_size")),
    describe: "What the image registry sends in all, bytes per second, shared by all starts that " +
      "pull; null: as in the preset.",
  }),
  store: quantity("bytes per second", {
    above: 0,
    default: null,
    appliesWhen: STARTS,
    describe: "What the weight store sends in all, bytes per second, shared by all starts that " +
      "fetch; null: as in the preset.",
  }),
  image_size: quantity("bytes", {
    min: 0,
    default: null,
    appliesWhen: STARTS,
    describe: "Container image to pull where a machine lacks it, bytes; null: none.",
  }),
  present: nameList({
    wanted: "what is there when the run begins",
    default: [],
    appliesWhen: STARTS,
    describe: "What every machine has when the run begins: artifacts of the preset (`image`, " +
      "`compile`, `graphs`, `snapshot` or a name of its own), `weights_ssd`, `weights_dram`.",
  }),
  container_seconds: quantity("seconds", {
    min: 0,
    default: null,
    appliesWhen: STARTS,
    describe: "Container and process start, seconds; null: as in the preset.",
  }),
  model_load_time: quantity("seconds", {
    min: 0,
    default: null,
    appliesWhen: STARTS,
    describe:
      "Time to fetch and load the weights, seconds; null: as in the preset, by their bytes.",
  }),
  load_bandwidth: quantity("bytes per second", {
    above: 0,
    default: null,
    appliesWhen: STARTS,
    describe: "Greatest bandwidth at which weights are loaded, bytes per second; null: as in the " +
      "preset.",
  }),
  kv_allocation_seconds: quantity("seconds", {
    min: 0,
    default: null,
    appliesWhen: STARTS,
    describe: "Profile run and allocation of the KV cache, seconds; null: as in the preset.",
  }),
  parameters: numberMap("number", {
    default: {},
    appliesWhen: STARTS,
    describe: "Parameters of the preset by name, in place of its own.",
  }),
  jitter: quantity("fraction", {
    min: 0,
    max: 2,
    default: 0,
    appliesWhen: STARTS,
    describe: "Coefficient of variation of the stages' times (lognormal, same mean).",
  }),
}, { describe: "How an instance starts." });
