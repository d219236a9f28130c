import type { ExecutionTimeModel } from "../execution/execution_time_model.ts";
import {
  expertShare,
  gpuPower,
  instancePower,
  limitedTime,
  type StepPower,
} from "../execution/power/mod.ts";
import { MACHINE_SOURCES } from "../execution/sources/mod.ts";
import { type Gpu, hostPower } from "../hardware/mod.ts";
import { dramWattsPerByte } from "../hardware/power.ts";
import type { EnergyTerms } from "../metrics/energy_summary.ts";
import { regionCarbon, type StatePower } from "../serverless/energy/mod.ts";
import { deploymentGpu } from "../config/choose_gpu.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import type { Deployment } from "./deployment.ts";
import { buildNodes } from "./nodes.ts";
import { buildOverheads } from "./overheads.ts";
import { ownPrice } from "./prices.ts";

/** What the instances of a function draw. */
export interface BuiltPower {
  /** In steps. */
  readonly step: StepPower;
  /** In other states. */
  readonly state: StatePower;
  readonly notices: readonly string[];
}

/**
 * What the instances of a function draw; undefined where nobody asks.
 *
 * @throws {ConfigError} If `energy.idle_watts` of its GPU is not below its power limit.
 */
export function buildPower(
  config: Configuration,
  deployment: Pick<Deployment, "gpu" | "gpus" | "peakFlops" | "shape">,
): BuiltPower | undefined {
  const { enabled, power_limit: limit } = config.energy;
  if (!enabled) return undefined;
  const built = unlimitedPower(config, deployment);
  if (limit === null) return built;
  return { ...built, step: { ...built.step, limitWatts: limit * deployment.gpus } };
}

function unlimitedPower(
  config: Configuration,
  { gpu, gpus, peakFlops, shape }: Pick<Deployment, "gpu" | "gpus" | "peakFlops" | "shape">,
): BuiltPower {
  const own = ownIdleWatts(config, gpu);
  const power = gpuPower(gpu, {
    peakFlopsPerSecond: peakFlops / gpus,
    ...(own !== undefined && { idleWatts: own }),
  });
  const hasHost = MACHINE_SOURCES.includes(config.execution.source);
  const { stepSeconds, sequenceSeconds } = buildOverheads(config, gpu.generation).overhead;
  const host = hostWatts(config, gpu);
  return {
    step: instancePower(power, gpus, {
      stepSeconds: hasHost ? stepSeconds : 0,
      sequenceSeconds: hasHost ? sequenceSeconds : 0,
    }, expertShare(shape)),
    state: {
      idleWatts: gpus * power.idleWatts,
      hostWatts: gpus * host.watts,
      asleepWattsPerByte: dramWattsPerByte(),
    },
    notices: [...power.notices, ...host.notices],
  };
}

function ownIdleWatts({ energy, cluster }: Configuration, gpu: Gpu): number | undefined {
  const own = ownPrice(
    ...[energy.idle_watts, cluster.gpu_type, gpu.name] as const,
    ["energy.idle_watts", "watts"],
  );
  if (own === undefined || own < gpu.powerWatts) return own;
  throw new ConfigError([
    `Cannot use "energy.idle_watts" of ${gpu.name} as watts below its power limit: current value ` +
    `is ${own} (allowed: 0 to less than ${gpu.powerWatts})`,
  ]);
}

/**
 * Step times under `energy.power_limit`, and the power that goes with them.
 *
 * @throws {ConfigError} If the limit is not one of the GPUs, or drafts are verified.
 */
export function underPowerLimit(
  config: Configuration,
  deployment: Pick<Deployment, "gpu" | "gpus" | "peakFlops" | "shape" | "work">,
  execution: ExecutionTimeModel,
): ExecutionTimeModel {
  const { enabled, power_limit: limit } = config.energy;
  if (!enabled || limit === null) return execution;
  const { gpu, gpus, work } = deployment;
  const { step } = unlimitedPower(config, deployment);
  const idle = step.idleWatts / gpus;
  if (!(limit > idle && limit <= gpu.powerWatts)) {
    throw new ConfigError([
      `Cannot use "energy.power_limit" as one of ${gpu.name}: current value is ${limit} (allowed: ` +
      `above ${idle}, its idle power, to ${gpu.powerWatts})`,
    ]);
  }
  if (config.speculative.method !== "none") {
    throw new ConfigError([
      `Cannot use "energy.power_limit" with speculative.method ${config.speculative.method}, whose ` +
      `drafts' power is not told from the rest: current value is ${limit} (allowed: null)`,
    ]);
  }
  return limitedTime(execution, work, step, limit * gpus);
}

/** The rest of a machine for each GPU of it, watts. */
function hostWatts(
  { energy }: Configuration,
  gpu: Gpu,
): { readonly watts: number; readonly notices: readonly string[] } {
  if (energy.host_watts !== null) return { watts: energy.host_watts, notices: [] };
  const { watts, isKnown } = hostPower(gpu);
  return {
    watts,
    notices: isKnown ? [] : [
      `the power of machines with ${gpu.name} beside their GPUs is not known: ` +
      `${watts.toFixed(0)} W for each GPU are assumed (energy.host_watts sets it)`,
    ],
  };
}

/** How energy is counted; undefined where nobody asks. */
export function buildEnergyTerms(config: Configuration): EnergyTerms | undefined {
  const { energy } = config;
  if (!energy.enabled) return undefined;
  const carbon = carbonOf(config);
  return {
    pue: energy.pue ?? 1,
    ...(carbon && { carbon: carbon.intensity }),
    ...(energy.electricity_price !== null && { usdPerKwh: energy.electricity_price }),
    ...(energy.count_free_gpus && {
      machines: buildNodes(config, deploymentGpu(config)).map(({ gpu, gpus }) => ({
        gpus,
        wattsPerGpu: gpuPower(gpu).bareWatts + hostWatts(config, gpu).watts,
      })),
    }),
  };
}

/** What a user should know of how energy is counted. */
export function energyNotices(config: Configuration): string[] {
  const { energy } = config;
  if (!energy.enabled) return [];
  const carbon = carbonOf(config);
  return [
    ...(energy.pue === null
      ? ["energy is that of machines alone: energy.pue adds cooling and distribution"]
      : []),
    ...(carbon?.notice === undefined ? [] : [carbon.notice]),
  ];
}

/** The carbon of electricity; undefined where it is not known. */
function carbonOf({ energy }: Configuration): {
  readonly intensity: EnergyTerms["carbon"];
  readonly notice?: string;
} | undefined {
  const { carbon_by_hour, carbon_intensity, region, start_hour: startHour } = energy;
  if (carbon_by_hour !== null) {
    return { intensity: { gramsPerKwh: carbon_by_hour, startHour } };
  }
  if (carbon_intensity !== null) {
    return { intensity: { gramsPerKwh: [carbon_intensity], startHour: 0 } };
  }
  if (region === null) return undefined;
  const { gramsPerKwh, place, asOf } = regionCarbon(region);
  return {
    intensity: { gramsPerKwh: [gramsPerKwh], startHour: 0 },
    notice:
      `carbon of electricity: ${gramsPerKwh} g CO2e per kWh in ${region} (${place}), mean of ` +
      `${asOf}; energy.carbon_by_hour sets it hour by hour`,
  };
}
