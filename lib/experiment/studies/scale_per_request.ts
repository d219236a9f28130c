import type { ClusterParts } from "../../cluster/cluster_parts.ts";
import { simulateCluster } from "../../cluster/simulate.ts";
import { newestIdle } from "../../scheduling/routing/newest_idle.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import type { InstanceLife } from "../../serverless/lifecycle.ts";
import { exponential } from "../../sim/distributions/exponential.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { constantStepEngine } from "./constant_step_engine.ts";

/** A function that is scaled per request. */
export interface ScalePerRequest {
  /** Poisson arrivals per second. */
  readonly ratePerSecond: number;
  /** How service times spread about their means; default "exponential". */
  readonly services?: "exponential" | "constant";
  /** Mean service time, seconds. */
  readonly warmSeconds: number;
  /** Mean service time of a request that starts an instance, seconds. */
  readonly coldSeconds: number;
  /** Time after which an idle instance goes, seconds. */
  readonly idleSeconds: number;
  readonly durationSeconds: number;
  /** Most instances; requests beyond them are rejected. */
  readonly maxInstances: number;
  readonly seed: number;
}

/** What came of it. */
export interface ScalePerRequestFigures {
  readonly arrived: number;
  /** Starts over arrivals. */
  readonly coldShare: number;
  /** Rejected requests over arrivals. */
  readonly rejectedShare: number;
  /** Mean number of instances. */
  readonly instances: number;
  /** Mean number of those that serve or start. */
  readonly running: number;
  /** When requests arrived, seconds, ascending. */
  readonly arrivalAtSeconds: Float64Array;
  /** The instances, in order of their start: each began with the request that arrived then. */
  readonly lives: readonly InstanceLife[];
}

/** Steps of a service: it ends on the next multiple of a two-hundredth of its mean. */
const STEPS = 200;

/**
 * Runs a function whose instances serve one request at a time, are started by requests alone, the
 * newest idle one first, and go after a fixed idle time: through the whole simulator, a service being
 * a request of one prompt token and as many steps as it lasts.
 */
export function scalePerRequest(options: ScalePerRequest): ScalePerRequestFigures {
  const { durationSeconds } = options;
  const parts = partsOf(options);
  const run = simulateCluster(parts);
  let rejected = 0;
  for (let i = 0; i < run.columns.count; i++) {
    // What is neither completed nor unfinished was turned away.
    if (run.columns.outcome[i] > 1) rejected++;
  }
  let instanceSeconds = 0, runningSeconds = 0;
  for (const life of run.lives) {
    instanceSeconds += life.stoppedAtSeconds - life.createdAtSeconds;
    const ready = Number.isNaN(life.readyAtSeconds) ? life.stoppedAtSeconds : life.readyAtSeconds;
    runningSeconds += ready - life.createdAtSeconds + run.totals.at(life.instanceId).busySeconds;
  }
  return {
    arrived: run.arrived,
    coldShare: run.coldStarts / run.arrived,
    rejectedShare: rejected / run.arrived,
    instances: instanceSeconds / durationSeconds,
    running: runningSeconds / durationSeconds,
    arrivalAtSeconds: parts.requests.arrivalAtSeconds,
    lives: run.lives,
  };
}

function partsOf(options: ScalePerRequest): ClusterParts {
  const { ratePerSecond, warmSeconds, coldSeconds, idleSeconds, durationSeconds } = options;
  const constant = options.services === "constant";
  const streams = randomStreams(options.seed);
  const gaps = streams.take("arrivals");
  const lengths = streams.take("services");
  const gap = exponential({ mean: 1 / ratePerSecond });
  const service = exponential({ mean: warmSeconds });
  // What is left of a cold service when a warm one is taken from it, both constant or exponential.
  const starts = streams.take("starts");
  const cold = exponential({ mean: coldSeconds });
  const startSeconds = () => {
    if (constant) return coldSeconds - warmSeconds;
    return starts.next() < warmSeconds / coldSeconds ? 0 : cold.sample(starts);
  };
  const arrivals: number[] = [];
  for (let at = gap.sample(gaps); at < durationSeconds; at += gap.sample(gaps)) arrivals.push(at);
  const stepSeconds = warmSeconds / STEPS;
  const tokens = new Int32Array(arrivals.length).fill(STEPS);
  let longestTokens = STEPS;
  for (let i = 0; i < tokens.length && !constant; i++) {
    tokens[i] = Math.max(1, Math.round(service.sample(lengths) / stepSeconds));
    longestTokens = Math.max(longestTokens, tokens[i]);
  }
  longestTokens += 2;
  return {
    requests: {
      count: arrivals.length,
      arrivalAtSeconds: Float64Array.from(arrivals),
      promptTokens: new Int32Array(arrivals.length).fill(1),
      outputTokens: tokens,
    },
    functions: [{
      name: "f",
      engine: constantStepEngine({ stepSeconds, longestTokens, sequences: 1 }),
      routing: newestIdle(),
      scaling: {
        minInstances: 0,
        maxInstances: options.maxInstances,
        initialInstances: 0,
        activation: "each",
        reservesStarts: true,
        keepAliveSeconds: idleSeconds,
      },
      noCapacity: { action: "reject", limit: Infinity, timeoutSeconds: Infinity },
      concurrencyPerInstance: 1,
    }],
    starts: sequentialStarts(() => [{ stage: "start", seconds: startSeconds() }]),
    horizonSeconds: durationSeconds,
    stopAtSeconds: durationSeconds,
    sampleSeconds: durationSeconds,
    explains: false,
  };
}
