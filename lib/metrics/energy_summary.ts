import { asleepSeconds, upSeconds } from "../serverless/life_phases.ts";
import type { CarbonIntensity } from "../serverless/energy/carbon.ts";
import { meanCarbon } from "../serverless/energy/carbon.ts";
import type { FreeGpus } from "../serverless/energy/state_power.ts";
import { peakInstances } from "./cost_summary.ts";
import type { FunctionFacts } from "./function_facts.ts";
import { emptyTotals } from "./meter_totals.ts";
import type { RunRecord } from "./run_record.ts";

/** What energy is counted of beside instances, and what it brings with it. */
export interface EnergyTerms {
  /** Energy of the building over that of its machines, >= 1. */
  readonly pue: number;
  /** Carbon of electricity; absent: unknown. */
  readonly carbon?: CarbonIntensity;
  /** Dollars per kWh on top of other prices; absent: it is in those. */
  readonly usdPerKwh?: number;
  /** Machines whose GPUs count though no instance has them, by node id; absent: none. */
  readonly machines?: readonly FreeGpus[];
}

/** Energy of a run, joules: the parts add up to the total. */
export interface EnergySums {
  totalJoules: number;
  /** GPUs in steps; ready without one; while instances start or wake. */
  busyJoules: number;
  idleJoules: number;
  startJoules: number;
  /** GPUs of members of pools. */
  pooledJoules: number;
  /** Host memory of sleeping instances. */
  asleepJoules: number;
  /** GPUs that no instance has, with their share of the machine. */
  freeJoules: number;
  /** Machines beside their GPUs. */
  hostJoules: number;
  /** The building beside its machines. */
  buildingJoules: number;
  /** GPU time in steps, and the part of it at the power limit, seconds. */
  busyGpuSeconds: number;
  limitedGpuSeconds: number;
  /** Had each function kept its most instances ready all the time, joules. */
  alwaysOnJoules: number;
  /** Of the instances and members of pools of each function, with their part of the building. */
  readonly byFunctionJoules: Float64Array;
  /** kg CO2e; null where the carbon of electricity is unknown. */
  carbonKg: number | null;
}

/** Joules of a kWh. */
export const JOULES_PER_KWH = 3.6e6;

/** Adds up the energy of a run; undefined where nobody asks. */
export function energySums(
  run: RunRecord,
  functions: readonly FunctionFacts[],
  terms: EnergyTerms | undefined,
): EnergySums | undefined {
  if (terms === undefined) return undefined;
  const sums: EnergySums = {
    totalJoules: 0,
    busyJoules: 0,
    idleJoules: 0,
    startJoules: 0,
    pooledJoules: 0,
    asleepJoules: 0,
    freeJoules: 0,
    hostJoules: 0,
    buildingJoules: 0,
    busyGpuSeconds: 0,
    limitedGpuSeconds: 0,
    alwaysOnJoules: 0,
    byFunctionJoules: new Float64Array(functions.length),
    carbonKg: null,
  };
  addInstances(run, functions, sums);
  const pooledGpuSeconds = addPools(run, functions, sums);
  sums.freeJoules = freeJoules(run, terms.machines ?? [], pooledGpuSeconds);
  const machines = sums.busyJoules + sums.idleJoules + sums.startJoules + sums.pooledJoules +
    sums.asleepJoules + sums.freeJoules + sums.hostJoules;
  sums.buildingJoules = (terms.pue - 1) * machines;
  sums.totalJoules = machines + sums.buildingJoules;
  sums.alwaysOnJoules *= terms.pue;
  sums.byFunctionJoules.forEach((joules, id, all) => all[id] = joules * terms.pue);
  if (terms.carbon !== undefined) {
    sums.carbonKg = carbonKg(run, terms.carbon, terms.pue, sums.totalJoules);
  }
  return sums;
}

/** What electricity costs on top of other prices, dollars. */
export function electricityUsd(
  energy: EnergySums | undefined,
  terms: EnergyTerms | undefined,
): number {
  return (energy?.totalJoules ?? 0) / JOULES_PER_KWH * (terms?.usdPerKwh ?? 0);
}

