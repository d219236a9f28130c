import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { engineSettings } from "../config/engine_settings.ts";
import { deploymentGpu } from "../config/choose_gpu.ts";
import { loadConfig, type LoadOptions } from "../config/load.ts";
import type { RunInputs } from "../run/cluster.ts";
import { buildDeployment, type Deployment } from "../run/deployment.ts";
import { buildNodes } from "../run/nodes.ts";
import { startPlans } from "../run/start_plans.ts";
import {
  type BoundInstance,
  fewestInstances,
  impossible,
  leastSecondsPerRequest,
} from "./bound.ts";
import { likelyInstances } from "./slots.ts";
import type { FactorLevel } from "./factors.ts";
import { isByCount, isFixedFleet } from "./fleet.ts";
import type { InputsOf } from "./inputs.ts";
import { type LeastCost, leastCost } from "./least_cost.ts";
import { isReplayed, type Load, loadOf, meanRate, withRateFactor } from "./load.ts";
import {
  checkObjectives,
  type NamedLatency,
  type Objective,
  percentilesFor,
} from "./objectives.ts";
import { steadyNeed, steadyWorkload } from "./steady.ts";

/** What a plan makes small: dollars per hour, GPUs, dollars per million output tokens, kW. */
export type PlanObjective = "cost" | "gpus" | "usd-per-mtok" | "energy";

/** A configuration that is looked at. */
export interface Candidate {
  readonly index: number;
  /** By the path of each factor its level. */
  readonly levels: Readonly<Record<string, FactorLevel>>;
  /** Absent where it was refused. */
  readonly config?: Configuration;
  /** Why it is no configuration that can run. */
  readonly refusal?: string;
  readonly facts?: CandidateFacts;
}

/** What is known of a candidate without a run. */
export interface CandidateFacts extends LeastCost {
  readonly gpuName: string;
  readonly gpusPerInstance: number;
  /** Instances at most; of a fixed fleet all of them. */
  readonly instances: number;
  /** Whether the number of instances never changes. */
  readonly isFixed: boolean;
  /** Candidates of fixed fleets that differ in the number of instances alone have the same. */
  readonly kind: string;
  /** Least time of an instance that a request takes, seconds; 0: not bounded. */
  readonly secondsPerRequest: number;
  /** Instances that the least work would keep busy all the time; 0: not bounded. */
  readonly busyInstances: number;
  /** Fewest instances that the bound leaves; 0: not bounded. */
  readonly fewestInstances: number;
  /** Instances with which the search begins, by a queue of the places in batches; 0: no hint. */
  readonly likelyInstances: number;
  /** Why no number of instances keeps the objectives. */
  readonly impossible?: string;
}

/** Share of a rate by which a queue may grow before it is seen in the runs at that rate. */
const RATE_TOLERANCE = 0.02;

/** What candidates are made from. */
export interface CandidateSource {
  /** Texts of the configuration. */
  readonly texts: readonly string[];
  readonly options: LoadOptions;
  readonly objectives: readonly Objective[];
  /** Another latency that is measured. */
  readonly latency?: NamedLatency;
  /** Requests per second; absent: as the configuration has it. */
  readonly ratePerSecond?: number;
  readonly inputs: RunInputs;
  /** In place of `inputs`, those of each configuration. */
  readonly inputsOf?: InputsOf;
}

/** Where a plan's runs keep the configurations and the facts of equal parts. */
interface Kept {
  readonly deployments: Map<string, Promise<Deployment>>;
  readonly loads: Map<string, Load>;
  readonly seconds: Map<string, number>;
  readonly likely: Map<string, number>;
}

/**
 * A candidate for each combination of levels. One whose configuration is refused, or whose model does
 * not fit, is one with a reason.
 *
 * @throws {ConfigError} If every single one is refused for the same reason: that is the user's mistake.
 */
export async function makeCandidates(
  levels: readonly Candidate["levels"][],
  source: CandidateSource,
): Promise<Candidate[]> {
  const kept: Kept = {
    deployments: new Map(),
    loads: new Map(),
    seconds: new Map(),
    likely: new Map(),
  };
  const candidates: Candidate[] = [];
  let first: unknown;
  for (const [index, own] of levels.entries()) {
    try {
      const config = candidateConfig(own, source);
      candidates.push({ index, levels: own, config, facts: await factsOf(config, source, kept) });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      first ??= error;
      candidates.push({ index, levels: own, refusal: oneLine(error.message) });
    }
  }
  const [{ refusal }] = candidates;
  if (candidates.every((one) => one.config === undefined && one.refusal === refusal)) throw first;
  return candidates;
}

/** A mistake in a configuration, as against one in the program. */
function isRefusal(error: unknown): error is Error {
  return error instanceof ConfigError ||
    (error instanceof RangeError && error.message.startsWith("Cannot "));
}

function oneLine(message: string): string {
  return message.split("\n")[0];
}

/** The configuration of a combination of levels, with its rate and the percentiles it needs. */
function candidateConfig(levels: Candidate["levels"], source: CandidateSource): Configuration {
  const { texts, options, objectives, latency, ratePerSecond } = source;
  const given = options.set ?? {};
  const set = Array.isArray(given)
    ? [
      ...given,
      ...Object.entries(levels).map(([path, level]) => `${path}=${JSON.stringify(level)}`),
    ]
    : { ...given, ...levels };
  const plain = loadConfig(texts, { ...options, set });
  const percentiles = percentilesFor(plain, [...objectives, ...(latency ? [latency] : [])]);
  const config = percentiles.length === plain.metrics.percentiles.length
    ? plain
    : loadConfig(texts, {
      ...options,
      set: Array.isArray(set)
        ? [...set, `metrics.percentiles=${JSON.stringify(percentiles)}`]
        : { ...set, "metrics.percentiles": percentiles },
    });
  checkObjectives(config, objectives);
  if (ratePerSecond === undefined) return config;
  const inputs = inputsFor(config, source);
  const scaled = withRateFactor(config, ratePerSecond / meanRate(config, inputs));
  // A rate is a steady one: a workload that is made lasts as for a capacity.
  return isReplayed(scaled)
    ? scaled
    : steadyWorkload(scaled, ratePerSecond, steadyNeed(objectives, RATE_TOLERANCE)).config;
}

