import { fromConfiguration } from "../../settings/placed_settings.ts";
import { ARRIVALS } from "../../workload/arrivals/processes.ts";
import {
  firstInstances,
  scalingEntry,
  scalingLooks,
  scalingPeriodSeconds,
} from "../scaling_policy_name.ts";
import { arrivesAtOnce } from "../all_at_once.ts";
import type { Configuration } from "../configuration.ts";
import { engineSettings } from "../engine_settings.ts";
import { type FunctionConfiguration, functionConfigurations } from "../function_configurations.ts";
import { sampleIntervalSeconds } from "../sample_interval.ts";
import { mostReplications } from "../sections/replications.ts";

/** What is known of the requests once they are drawn or read. */
export interface KnownRequests {
  readonly count: number;
  /** The last arrival, seconds. */
  readonly lastArrivalSeconds: number;
}

/** A part of the simulated time, and the setting that it comes from. */
export interface TimePart {
  readonly path: string;
  readonly seconds: number;
}

/** How large a run will be, as far as its configuration says: lower bounds, means where it is random. */
export interface RunSize {
  /** Simulated time, in its parts. */
  readonly time: readonly TimePart[];
  readonly simulatedSeconds: number;
  /** Requests; 0 for a trace that is not read yet. */
  readonly requests: number;
  /** Time between two rows of the time series, seconds. */
  readonly sampleSeconds: number;
  /** Rows of the time series. */
  readonly samples: number;
  /** Scaling evaluations of all functions. */
  readonly evaluations: number;
  /** Decisions on the sizes of pools. */
  readonly poolDecisions: number;
  /** Failures and preemptions. */
  readonly faults: number;
  readonly functions: number;
  readonly machines: number;
  /** Instances and members of pools that are there when the run begins. */
  readonly instances: number;
  /** Sequences that those instances have room for. */
  readonly sequenceSlots: number;
  /** Hashed blocks of prompts that share prefixes. */
  readonly prefixBlocks: number;
  /** Memory for all of it, bytes. */
  readonly bytes: number;
  /** Processor time for all of it, seconds. */
  readonly computeSeconds: number;
}

/** Memory of one of each, bytes, as measured; docs/limits.md says how. */
const BYTES = {
  requests: 150,
  samples: 130,
  functions: 10_000,
  machines: 4000,
  instances: 20_000,
  prefixBlocks: 16,
} as const;

/** Processor time of one of each, seconds, on one core of a cloud machine. */
const SECONDS = {
  requests: 2e-6,
  samples: 1e-6,
  evaluations: 1e-6,
  poolDecisions: 1e-6,
  faults: 3e-6,
  functions: 5e-5,
  machines: 1.5e-5,
  instances: 1e-4,
} as const;

/** Processor time of the smallest run, seconds. */
const RUN_SECONDS = 3e-3;

/** Time between two scaling evaluations where the policy has its own: the shortest of them, seconds. */
export const SHORTEST_OWN_PERIOD_SECONDS = 1;

/** Mean arrival rate, requests per second; undefined where the settings do not tell. */
function ratePerSecond({ workload }: Configuration): number | undefined {
  const { type, arrival_rate: rate } = workload;
  if (type === "embedded") return undefined;
  return type === "trace"
    ? rate
    : fromConfiguration(ARRIVALS, type, workload, {}).meanRatePerSecond;
}

/** Whether the arrivals are those of the trace rather than drawn. */
function replays({ workload }: Configuration): boolean {
  return workload.type === "trace" && !workload.cycle_prompts;
}

/** Requests or, with sessions, turns that are drawn. */
function drawnRequests(config: Configuration): number {
  const { workload, simulation } = config;
  const { num_requests: most, sessions, closed_loop: loop } = workload;
  if (replays(config)) return 0;
  if (loop.concurrency !== null) return most ?? 0;
  if (arrivesAtOnce(workload) && most !== null) return most * (sessions.mean_turns ?? 1);
  const rate = ratePerSecond(config);
  const arrivals = Math.min(most ?? Infinity, (rate ?? 0) * simulation.duration);
  return arrivals * (sessions.mean_turns ?? 1);
}

/** How long requests arrive for. */
function arrivalTime(config: Configuration, known: KnownRequests | undefined): TimePart {
  const { workload, simulation: { duration } } = config;
  const { closed_loop: loop, num_requests: most } = workload;
  if (loop.concurrency !== null) {
    const rounds = Math.ceil((known?.count ?? most ?? 0) / loop.concurrency);
    const seconds = loop.think_time * Math.max(0, rounds - 1);
    return { path: "workload.closed_loop.think_time", seconds };
  }
  if (replays(config)) {
    return { path: "workload.trace", seconds: known?.lastArrivalSeconds ?? 0 };
  }
  if (arrivesAtOnce(workload)) return { path: "workload.all_at_once", seconds: 0 };
  if (most === null) return { path: "simulation.duration", seconds: duration };
  const seconds = known?.lastArrivalSeconds ?? Math.min(duration, most / ratePerSecond(config)!);
  return { path: "simulation.duration", seconds: Number.isNaN(seconds) ? 0 : seconds };
}

/** Steps that a request of mean length takes, its prompt in one of them. */
function stepsOfRequest({ workload }: Configuration): number {
  const { type, decode_length: { mean, min } } = workload;
  return type === "embedded" || type === "trace" ? 1 : mean ?? min ?? 1;
}

