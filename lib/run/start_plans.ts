import {
  coldStartPreset,
  parseColdStartPreset,
  reloadPlan,
  splitPlan,
  type StartPlan,
  type StartStages,
  withJitter,
  withLoadLimit,
  withStageSeconds,
} from "../serverless/cold_start/mod.ts";
import { parseInput } from "../std/input_error.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";

/** Weights per 14 GB in SimFaaSInfer's files, whose load time is that of a 14 GB model. */
const SIMFAASINFER_GB = 14;

/** Stages of whole starts, and of those parts that are needed. */
export type StartPlans =
  & { readonly all: StartPlan }
  & Partial<Readonly<Record<StartStages, StartPlan>>>;

/**
 * The stages of a start as the configuration has them, and those of the parts that its sleep and pool
 * need.
 *
 * @param files Texts of preset files by name.
 * @throws {ConfigError} If the preset has no such platform, or instances sleep at level 1 and it does not say how they wake.
 * @throws {RangeError} If a pool's members have no stage of the preset, or the preset is neither one of data/cold_start nor one of the files.
 */
export function startPlans(
  config: Configuration,
  files?: ReadonlyMap<string, string>,
): StartPlans {
  const { cold_start: start, scaling } = config;
  const { container_seconds: container, kv_allocation_seconds: kvAllocation } = start;
  // SimFaaSInfer's files know one number, the load time; its preset is what gives that number.
  const name = start.model_load_time !== null && start.preset === "simple"
    ? "simfaasinfer"
    : start.preset;
  const presetText = files?.get(start.preset);
  const preset = presetText === undefined ? coldStartPreset(name) : parseInput(
    { file: start.preset, what: "a cold-start preset" },
    presetText,
    (text) => parseColdStartPreset(text, start.preset),
  );
  const parameters = name === "simfaasinfer" && start.model_load_time !== null
    ? { ...start.parameters, load_s_per_gb: start.model_load_time / SIMFAASINFER_GB }
    : start.parameters;
  const platform = start.platform ?? undefined;
  if (platform !== undefined && !preset.platforms.includes(platform)) {
    throw new ConfigError([
      `Cannot read "cold_start.platform" as a platform of the preset "${name}": ` +
      `current value is "${platform}" (allowed: ${preset.platforms.join(", ")})`,
    ]);
  }
  let plan = preset.plan(platform, parameters);
  if (start.model_load_time !== null && name !== "simfaasinfer") {
    plan = withStageSeconds(plan, "weights_load", start.model_load_time);
  }
  if (container !== null) plan = withStageSeconds(plan, "container_create", container);
  if (kvAllocation !== null) plan = withStageSeconds(plan, "kv_profile", kvAllocation);
  const adjust = (adjusted: StartPlan) => {
    const { load_bandwidth: bandwidth, jitter } = start;
    const limited = bandwidth === null ? adjusted : withLoadLimit(adjusted, bandwidth);
    return jitter > 0 ? withJitter(limited, jitter) : limited;
  };
  plan = adjust(plan);
  const { level } = scaling.keep_alive.sleep;
  const { of } = scaling.prewarmed_pool;
  const wake = level === 1 ? preset.wakePlan(platform, parameters) : null;
  if (level === 1 && wake === null) {
    throw new ConfigError([
      `Cannot read "scaling.keep_alive.sleep.level" as that of a preset with \`wake\` stages: ` +
      `current value is 1 with the preset "${name}" (allowed: 0, 2)`,
    ]);
  }
  return {
    all: plan,
    ...(wake && { wake: adjust(wake) }),
    ...(level === 2 && { reload: reloadPlan(plan) }),
    ...(of && splitPlan(plan, of)),
  };
}
