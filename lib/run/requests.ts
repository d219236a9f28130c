import { constant, exponential } from "../sim/distributions/mod.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import {
  type ArrivalProcess,
  ARRIVALS,
  atOnce,
  embeddedWorkload,
  generateWorkload,
  lengthsFromTable,
  type RequestTable,
  type Trace,
  transformTrace,
  withArrivals,
  type WorkloadSpec,
} from "../workload/mod.ts";
import { generatePieces } from "../workload/generate_pieces.ts";
import type { RequestPieces } from "../workload/request_pieces.ts";
import { atMost, LIMITS, plain } from "../sim/limits.ts";
import { shownFile } from "../std/input_error.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import type { RunFacts } from "../config/applies.ts";
import { arrivesAtOnce } from "../config/all_at_once.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { functionShares } from "./functions.ts";
import { checkStreamed } from "./stream.ts";
import { knownWorkload } from "./known_workloads.ts";
import { buildLengths } from "./lengths.ts";
import {
  checkBegin,
  checkScaledTrace,
  completedTable,
  cutTrace,
  fromFirstRow,
  readTraceText,
  traceFacts,
  traceNotices,
} from "./trace.ts";

type Workload = Configuration["workload"];

/** The trace that a configuration names. */
export interface GivenTrace {
  /** Its text. */
  readonly traceText?: string;
  /** It has been read already. */
  readonly trace?: Trace;
}

/** The requests of a run. */
export interface BuiltRequests {
  readonly table: RequestTable;
  /** Names that the trace gives its functions and classes; empty for generated workloads. */
  readonly functionNames: readonly string[];
  readonly classNames: readonly string[];
  /** Whether the functions of the trace bear names that nobody gave them. */
  readonly hasAnonymousFunctions?: boolean;
  /** What the trace holds; absent for generated workloads. */
  readonly trace?: RunFacts["trace"];
  /** What a user should know about the workload. */
  readonly notices: readonly string[];
  /** All rows, where `table` has the first ones alone. */
  readonly pieces?: RequestPieces;
}

/** How the requests of a run are drawn that are too many for memory. */
export interface DrawnInPieces {
  /** Makes the streams of the run, none of them taken yet. */
  readonly newStreams: () => RandomStreams;
  /** Requests that are drawn at a time. */
  readonly pieceRows?: number;
}

/**
 * The requests that a configuration describes.
 *
 * @param given The trace of `workload.trace.path`, read or as a text.
 * @param inPieces Draws them in pieces; a trace is there as a whole all the same.
 */
export function buildRequests(
  config: Configuration,
  streams: RandomStreams,
  given: GivenTrace,
  inPieces?: DrawnInPieces,
): BuiltRequests {
  const { workload } = config;
  if (inPieces !== undefined) checkStreamed(config);
  if (workload.type !== "trace") {
    const spec = generatedSpec(config);
    checkDrawn(config, spec);
    if (inPieces !== undefined) {
      const pieces = generatePieces(spec, inPieces.newStreams, inPieces.pieceRows);
      const [table] = pieces.pieces();
      return {
        table: table ?? NO_REQUESTS,
        pieces,
        functionNames: [],
        classNames: [],
        notices: [],
      };
    }
    const table = knownWorkload(config, () => generateWorkload(spec, streams));
    return { table, functionNames: [], classNames: [], notices: [] };
  }
  const trace = given.trace ?? readTraceText(config, given.traceText);
  const replayed = traceRequests(config, trace, streams);
  return {
    table: replayed.table,
    functionNames: trace.functionNames,
    hasAnonymousFunctions: trace.hasAnonymousFunctions,
    classNames: trace.classNames,
    trace: traceFacts(trace),
    notices: [
      ...traceNotices(config, trace),
      ...replayed.notices,
      ...(inPieces === undefined ? [] : [heldWhole(config, replayed.table)]),
    ],
  };
}

/** Says what of a trace is in memory though its run is streamed. */
function heldWhole({ workload }: Configuration, { count }: RequestTable): string {
  return `the ${plain(count)} requests of ${
    shownFile(workload.trace.path!)
  } are held in memory as a ` +
    "whole; with --stream what becomes of them goes to the disk";
}

const NO_REQUESTS: RequestTable = {
  count: 0,
  arrivalAtSeconds: new Float64Array(0),
  promptTokens: new Int32Array(0),
  outputTokens: new Int32Array(0),
};

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

/** Arrivals of a workload that is not replayed. A trace without arrivals has Poisson ones. */
export function arrivals(workload: Workload): ArrivalProcess {
  const { type, embedded } = workload;
  if (arrivesAtOnce(workload)) return atOnce();
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
  const { prefix_groups: groups, sessions, distinct_prompts: cyclePrompts } = config.workload;
  const { mean_turns: meanTurns, think_time: thinkTime } = sessions;
  return {
    ...commonSpec(config),
    lengths: buildLengths(config.workload),
    ...(cyclePrompts !== null && { cyclePrompts }),
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
function traceRequests(
  config: Configuration,
  trace: Trace,
  streams: RandomStreams,
): { readonly table: RequestTable; readonly notices: readonly string[] } {
  const { workload, simulation } = config;
  if (workload.cycle_prompts) {
    const lengths = lengthsFromTable(trace.table);
    const spec = { ...commonSpec(config), lengths, cyclePrompts: trace.table.count };
    return { table: generateWorkload(spec, streams), notices: [] };
  }
  const completed = completedTable(config, trace, streams);
  checkScaledTrace(config, completed);
  const timed = trace.hasArrivals
    ? fromFirstRow(trace, completed, shownFile(workload.trace.path!))
    : {
      table: withArrivals(completed, arrivals(workload), streams.take("arrivals")),
      notices: [],
    };
  const table = cutTrace(config, trace, timed.table, streams);
  if (trace.hasArrivals) checkBegin(config, table);
  const { notices } = timed;
  const { concurrency, think_time: thinkSeconds } = workload.closed_loop;
  if (concurrency !== null) {
    return { table: { ...table, closedLoop: { concurrency, thinkSeconds } }, notices };
  }
  return { table: simulation.drain ? table : untilSeconds(table, simulation.duration), notices };
}

/** Rows that arrive before the run stops. */
function untilSeconds(table: RequestTable, seconds: number): RequestTable {
  const last = table.arrivalAtSeconds[table.count - 1];
  return last < seconds ? table : transformTrace(table, { lengthSeconds: seconds });
}
