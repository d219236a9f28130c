import { constant, exponential } from "../sim/distributions/mod.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import {
  type ArrivalProcess,
  createArrivals,
  embeddedWorkload,
  generateWorkload,
  lengthsFromTable,
  readTrace,
  type RequestTable,
  type Trace,
  transformTrace,
  withArrivals,
  type WorkloadSpec,
} from "../workload/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { functionShares } from "./functions.ts";
import { buildLengths } from "./lengths.ts";

type Workload = Configuration["workload"];

/** The requests of a run. */
export interface BuiltRequests {
  readonly table: RequestTable;
  /** Names that the trace gives its functions and classes; empty for generated workloads. */
  readonly functionNames: readonly string[];
  readonly classNames: readonly string[];
  /** What a user should know about the workload. */
  readonly notices: readonly string[];
}

/**
 * The requests that a configuration describes.
 *
 * @param traceText Content of `workload.trace.path`.
 */
export function buildRequests(
  config: Configuration,
  streams: RandomStreams,
  traceText: string | undefined,
): BuiltRequests {
  const { workload } = config;
  if (workload.type !== "trace") {
    const table = generateWorkload(generatedSpec(config), streams);
    return { table, functionNames: [], classNames: [], notices: [] };
  }
  if (traceText === undefined) {
    throw new ConfigError([
      `Cannot replay "${workload.trace.path}" as a trace: its text was not given`,
    ]);
  }
  const trace = readTrace(traceText, {
    fileName: workload.trace.path!,
    format: workload.trace.format,
    onBadRow: workload.trace.on_bad_row,
    columns: traceColumns(workload.trace.columns),
  });
  return {
    table: traceRequests(config, trace, streams),
    functionNames: trace.functionNames,
    classNames: trace.classNames,
    notices: trace.skippedRows > 0
      ? [`${trace.skippedRows} malformed rows of ${workload.trace.path} were left out`]
      : [],
  };
}

function traceColumns(columns: Workload["trace"]["columns"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(columns).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Arrivals of a workload that is not replayed. */
function arrivals(workload: Workload): ArrivalProcess {
  const { type, arrival_rate: ratePerSecond, cv, burst, embedded } = workload;
  switch (type) {
    case "embedded":
      return embeddedWorkload(embedded.name as "azure-conversation", {
        rateScale: embedded.rate_scale,
      }).arrivals;
    case "synthetic":
      return createArrivals({
        process: "bursts",
        baseRatePerSecond: burst.base_rate,
        burstRatePerSecond: burst.burst_rate,
        periodSeconds: burst.period,
        burstSeconds: burst.length,
      });
    case "gamma":
    case "weibull":
      return createArrivals({ process: type, ratePerSecond, cv });
    case "uniform":
      return createArrivals({ process: "uniform", ratePerSecond });
    case "poisson":
    case "trace":
      return createArrivals({ process: "poisson", ratePerSecond });
  }
}

/** Settings that generated workloads and repeated prompts share. */
function commonSpec(config: Configuration) {
  const { workload, simulation, memory } = config;
  const functions = functionShares(config);
  const { closed_loop: loop, num_requests: requests, classes, tenants } = workload;
  const shares = classes.map(({ share }) => share);
  const isClosed = loop.concurrency !== null;
  return {
    ...(isClosed
      ? { closedLoop: { concurrency: loop.concurrency!, thinkSeconds: loop.think_time } }
      : { arrivals: arrivals(workload), durationSeconds: simulation.duration }),
    ...(requests !== null && { requests }),
    ...(classes.length > 1 && shares.every((share) => share !== null) && {
      classes: { weights: shares as number[] },
    }),
    ...(tenants.count > 1 && { tenants }),
    ...(functions && { functions }),
    blockTokens: memory.block_size,
  };
}

function generatedSpec(config: Configuration): WorkloadSpec {
  const { prefix_groups: groups, sessions } = config.workload;
  const { mean_turns: meanTurns, think_time: thinkTime } = sessions;
  return {
    ...commonSpec(config),
    lengths: buildLengths(config.workload),
    ...(groups.groups > 0 && {
      prefixGroups: { groups: groups.groups, tokensPerGroup: groups.tokens, zipf: groups.zipf },
    }),
    ...(meanTurns !== null && {
      sessions: {
        turns: meanTurns > 1
          ? exponential({ mean: meanTurns, min: 1, integer: true })
          : constant({ value: 1, integer: true }),
        thinkSeconds: thinkTime > 0 ? exponential({ mean: thinkTime }) : constant({ value: 0 }),
        maxPromptTokens: sessions.max_tokens,
      },
    }),
  };
}

/** A trace in its window, at its scale; or its lengths over and over at other arrivals. */
function traceRequests(config: Configuration, trace: Trace, streams: RandomStreams): RequestTable {
  const { workload, simulation } = config;
  const { start, length, time_scale: timeScale, rate_scale: rateScale, jitter } = workload.trace;
  if (workload.cycle_prompts) {
    return generateWorkload(
      {
        ...commonSpec(config),
        lengths: lengthsFromTable(trace.table),
        cyclePrompts: trace.table.count,
      },
      streams,
    );
  }
  const table = trace.hasArrivals
    ? trace.table
    : withArrivals(trace.table, arrivals(workload), streams.take("arrivals"));
  const replayed = transformTrace(table, {
    startSeconds: start,
    ...(length !== null && { lengthSeconds: length }),
    timeScale,
    rateScale,
    jitterSeconds: jitter,
    ...(workload.num_requests !== null && { requests: workload.num_requests }),
  }, jitter > 0 ? streams.take("jitter") : undefined);
  const { concurrency, think_time: thinkSeconds } = workload.closed_loop;
  if (concurrency !== null) return { ...replayed, closedLoop: { concurrency, thinkSeconds } };
  return simulation.drain ? replayed : untilSeconds(replayed, simulation.duration);
}

/** Rows that arrive before the run stops. */
function untilSeconds(table: RequestTable, seconds: number): RequestTable {
  const last = table.arrivalAtSeconds[table.count - 1];
  return last < seconds ? table : transformTrace(table, { lengthSeconds: seconds });
}