function addInstances(
  run: RunRecord,
  functions: readonly FunctionFacts[],
  sums: EnergySums,
): void {
  const totals = emptyTotals();
  const peaks = peakInstances(run.lives, functions.length);
  for (const life of run.lives) {
    const { power, gpus } = functions[life.functionId];
    const { idleWatts, hostWatts } = power!;
    run.totals.at(life.instanceId, totals);
    const { busySeconds, stepJoules, limitedSeconds } = totals;
    const up = upSeconds(life);
    const held = life.stoppedAtSeconds - life.createdAtSeconds - asleepSeconds(life);
    const idleJoules = Math.max(0, up - busySeconds) * idleWatts;
    sums.busyJoules += stepJoules;
    sums.idleJoules += idleJoules;
    sums.startJoules += (held - up) * idleWatts;
    sums.hostJoules += held * hostWatts;
    sums.byFunctionJoules[life.functionId] += stepJoules + idleJoules + (held - up) * idleWatts +
      held * hostWatts;
    sums.busyGpuSeconds += busySeconds * gpus;
    sums.limitedGpuSeconds += limitedSeconds * gpus;
    sums.alwaysOnJoules += stepJoules - busySeconds * idleWatts;
  }
  for (const [id, { power }] of functions.entries()) {
    sums.alwaysOnJoules += peaks[id] * run.endAtSeconds * (power!.idleWatts + power!.hostWatts);
  }
  sums.asleepJoules += (run.sleep?.byteSeconds ?? 0) *
    (functions[0]?.power?.asleepWattsPerByte ?? 0);
}

/** Adds the members of pools that hold GPUs; returns the time of those GPUs, seconds. */
function addPools(run: RunRecord, functions: readonly FunctionFacts[], sums: EnergySums): number {
  let gpuSeconds = 0;
  for (const { members, holdsGpus } of run.pools ?? []) {
    if (!holdsGpus) continue;
    for (const { createdAtSeconds, endAtSeconds, functionId } of members) {
      const { power, gpus } = functions[functionId];
      const seconds = endAtSeconds - createdAtSeconds;
      sums.pooledJoules += seconds * power!.idleWatts;
      sums.hostJoules += seconds * power!.hostWatts;
      sums.byFunctionJoules[functionId] += seconds * (power!.idleWatts + power!.hostWatts);
      gpuSeconds += seconds * gpus;
    }
  }
  return gpuSeconds;
}

/** Energy of GPUs that nobody has; which ones members of pools have is not known. */
function freeJoules(
  run: RunRecord,
  machines: readonly FreeGpus[],
  pooledGpuSeconds: number,
): number {
  const gpus = machines.reduce((sum, machine) => sum + machine.gpus, 0);
  if (gpus === 0) return 0;
  const taken = new Float64Array(machines.length);
  for (const life of run.lives) {
    const seconds = life.stoppedAtSeconds - life.createdAtSeconds - asleepSeconds(life);
    for (const { node } of life.ranks ?? []) taken[node] += seconds;
  }
  let joules = 0, meanWatts = 0;
  for (const [node, machine] of machines.entries()) {
    const free = machine.gpus * run.endAtSeconds - taken[node];
    joules += Math.max(0, free) * machine.wattsPerGpu;
    meanWatts += machine.wattsPerGpu * machine.gpus / gpus;
  }
  return Math.max(0, joules - pooledGpuSeconds * meanWatts);
}

/**
 * Emissions: what the time series has of each interval at the carbon of its hours, the rest (pools,
 * sleep, free GPUs) at the mean of the run.
 */
function carbonKg(
  { timeSeries, endAtSeconds }: RunRecord,
  carbon: CarbonIntensity,
  pue: number,
  totalJoules: number,
): number {
  const { count, timeSeconds, intervalSeconds } = timeSeries;
  const { stepWatts, idleWatts, startWatts, hostWatts } = timeSeries;
  let seen = 0, grams = 0;
  for (let i = 0; carbon.gramsPerKwh.length > 1 && i < count; i++) {
    const joules = pue * intervalSeconds[i] *
      (stepWatts[i] + idleWatts[i] + startWatts[i] + hostWatts[i]);
    const from = timeSeconds[i] - intervalSeconds[i];
    seen += joules;
    grams += joules / JOULES_PER_KWH * meanCarbon(carbon, from, timeSeconds[i]);
  }
  grams += (totalJoules - seen) / JOULES_PER_KWH * meanCarbon(carbon, 0, endAtSeconds);
  return grams / 1000;
}