function inputsFor(config: Configuration, { inputs, inputsOf }: CandidateSource): RunInputs {
  return inputsOf === undefined ? inputs : inputsOf(config);
}

async function factsOf(
  config: Configuration,
  source: CandidateSource,
  kept: Kept,
): Promise<CandidateFacts> {
  const { scaling, cluster } = config;
  const isOne = config.functions.length === 0 && config.workload.functions.count === 1 &&
    !config.workload.functions.from_trace;
  if (!isOne) return severalFunctions(config);
  const inputs = inputsFor(config, source);
  const deployment = await deploymentOf(config, inputs, kept);
  const isFixed = isFixedFleet(config);
  // A preset that is not there is found before anything is run.
  if (config.cold_start.enabled) startPlans(config, inputs.files);
  const load = keptIn(kept.loads, loadKey(config), () => loadOf(config, inputs));
  const bound = boundOf(config, deployment, load, source.objectives, kept);
  const span = Math.max(load.spanSeconds, isByCount(config) ? 0 : config.simulation.duration);
  return {
    gpuName: deployment.gpu.name,
    gpusPerInstance: deployment.gpus,
    instances: scaling.enabled ? scaling.max_instances : cluster.num_replicas,
    isFixed,
    kind: isFixed ? kindOf(config) : "",
    ...leastCost(config, deployment, load),
    busyInstances: span > 0 ? load.count * bound.secondsPerRequest / span : 0,
    ...bound,
  };
}

/** A configuration of several functions has neither a bound nor a price of its own. */
function severalFunctions({ scaling, cluster }: Configuration): CandidateFacts {
  return {
    gpuName: cluster.gpu_type,
    gpusPerInstance: NaN,
    instances: scaling.enabled ? scaling.max_instances : cluster.num_replicas,
    isFixed: false,
    kind: "",
    usdPerHourAtLeast: 0,
    gpusAtLeast: 0,
    usdPerMillionAtLeast: 0,
    kilowattsAtLeast: 0,
    secondsPerRequest: 0,
    busyInstances: 0,
    fewestInstances: 0,
    likelyInstances: 0,
  };
}

/** What fleets have in common that differ in the number of their instances alone. */
function kindOf(config: Configuration): string {
  const { scaling, cluster, cold_start: start } = config;
  return JSON.stringify({
    ...config,
    scaling: { ...scaling, min_instances: 0, max_instances: 0 },
    cluster: { ...cluster, num_replicas: 0 },
    cold_start: { ...start, initial_instances: null },
  });
}

function deploymentOf(config: Configuration, inputs: RunInputs, kept: Kept): Promise<Deployment> {
  return keptIn(
    kept.deployments,
    deploymentKey(config),
    () =>
      buildDeployment(
        config,
        buildNodes(config, deploymentGpu(config, inputs.files)),
        inputs.files,
      ),
  );
}

function deploymentKey(config: Configuration): string {
  const { model, scheduler, parallelization, memory, execution, profiling, cluster } = config;
  return JSON.stringify([
    ...[model, scheduler, parallelization, memory, execution, profiling, config.speculative],
    { ...cluster, num_replicas: 0 },
  ]);
}

function loadKey({ workload, simulation, memory, functions }: Configuration): string {
  return JSON.stringify([workload, simulation, memory.block_size, functions]);
}

function keptIn<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function boundOf(
  config: Configuration,
  deployment: Deployment,
  load: Load,
  objectives: readonly Objective[],
  kept: Kept,
): Pick<
  CandidateFacts,
  "secondsPerRequest" | "fewestInstances" | "likelyInstances" | "impossible"
> {
  const { scheduler, memory, speculative } = config;
  // A step that verifies a draft gives a sequence more than one token: no bound on its work is known.
  if (speculative.method !== "none") {
    return { secondsPerRequest: 0, fewestInstances: 0, likelyInstances: 0 };
  }
  const { maxTokensPerStep } = engineSettings(config, deployment.gpu);
  // Other strategies take whole prompts, beyond the budget where there is one.
  const isChunked = scheduler.type === "vllm" || scheduler.type === "sarathi";
  const instance: BoundInstance = {
    deployment,
    maxTokensPerStep: isChunked
      ? maxTokensPerStep
      : Math.max(maxTokensPerStep, deployment.maxSequences * Math.ceil(load.promptTokens)),
    blockTokens: memory.block_size,
    cachesPrefixes: scheduler.prefix_caching,
  };
  const key = `${deploymentKey(config)} ${loadKey(config)}`;
  const secondsPerRequest = keptIn(
    kept.seconds,
    key,
    () => leastSecondsPerRequest(instance, load),
  );
  const why = impossible({ ...instance, cachesPrefixes: load.sharesPrefixes }, load, objectives);
  return {
    secondsPerRequest,
    fewestInstances: fewestInstances(instance, load, secondsPerRequest, objectives),
    likelyInstances: keptIn(
      kept.likely,
      key,
      () => likelyInstances(instance, load, objectives),
    ),
    ...(why !== undefined && { impossible: why }),
  };
}
