import { atMost, type LimitName, LIMITS, plain } from "../../sim/limits.ts";
import type { Configuration } from "../configuration.ts";
import { engineSettings } from "../engine_settings.ts";
import { showValue } from "../show_value.ts";
import type { Problem } from "./problem.ts";
import { type RunSize, runSize, type TimePart } from "./run_size.ts";

/** Something that a run would have too much of. */
interface Excess {
  readonly limit: LimitName;
  readonly count: number;
  /** The setting to change, and its value. */
  readonly path: string;
  readonly value: unknown;
  /** What the setting is read as. */
  readonly wanted: string;
  /** How the count comes about. */
  readonly because: string;
}

function problemOf({ limit, count, path, value, wanted, because }: Excess): Problem {
  const { unit } = LIMITS[limit];
  return {
    path,
    text: `as ${wanted}: current value is ${showValue(value)} ` +
      `(${because} would be ${plain(count)} ${unit}; ${atMost(limit)})`,
  };
}

/** The part of the simulated time that there is most of. */
function largestPart({ time }: RunSize): TimePart {
  return time.reduce((most, part) => part.seconds > most.seconds ? part : most);
}

/** "2e9 s, most of it cold_start.container_seconds". */
function timeText(size: RunSize): string {
  return `${plain(size.simulatedSeconds)} s, most of it ${largestPart(size).path},`;
}

function timeExcess(size: RunSize): Excess {
  const { path, seconds } = largestPart(size);
  return {
    limit: "simulatedSeconds",
    count: size.simulatedSeconds,
    path,
    value: seconds,
    wanted: "a time that can be simulated",
    because: "the whole run",
  };
}

/** What a run counts per time: rows, evaluations, faults. */
function periodicExcesses({ scaling, faults }: Configuration, size: RunSize): Excess[] {
  const over = timeText(size);
  const interval = size.sampleSeconds;
  const { period } = scaling;
  const mtbf = faults.failures.mtbf !== null ? "failures" : "spot";
  return [
    {
      limit: "samples",
      count: size.samples,
      path: "metrics.collect_interval",
      value: interval,
      wanted: "an interval between rows that can be held",
      because: `${interval} s over ${over}`,
    },
    {
      limit: "periodicEvents",
      count: size.evaluations,
      path: "scaling.period",
      value: period,
      wanted: "a time between evaluations that come to an end",
      because:
        `${period ?? "the policy's own period"}${period === null ? "" : " s"} over ${over} ` +
        `for ${plain(size.functions)} functions`,
    },
    {
      limit: "periodicEvents",
      count: size.poolDecisions,
      path: "scaling.prewarmed_pool.period",
      value: scaling.prewarmed_pool.period,
      wanted: "a time between decisions that come to an end",
      because: `${scaling.prewarmed_pool.period} s over ${over}`,
    },
    {
      // Without machines it is instances that fail, and others take their places.
      limit: size.machines > 0 ? "periodicEvents" : "instancesMade",
      count: size.faults,
      path: `faults.${mtbf}.mtbf`,
      value: faults[mtbf].mtbf,
      wanted: "a time between faults that come to an end",
      because: `${faults[mtbf].mtbf} s over ${over} on ${plain(size.machines)} machines`,
    },
  ];
}

function requestExcesses({ workload, simulation }: Configuration, size: RunSize): Excess[] {
  const { num_requests: most, sessions, arrival_rate: rate, type, prefix_groups: groups } =
    workload;
  const own = sessions.mean_turns !== null
    ? { path: "workload.sessions.mean_turns", value: sessions.mean_turns, what: "turns" }
    : type === "synthetic"
    ? { path: "workload.burst.burst_rate", value: workload.burst.burst_rate, what: "requests/s" }
    : { path: "workload.arrival_rate", value: rate, what: "requests/s" };
  const over = most === null
    ? `over ${plain(simulation.duration)} s`
    : `for up to ${plain(most)} requests`;
  const blocks = groups.groups > 0 && groups.tokens > sessions.max_tokens ||
      sessions.mean_turns === null
    ? { path: "workload.prefix_groups.tokens", value: groups.tokens }
    : { path: "workload.sessions.max_tokens", value: sessions.max_tokens };
  return [
    {
      limit: "requests",
      count: size.requests,
      path: own.path,
      value: own.value,
      wanted: "a workload that can be drawn",
      because: `${plain(own.value)} ${own.what} ${over}`,
    },
    {
      limit: "prefixBlocks",
      count: size.prefixBlocks,
      ...blocks,
      wanted: "prompts whose blocks can be told apart",
      because: `prompts of up to ${plain(blocks.value)} tokens for ${
        plain(size.requests)
      } requests`,
    },
  ];
}

