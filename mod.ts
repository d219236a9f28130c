/**
 * SimFaaSInfer: a discrete-event simulator of serverless LLM inference. Everything a program or a
 * notebook needs, re-exported from the rooms under lib/. Start with {@linkcode loadConfig} and
 * {@linkcode simulate}; docs/architecture.md says what each room is for.
 *
 * @module
 */
export {
  chooseGpu,
  ConfigError,
  type Configuration,
  configurationJsonSchema,
  type GpuVariant,
  type JsonSchema,
  loadConfig,
  type LoadOptions,
  type Overrides,
} from "./lib/config/mod.ts";
export * from "./lib/run/mod.ts";
export * from "./lib/cluster/mod.ts";
export * from "./lib/engine/mod.ts";
export * from "./lib/metrics/mod.ts";
export * from "./lib/serverless/mod.ts";
export * from "./lib/execution/mod.ts";
export {
  type AnyPolicy,
  type Declaration,
  type Declared,
  fromTable,
  type NameOf,
  namesOf,
  type NeedsOf,
  type OptionsOf,
  type Policy,
  policyNamed,
  type PolicyTable,
  type Setting,
  type SettingList,
} from "./lib/settings/mod.ts";
export * from "./lib/workload/mod.ts";
export * from "./lib/scheduling/mod.ts";
export * from "./lib/models/mod.ts";
export * from "./lib/hardware/mod.ts";
export * from "./lib/network/mod.ts";
export * from "./lib/sim/mod.ts";
export * from "./lib/stats/mod.ts";
export * from "./lib/experiment/targets/mod.ts";
export {
  AICONFIGURATOR,
  type ConcurrencyPoint,
  type Constants,
  INFERENCEMAX,
  type Latencies,
  type LatencyErrors,
  latencyErrors,
  type LoadGenerator,
  loadGeneratorOf,
  type LoadPoint,
  type LoadReplay,
  meanErrors,
  type MeasuredServer,
  readConcurrencyPoints,
  readLoadPoints,
  replayConcurrencyPoint,
  replayLoadPoint,
  ServerRunner,
  shippedConstants,
  UNTUNED,
} from "./lib/experiment/validation/mod.ts";
