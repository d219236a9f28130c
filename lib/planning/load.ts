import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { rememberGiven } from "../config/given.ts";
import { givenPaths } from "../config/load.ts";
import type { RunInputs } from "../run/cluster.ts";
import { arrivals, buildRequests } from "../run/requests.ts";
import { randomStreams } from "../sim/random_streams.ts";
import type { RequestTable } from "../workload/mod.ts";

/** What a configuration's requests are like, as far as a bound on their work needs to know. */
export interface Load {
  /** Requests. */
  readonly count: number;
  /** From the first arrival to the last one, seconds. */
  readonly spanSeconds: number;
  /** Mean prompt, tokens. */
  readonly promptTokens: number;
  /** Mean output after the first token, tokens: each is a decode. */
  readonly decodeTokens: number;
  /** Mean context over all decodes, tokens. */
  readonly contextTokens: number;
  /** Mean output, tokens. */
  readonly outputTokens: number;
  /** Prompts in rising order, tokens. */
  readonly sortedPrompts: Int32Array;
  /** Whether requests share prefixes, which caches may serve. */
  readonly sharesPrefixes: boolean;
  /** Whether arrivals are known beforehand: not those of a closed loop. */
  readonly isOpen: boolean;
}

/** The requests of a configuration, by its own seed. @throws {RangeError} If they cannot be drawn. */
export function loadOf(config: Configuration, inputs: RunInputs): Load {
  const { simulation } = config;
  const streams = randomStreams(simulation.random_seed, simulation.replication);
  return loadOfTable(buildRequests(config, streams, inputs).table);
}

function loadOfTable(table: RequestTable): Load {
  const { count, promptTokens, outputTokens, arrivalAtSeconds } = table;
  let prompts = 0, outputs = 0, decodes = 0, contexts = 0;
  for (let i = 0; i < count; i++) {
    const decode = Math.max(0, outputTokens[i] - 1);
    prompts += promptTokens[i];
    outputs += outputTokens[i];
    decodes += decode;
    // The k-th decode attends to the prompt, the k tokens before it and its own.
    contexts += decode * (promptTokens[i] + 1) + decode * (decode - 1) / 2;
  }
  const mean = (sum: number) => count > 0 ? sum / count : 0;
  return {
    count,
    spanSeconds: count > 0 ? arrivalAtSeconds[count - 1] - arrivalAtSeconds[0] : 0,
    promptTokens: mean(prompts),
    decodeTokens: mean(decodes),
    contextTokens: decodes > 0 ? contexts / decodes : 0,
    outputTokens: mean(outputs),
    sortedPrompts: Int32Array.from(promptTokens.subarray(0, count)).sort(),
    sharesPrefixes: table.prefix !== undefined,
    isOpen: table.closedLoop === undefined,
  };
}

/** Whether a configuration replays the rows of a trace at their instants. */
export function isReplayed({ workload }: Configuration): boolean {
  return workload.type === "trace" && !workload.cycle_prompts;
}

/** Mean rate of a configuration's workload, requests per second. @throws {ConfigError} Without one. */
export function meanRate(config: Configuration, inputs: RunInputs): number {
  const { workload } = config;
  if (workload.closed_loop.concurrency !== null || workload.all_at_once) {
    throw new ConfigError([
      `Cannot plan for a rate of a workload without arrivals of its own: current value of ` +
      (workload.all_at_once ? "workload.all_at_once is true" : "workload.closed_loop is set"),
    ]);
  }
  if (isReplayed(config)) {
    const { count, spanSeconds } = loadOf(config, inputs);
    if (count > 1 && spanSeconds > 0) return count / spanSeconds;
    throw new ConfigError([
      "Cannot plan for a rate of a trace without arrivals over some time: current value is " +
      `${count} requests in ${spanSeconds} s`,
    ]);
  }
  return (arrivals(workload).meanRatePerSecond ?? 0) * (workload.sessions.mean_turns ?? 1);
}

/** How fast a configuration's requests arrive, as a search for its capacity needs to know. */
export function pace(
  config: Configuration,
  inputs: RunInputs,
): { readonly ratePerSecond: number; readonly replaySeconds?: number } {
  if (!isReplayed(config)) return { ratePerSecond: meanRate(config, inputs) };
  // Of a trace that is cut to some requests, the rest is there for longer runs.
  const whole = { ...config, workload: { ...config.workload, num_requests: null } };
  const ratePerSecond = meanRate(whole, inputs);
  return { ratePerSecond, replaySeconds: loadOf(whole, inputs).spanSeconds };
}

/** The settings that multiply the rate of a workload, and their values. */
export function rateSettings({ workload }: Configuration): readonly RateSetting[] {
  const { type, embedded, trace, burst, cycle_prompts: cycles, arrival_rate: rate } = workload;
  if (type === "embedded") {
    return [{ path: "workload.embedded.rate_scale", value: embedded.rate_scale }];
  }
  if (type === "synthetic") {
    return [
      { path: "workload.burst.base_rate", value: burst.base_rate },
      { path: "workload.burst.burst_rate", value: burst.burst_rate },
    ];
  }
  return type === "trace" && !cycles
    ? [{ path: "workload.trace.rate_scale", value: trace.rate_scale }]
    : [{ path: "workload.arrival_rate", value: rate }];
}

/** A setting on which the rate of a workload depends. */
export interface RateSetting {
  /** Its path, such as "workload.arrival_rate". */
  readonly path: string;
  readonly value: number;
}

/** A configuration with its rate multiplied. */
export function withRateFactor(config: Configuration, factor: number): Configuration {
  const { workload } = config;
  const settings = rateSettings(config);
  const scaled = Object.fromEntries(
    settings.map(({ path, value }) => [path, Number((value * factor).toPrecision(12))]),
  );
  const of = (path: string, otherwise: number) => scaled[path] ?? otherwise;
  const { embedded, trace, burst, arrival_rate: rate } = workload;
  const own: Configuration = {
    ...config,
    workload: {
      ...workload,
      arrival_rate: of("workload.arrival_rate", rate),
      embedded: {
        ...embedded,
        rate_scale: of("workload.embedded.rate_scale", embedded.rate_scale),
      },
      trace: { ...trace, rate_scale: of("workload.trace.rate_scale", trace.rate_scale) },
      burst: {
        ...burst,
        base_rate: of("workload.burst.base_rate", burst.base_rate),
        burst_rate: of("workload.burst.burst_rate", burst.burst_rate),
      },
    },
  };
  rememberGiven(own, new Set([...givenPaths(config), ...settings.map(({ path }) => path)]));
  return own;
}
