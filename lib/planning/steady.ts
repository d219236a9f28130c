import { rememberGiven } from "../config/given.ts";
import type { Configuration } from "../config/configuration.ts";
import { givenPaths } from "../config/load.ts";
import type { KeptRun } from "../experiment/sweep/mod.ts";
import { arrivals } from "../run/requests.ts";
import { isUpperLimit, type Objective } from "./objectives.ts";

/** What a run has to be like for a rate to be one that holds for ever, rather than for a short burst. */
export interface SteadyNeed {
  /** Fewest requests. */
  readonly requests: number;
  /** Least time in which requests arrive, seconds. */
  readonly spanSeconds: number;
  /**
   * Times the longest time to the first token that requests have to arrive; 0 where a limit on waits says
   * how long. A queue that grows makes it longer as arrivals last longer: its rate is none that holds.
   */
  readonly longestWaits: number;
}

/** A configuration whose arrivals last, and how long they do. */
export interface SteadyWorkload {
  readonly config: Configuration;
  /** Time in which its requests arrive, seconds, by its rate. */
  readonly spanSeconds: number;
  /** Whether its arrivals could last longer. */
  readonly canGrow: boolean;
}

/** Share of the requests, the first to arrive, that are in no figure: the fleet fills meanwhile. */
const WARM_UP = 0.2;
/** Times the longest request that arrivals have to last: the warm-up is as long as that request. */
export const LONGEST_TIMES = 1 / WARM_UP;
/** Requests beyond a percentile that its estimate needs, over the tolerance of the capacity. */
const BEYOND_BY_TOLERANCE = 2;
/** Fewest requests, over the tolerance. */
const FEWEST_BY_TOLERANCE = 40;
/** Most requests that a percentile asks for. */
const MOST_FOR_PERCENTILE = 20_000;
/** Most requests to which a workload is lengthened. */
const MOST_REQUESTS = 200_000;
/** Periods of a varying rate from which on a part of one more changes nothing. */
const WHOLE_PERIODS = 20;

/**
 * What runs need before anything is known of their latencies: enough requests beyond the strictest
 * percentile, and arrivals that last so many times a limit that a queue which grows by the tolerance of
 * the capacity passes the limit before they end.
 *
 * @param tolerance Of the capacity, a share of it, > 0.
 */
export function steadyNeed(objectives: readonly Objective[], tolerance: number): SteadyNeed {
  const upper = objectives.filter(isUpperLimit);
  const outside = Math.min(1, ...upper.map(({ percentile }) => 1 - (percentile ?? 0) / 100));
  const beyond = BEYOND_BY_TOLERANCE / tolerance / Math.max(outside, 1e-6);
  const waits = upper.filter(({ path }) => /^(ttft|e2e)_s\./.test(path));
  return {
    requests: Math.ceil(
      Math.max(FEWEST_BY_TOLERANCE / tolerance, Math.min(beyond, MOST_FOR_PERCENTILE)) /
        (1 - WARM_UP),
    ),
    spanSeconds: Math.max(0, ...waits.map(({ limit }) => limit)) / tolerance,
    longestWaits: waits.length === 0 ? 1 / tolerance : 0,
  };
}

/**
 * A configuration with a workload that lasts at least as long as is needed, the first fifth of its
 * requests in no figure. A workload that lasts longer stays as long as it is. Arrivals whose rate varies
 * last for whole periods and, as a trace that is replayed, have no warm-up: it would leave out a part.
 *
 * @param ratePerSecond Its rate, > 0.
 * @param replaySeconds Time in which the requests of a trace that is replayed arrive; absent: none is.
 */
export function steadyWorkload(
  config: Configuration,
  ratePerSecond: number,
  need: Pick<SteadyNeed, "requests" | "spanSeconds">,
  replaySeconds?: number,
): SteadyWorkload {
  const { workload, simulation } = config;
  const count = workload.num_requests;
  const ownSpan = Math.min(
    count === null ? Infinity : count / ratePerSecond,
    replaySeconds ?? simulation.duration,
  );
  const { mean_turns: turns, think_time: thinkSeconds } = workload.sessions;
  const wanted = Math.max(
    ownSpan,
    need.requests / ratePerSecond,
    need.spanSeconds,
    LONGEST_TIMES * (turns ?? 0) * thinkSeconds,
  );
  const most = Math.max(ownSpan, replaySeconds ?? MOST_REQUESTS / ratePerSecond);
  const period = replaySeconds === undefined ? arrivals(workload).periodSeconds ?? 0 : 0;
  const whole = period > 0 && wanted < WHOLE_PERIODS * period
    ? Math.ceil(wanted / period - 1e-9) * period
    : wanted;
  const spanSeconds = Math.min(whole, most);
  const requests = Math.ceil(spanSeconds * ratePerSecond - 1e-6);
  const isStationary = replaySeconds === undefined && period === 0;
  const steady: Configuration = {
    ...config,
    workload: { ...workload, ...(count !== null && { num_requests: requests }) },
    simulation: {
      ...simulation,
      // Requests end the workload, where they are counted; not the clock.
      duration: replaySeconds !== undefined
        ? simulation.duration
        : count === null
        ? spanSeconds
        : Math.max(simulation.duration, 2 * spanSeconds),
      ...(isStationary && warmUp(simulation, requests)),
    },
  };
  rememberGiven(steady, new Set(givenPaths(config)));
  return { config: steady, spanSeconds, canGrow: spanSeconds < most };
}

/** The warm-up of a steady run, where the configuration has none that is longer or found by itself. */
function warmUp(
  { warmup_duration: seconds, warmup_requests: own, duration }: Configuration["simulation"],
  requests: number,
): Partial<Configuration["simulation"]> {
  const wanted = Math.ceil(WARM_UP * requests);
  const isOwn = seconds === "mser5" || seconds > WARM_UP * duration || (own ?? 0) > wanted;
  return isOwn ? {} : { warmup_duration: 0, warmup_requests: wanted };
}

/** Time that requests would have to arrive for the longest one of a run to be a fifth of it, seconds. */
export function fillSeconds({ figures }: KeptRun): number {
  return LONGEST_TIMES * numberIn(figures["e2e_s.max"]);
}

/** Time that they would have to arrive for a run to be steady, seconds. */
export function spanNeeded(run: KeptRun, { longestWaits }: SteadyNeed): number {
  return Math.max(fillSeconds(run), longestWaits * numberIn(run.figures["ttft_s.max"]));
}

function numberIn(value: KeptRun["figures"][string] | undefined): number {
  return typeof value === "number" ? value : 0;
}
