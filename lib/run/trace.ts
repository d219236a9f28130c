import type { RandomStreams } from "../sim/random_streams.ts";
import { FAIR_ORDERS } from "../scheduling/admission/mod.ts";
import { atMost, LIMITS, plain } from "../sim/limits.ts";
import { parseInput, shownFile } from "../std/input_error.ts";
import {
  drawWindows,
  FREE_FORMATS,
  isThisCentury,
  readTrace,
  type ReadTraceOptions,
  type RequestTable,
  spreadBins,
  type Trace,
  transformTrace,
} from "../workload/mod.ts";
import type { RunFacts } from "../config/applies.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { listed } from "../config/listed.ts";
import { buildLengths } from "./lengths.ts";

/** How the trace of a configuration is to be read. */
export function traceOptions({ workload }: Configuration): ReadTraceOptions {
  const { trace } = workload;
  const columns = Object.fromEntries(
    Object.entries(trace.columns).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  return {
    fileName: shownFile(trace.path!),
    format: trace.format,
    onBadRow: trace.on_bad_row,
    unit: trace.unit,
    charactersPerToken: trace.characters_per_token,
    ...(trace.failed !== null && { failed: trace.failed }),
    ...(trace.block_tokens !== null && { blockTokens: trace.block_tokens }),
    columns,
  };
}

/** Reads the text of the trace of a configuration. */
export function readTraceText(config: Configuration, text: string | undefined): Trace {
  const { path } = config.workload.trace;
  if (text === undefined) {
    throw new ConfigError([`Cannot replay "${path}" as a trace: its text was not given`]);
  }
  const options = traceOptions(config);
  return parseInput(
    { file: options.fileName, what: "a trace" },
    text,
    (whole) => readTrace(whole, options),
  );
}

/** What a trace holds, for the settings that depend on it. */
export function traceFacts(trace: Trace): NonNullable<RunFacts["trace"]> {
  return {
    hasArrivals: trace.hasArrivals,
    namesFunctions: trace.functionNames.length > 0,
    namesClasses: trace.classNames.length > 0,
    namesTenants: trace.tenantNames.length > 0,
    hasFreeColumns: FREE_FORMATS.includes(trace.format),
    hasPrefix: trace.table.prefix !== undefined,
    isOfTexts: trace.format === "sharegpt" || trace.format === "genai-perf",
    isCounted: trace.binSeconds !== undefined,
    hasLengths: trace.hasLengths,
    hasFailed: trace.failedRows > 0,
  };
}

/** What a user should know of a trace. */
export function traceNotices({ workload, gateway }: Configuration, trace: Trace): string[] {
  const path = shownFile(workload.trace.path!);
  const { skippedRows, unread = [], binSeconds, windows } = trace;
  const notices: string[] = [...trace.notices];
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
  if (binSeconds !== undefined) {
    notices.push(
      `the calls of ${path} are counted by intervals of ${binSeconds} s, over which they are spread ` +
        (workload.trace.spread === "even"
          ? "evenly, those of one function at equal distances (workload.trace.spread: even)"
          : "uniformly, each drawn by itself (workload.trace.spread: uniform)"),
    );
  }
  if (windows !== undefined) {
    notices.push(
      `the arrivals of ${path} are drawn by the rate, the variation and the family of gaps of each ` +
        `of its ${windows.length} windows`,
    );
  }
  if (!trace.hasLengths) {
    notices.push(
      `${path} holds no lengths: they are drawn from workload.prompt_length and decode_length`,
    );
  }
  return notices;
}

/** The rows of a trace with arrivals and lengths, those drawn that it does not hold itself. */
export function completedTable(
  config: Configuration,
  trace: Trace,
  streams: RandomStreams,
): RequestTable {
  const { workload } = config;
  let { table } = trace;
  if (trace.windows !== undefined) {
    const arrivalAtSeconds = drawWindows(trace.windows, streams.take("arrivals"));
    const count = arrivalAtSeconds.length;
    table = {
      count,
      arrivalAtSeconds,
      promptTokens: new Int32Array(count),
      outputTokens: new Int32Array(count),
    };
  }
  if (trace.binSeconds !== undefined) {
    table = spreadBins(table, trace.binSeconds, workload.trace.spread, streams.take("spread"));
  }
  if (!trace.hasLengths) {
    const promptTokens = new Int32Array(table.count);
    const outputTokens = new Int32Array(table.count);
    const [prompts, outputs] = [streams.take("prompt_tokens"), streams.take("output_tokens")];
    buildLengths(workload).fill(promptTokens, outputTokens, prompts, outputs);
    table = { ...table, promptTokens, outputTokens };
  }
  return withServiceSteps(config, table);
}

/** Requests of given durations as ones of so many steps of the constant-time engine. */
function withServiceSteps(
  { workload, execution }: Configuration,
  table: RequestTable,
): RequestTable {
  const { serviceSeconds, ...rest } = table;
  if (serviceSeconds === undefined) return table;
  if (execution.source !== "constant") {
    throw new ConfigError([
      `Cannot replay "${workload.trace.path}", whose calls have durations and no tokens, as a trace ` +
      `of requests: current value of execution.source is ${execution.source} (set it to constant, ` +
      `and execution.step_seconds to the resolution of durations)`,
    ]);
  }
  const most = LIMITS.tokens.value;
  const outputTokens = Int32Array.from(
    serviceSeconds,
    (seconds) => Math.min(most, Math.max(1, Math.round(seconds / execution.step_seconds))),
  );
  return { ...rest, outputTokens };
}

/** Has the arrivals of a clock whose zero means nothing to a run count from the first of them. */
export function fromFirstRow(
  trace: Trace,
  table: RequestTable,
  fileName: string,
): { readonly table: RequestTable; readonly notices: readonly string[] } {
  const first = table.count > 0 ? table.arrivalAtSeconds[0] : 0;
  if (trace.countsFromRun || first === 0) return { table, notices: [] };
  return {
    table: { ...table, arrivalAtSeconds: table.arrivalAtSeconds.map((at) => at - first) },
    notices: [
      `the arrivals of ${fileName} count from the first of them, at ${
        plainSeconds(first)
      } s of its clock`,
    ],
  };
}

function plainSeconds(seconds: number): string {
  return String(Number(seconds.toPrecision(12)));
}

/** A trace in its window, at its scale. */
export function cutTrace(
  { workload }: Configuration,
  { beginSeconds }: Trace,
  table: RequestTable,
  streams: RandomStreams,
): RequestTable {
  const { length, time_scale: timeScale, rate_scale: rateScale, jitter } = workload.trace;
  // A Unix time is one of the trace's clock where it has such.
  const isUnix = beginSeconds !== undefined && isThisCentury(workload.trace.start, 1);
  const start = isUnix ? Math.max(0, workload.trace.start - beginSeconds) : workload.trace.start;
  const isCut = start > 0 || length !== null;
  // The window counts from the first arrival, and what is left from the window's beginning.
  const first = isCut && table.count > 0 ? table.arrivalAtSeconds[0] : 0;
  return transformTrace(table, {
    startSeconds: first + start,
    ...(length !== null && { lengthSeconds: length }),
    timeScale,
    rateScale,
    jitterSeconds: jitter,
    ...(workload.num_requests !== null && { requests: workload.num_requests }),
  }, jitter > 0 ? streams.take("jitter") : undefined);
}

/** Refuses a trace that would be multiplied to more requests than fit. */
export function checkScaledTrace({ workload }: Configuration, { count }: RequestTable): void {
  const { path, rate_scale: scale } = workload.trace;
  if (!(count * scale > LIMITS.requests.value)) return;
  throw new ConfigError([
    `Cannot read "workload.trace.rate_scale" as that of a workload that can be held: current value ` +
    `is ${scale} (times the ${plain(count)} requests of ${path} would be ` +
    `${plain(count * scale)} requests; ${atMost("requests")})`,
  ]);
}

/** Refuses a trace whose clock began long before its first row. */
export function checkBegin(
  { workload }: Configuration,
  { arrivalAtSeconds: at }: RequestTable,
): void {
  const [first] = at;
  if (!(first > LIMITS.traceBeginSeconds.value)) return;
  throw new ConfigError([
    `Cannot replay "${workload.trace.path}" as a trace that begins near 0 s: current value is a ` +
    `first arrival at ${first} s (the times look like Unix time: subtract the first one from all, ` +
    `or name the column "timestamp", which counts from its first row; ${
      atMost("traceBeginSeconds")
    })`,
  ]);
}