function fleetExcesses(config: Configuration, size: RunSize): Excess[] {
  const { cluster, scaling, cold_start: start, functions, workload } = config;
  const initial = !scaling.enabled
    ? { path: "cluster.num_replicas", value: cluster.num_replicas }
    : start.initial_instances !== null
    ? { path: "cold_start.initial_instances", value: start.initial_instances }
    : scaling.prewarmed_pool.of !== null && scaling.prewarmed_pool.size > scaling.min_instances
    ? { path: "scaling.prewarmed_pool.size", value: scaling.prewarmed_pool.size }
    : { path: "scaling.min_instances", value: scaling.min_instances };
  const of = `${plain(size.functions)} functions`;
  const counts = functions.map(({ count }) => count);
  return [
    {
      limit: "machines",
      count: size.machines,
      path: "cluster.nodes",
      value: cluster.nodes.map(({ count }) => count),
      wanted: "machines that can be held",
      because: "all of them together",
    },
    {
      limit: "functions",
      count: size.functions,
      path: "functions",
      value: counts.length > 0 ? counts : workload.functions.count,
      wanted: "functions that can be held",
      because: "all of them together",
    },
    {
      limit: "initialInstances",
      count: size.instances,
      ...initial,
      wanted: "instances that can be held",
      because: of,
    },
    {
      limit: "sequenceSlots",
      count: size.sequenceSlots,
      path: "scheduler.max_num_seqs",
      value: engineSettings(config).maxSequences,
      wanted: "sequences of instances that can be held",
      because: `${plain(size.instances)} instances at the beginning`,
    },
  ];
}

/**
 * What a run would have too much of to be run, before anything of it is made: the first thing alone,
 * since one setting that is far off makes much of everything.
 *
 * @param config A configuration without other problems.
 * @param size Its size; absent: as far as the configuration alone tells.
 */
export function checkSize(config: Configuration, size: RunSize = runSize(config)): Problem[] {
  return [
    timeExcess(size),
    ...periodicExcesses(config, size),
    ...requestExcesses(config, size),
    ...fleetExcesses(config, size),
  ].filter(({ limit, count }) => !(count <= LIMITS[limit].value)).slice(0, 1).map(
    problemOf,
  );
}

/** What a user should know of a run that will take long or much memory. */
export function sizeNotices(size: RunSize): string[] {
  const notices: string[] = [];
  if (size.computeSeconds > LIMITS.noticedSeconds.value) {
    notices.push(
      `this run is large and may take ${plain(Math.ceil(size.computeSeconds / 60))} minutes or ` +
        `more (${largest(size)})`,
    );
  }
  if (size.bytes > LIMITS.noticedBytes.value) {
    notices.push(
      `this run may hold ${(size.bytes / 1e9).toFixed(1)} GB of memory or more (${largest(size)})`,
    );
  }
  return notices;
}

/** The counts of a run in the order of their size, as far as they are large. */
function largest(size: RunSize): string {
  const named = {
    requests: size.requests,
    "rows of the time series": size.samples,
    "scaling evaluations": size.evaluations,
    "decisions on pools": size.poolDecisions,
    faults: size.faults,
    functions: size.functions,
    machines: size.machines,
    "instances at the beginning": size.instances,
    "blocks of shared prefixes": size.prefixBlocks,
  };
  return Object.entries(named).filter(([, count]) => count >= 1000).toSorted((a, b) => b[1] - a[1])
    .slice(0, 3).map(([name, count]) => `${plain(Math.round(count))} ${name}`).join(", ");
}