/** The time that the first request takes, where single settings tell. */
function serviceTime(config: Configuration): TimePart[] {
  const { cold_start: start, scaling, execution } = config;
  const { step_seconds: constant, coefficients: { base_seconds: base } } = execution;
  const isCold = scaling.enabled && start.enabled &&
    (start.initial_instances ?? firstInstances(scaling)) === 0;
  const stages = ["container_seconds", "model_load_time", "kv_allocation_seconds"] as const;
  return [
    ...(isCold
      ? stages.map((key) => ({ path: `cold_start.${key}`, seconds: start[key] ?? 0 }))
      : []),
    ...(execution.source === "constant"
      ? [{ path: "execution.step_seconds", seconds: constant * stepsOfRequest(config) }]
      : []),
    ...(execution.source === "linear"
      ? [{ path: "execution.coefficients.base_seconds", seconds: base * stepsOfRequest(config) }]
      : []),
  ];
}

function prefixBlocks({ workload, memory }: Configuration, requests: number): number {
  const { prefix_groups: groups, sessions, prompt_length: prompt, decode_length: output } =
    workload;
  const turns = sessions.mean_turns ?? 1;
  if (groups.groups === 0 && sessions.mean_turns === null) return 0;
  const shared = groups.groups > 0 ? groups.tokens : 0;
  const own = (prompt.mean ?? prompt.min ?? 1) + (output.mean ?? output.min ?? 1);
  // A turn's prompt is its history: half of the session's tokens on average.
  const history = sessions.mean_turns === null
    ? prompt.mean ?? prompt.min ?? 1
    : Math.min(sessions.max_tokens, own * (turns + 1) / 2);
  return requests * (shared + history) / memory.block_size;
}

/** Machines, functions, instances, and how often something is decided, over all functions. */
function fleetSize(
  config: Configuration,
  kinds: readonly FunctionConfiguration[],
  seconds: number,
) {
  const machines = config.cluster.nodes.reduce((sum, { count }) => sum + count, 0);
  const { failures, spot } = config.faults;
  const failing = 1 / (failures.mtbf ?? Infinity) + 1 / (spot.mtbf ?? Infinity);
  let functions = 0, instances = 0, sequenceSlots = 0, evaluations = 0, poolDecisions = 0;
  for (const { count, config: own } of kinds) {
    const { scaling, cold_start: start, cluster } = own;
    const initial = scaling.enabled
      ? start.initial_instances ?? firstInstances(scaling)
      : cluster.num_replicas;
    functions += count;
    instances += count * initial;
    sequenceSlots += count * initial * engineSettings(own).maxSequences;
    if (!scaling.enabled) continue;
    if (scalingPeriodSeconds(scaling) < Infinity) {
      const { entry, options } = scalingEntry(scaling);
      const looks = scalingLooks(scaling)?.seconds ?? Infinity;
      const perSecond = 1 / (scaling.period ?? SHORTEST_OWN_PERIOD_SECONDS) + 1 / looks;
      evaluations += count * seconds * perSecond;
      instances += count * (entry.startsWith?.(options) ?? 0);
    }
    if (scaling.prewarmed_pool.of === null) continue;
    instances += scaling.prewarmed_pool.size;
    poolDecisions += seconds / scaling.prewarmed_pool.period;
  }
  const faults = seconds * failing * Math.max(1, machines);
  return { machines, functions, instances, sequenceSlots, evaluations, poolDecisions, faults };
}

/**
 * How large a run will be. Takes no longer for a large one than for a small one.
 *
 * @param known The requests, once they are drawn or read.
 * @param kinds The functions, where they have been read.
 * @param isStreamed Whether those that have ended are not kept in memory.
 */
export function runSize(
  config: Configuration,
  known?: KnownRequests,
  kinds: readonly FunctionConfiguration[] = functionConfigurations(config),
  isStreamed: boolean = false,
): RunSize {
  const { simulation } = config;
  const time = [arrivalTime(config, known), ...serviceTime(config)];
  const all = time.reduce((sum, { seconds }) => sum + seconds, 0);
  const simulatedSeconds = simulation.drain ? all : Math.min(all, simulation.duration);
  const sampleSeconds = sampleIntervalSeconds(config, time[0].seconds);
  const requests = known?.count ?? drawnRequests(config);
  const counts = {
    requests,
    samples: simulatedSeconds / sampleSeconds,
    prefixBlocks: prefixBlocks(config, requests),
    ...fleetSize(config, kinds, simulatedSeconds),
  };
  return {
    time,
    simulatedSeconds,
    sampleSeconds,
    ...counts,
    bytes: weighted(isStreamed ? { ...counts, requests: 0 } : counts, BYTES),
    computeSeconds: (RUN_SECONDS + weighted(counts, SECONDS)) * runsOf(config),
  };
}

/** Runs that a configuration asks for, at most. */
function runsOf({ simulation }: Configuration): number {
  const isFound = simulation.warmup_duration === "mser5" || simulation.warmup_requests !== null;
  const times = isFound ? 2 : 1;
  return times * mostReplications(simulation.replications);
}

function weighted<K extends string>(
  counts: Readonly<Record<K, number>>,
  weights: Readonly<Partial<Record<K, number>>>,
): number {
  let sum = 0;
  for (const key in weights) sum += counts[key] * weights[key]!;
  return sum;
}
