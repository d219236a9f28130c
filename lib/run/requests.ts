import { constant, exponential } from "../sim/distributions/mod.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import {
  type ArrivalProcess,
  ARRIVALS,
  embeddedWorkload,
  FREE_FORMATS,
  generateWorkload,
  lengthsFromTable,
  readTrace,
  type RequestTable,
  type Trace,
  transformTrace,
  withArrivals,
  type WorkloadSpec,
} from "../workload/mod.ts";
import { atMost, LIMITS, plain } from "../sim/limits.ts";
import { parseInput, shownFile } from "../std/input_error.ts";
import { FAIR_ORDERS } from "../scheduling/admission/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import type { RunFacts } from "../config/applies.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { listed } from "../config/listed.ts";
import { functionShares } from "./functions.ts";
import { buildLengths } from "./lengths.ts";

type Workload = Configuration["workload"];

/** The requests of a run. */
export interface BuiltRequests {
  readonly table: RequestTable;
  /** Names that the trace gives its functions and classes; empty for generated workloads. */
  readonly functionNames: readonly string[];
  readonly classNames: readonly string[];
  /** What the trace holds; absent for generated workloads. */
  readonly trace?: RunFacts["trace"];
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
    const spec = generatedSpec(config);
    checkDrawn(config, spec);
    const table = generateWorkload(spec, streams);
    return { table, functionNames: [], classNames: [], notices: [] };
  }
  if (traceText === undefined) {
    throw new ConfigError([
      `Cannot replay "${workload.trace.path}" as a trace: its text was not given`,
    ]);
  }
  const fileName = shownFile(workload.trace.path!);
  const options = {
    fileName,
    format: workload.trace.format,
    onBadRow: workload.trace.on_bad_row,
    columns: traceColumns(workload.trace.columns),
  };
  const trace = parseInput(
    { file: fileName, what: "a trace" },
    traceText,
    (text) => readTrace(text, options),
  );
  return {
    table: traceRequests(config, trace, streams),
    functionNames: trace.functionNames,
    classNames: trace.classNames,
    trace: {
      hasArrivals: trace.hasArrivals,
      namesFunctions: trace.functionNames.length > 0,
      namesClasses: trace.classNames.length > 0,
      namesTenants: trace.tenantNames.length > 0,
      hasFreeColumns: FREE_FORMATS.includes(trace.format!),
    },
    notices: traceNotices(config, trace),
  };
}

/**
 * Refuses to draw more requests than fit. Only here the rates of all arrival processes are known.
 *
 * @throws {ConfigError} If there would be more than fit.
 */
function checkDrawn({ workload }: Configuration, spec: WorkloadSpec): void {
  const { arrivals, durationSeconds = Infinity, requests = Infinity } = spec;
  const rate = arrivals?.meanRatePerSecond ?? 0;
  const expected = Math.min(requests, rate * durationSeconds) * (workload.sessions.mean_turns ?? 1);
  if (!(expected > LIMITS.requests.value)) return;
  const [path, value] = workload.type === "embedded"
    ? ["workload.embedded.rate_scale", workload.embedded.rate_scale]
    : ["workload.arrival_rate", workload.arrival_rate];
  throw new ConfigError([
    `Cannot read "${path}" as that of a workload that can be drawn: current value is ${value} ` +
    `(${plain(rate)} requests/s over ${durationSeconds} s would be ${plain(expected)} requests; ` +
    `${atMost("requests")})`,
  ]);
}

function traceNotices({ workload, gateway }: Configuration, trace: Trace): string[] {
  const path = shownFile(workload.trace.path!);
  const { skippedRows, unread = [] } = trace;
  const notices: string[] = [];
  if (skippedRows > 0) notices.push(`${skippedRows} malformed rows of ${path} were left out`);
  if (unread.length > 0) {
    const columns = unread.length === 1 ? "the column" : "the columns";
    notices.push(
      `${columns} ${listed(unread)} of ${path} ${unread.length === 1 ? "is" : "are"} not read`,
    );
  }
  if (trace.tenantNames.length > 1 && !FAIR_ORDERS.includes(gateway.fairness)) {
    notices.push(
      `the ${trace.tenantNames.length} tenants of ${path} are treated alike: ` +
        `gateway.fairness is ${gateway.fairness}`,
    );
  }
  return notices;
}

function traceColumns(columns: Workload["trace"]["columns"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(columns).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Arrivals of a workload that is not replayed. A trace without arrivals has Poisson ones. */
function arrivals(workload: Workload): ArrivalProcess {
  const { type, embedded } = workload;
  return type === "embedded"
    ? embeddedWorkload(embedded.name as "azure-conversation", {
      rateScale: embedded.rate_scale,
    }).arrivals
    : fromConfiguration(ARRIVALS, type === "trace" ? "poisson" : type, workload, {});
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
  checkScaledTrace(config, trace);
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
  if (trace.hasArrivals) checkBegin(config, replayed);
  const { concurrency, think_time: thinkSeconds } = workload.closed_loop;
  if (concurrency !== null) return { ...replayed, closedLoop: { concurrency, thinkSeconds } };
  return simulation.drain ? replayed : untilSeconds(replayed, simulation.duration);
}

/** Refuses a trace that would be multiplied to more requests than fit. */
function checkScaledTrace({ workload }: Configuration, { table }: Trace): void {
  const { path, rate_scale: scale } = workload.trace;
  if (!(table.count * scale > LIMITS.requests.value)) return;
  throw new ConfigError([
    `Cannot read "workload.trace.rate_scale" as that of a workload that can be held: current value ` +
    `is ${scale} (times the ${plain(table.count)} requests of ${path} would be ` +
    `${plain(table.count * scale)} requests; ${atMost("requests")})`,
  ]);
}

/** Refuses a trace whose clock began long before its first row. */
function checkBegin({ workload }: Configuration, { arrivalAtSeconds: at }: RequestTable): void {
  const [first] = at;
  if (!(first > LIMITS.traceBeginSeconds.value)) return;
  throw new ConfigError([
    `Cannot replay "${workload.trace.path}" as a trace that begins near 0 s: current value is a ` +
    `first arrival at ${first} s (the times look like Unix time: subtract the first one from all, ` +
    `or set workload.trace.start to it; ${atMost("traceBeginSeconds")})`,
  ]);
}

/** Rows that arrive before the run stops. */
function untilSeconds(table: RequestTable, seconds: number): RequestTable {
  const last = table.arrivalAtSeconds[table.count - 1];
  return last < seconds ? table : transformTrace(table, { lengthSeconds: seconds });
}
