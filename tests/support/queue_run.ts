import type { ClusterParts, NoCapacityRule } from "../../lib/cluster/cluster_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { constantStepEngine } from "../../lib/experiment/studies/constant_step_engine.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { roundRobin } from "../../lib/scheduling/routing/mod.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import { type RandomStream, randomStreams } from "../../lib/sim/random_streams.ts";
import { poisson } from "../../lib/workload/arrivals/mod.ts";

/** A simulated queueing station: Poisson arrivals, `servers` instances. */
export interface QueueOptions {
  readonly arrivalsPerSecond: number;
  /** "constant": one step of `serviceSeconds`; "exponential": a geometric number of short steps. */
  readonly service: "constant" | "exponential";
  /** Mean service time, seconds. */
  readonly serviceSeconds: number;
  readonly servers: number;
  readonly customers: number;
  readonly seed: number;
  /** Customers served together; above 1 the station is no queue of the books. Default 1. */
  readonly batch?: number;
  /** Where customers wait: one queue at the gateway for all servers, or one in each engine. */
  readonly queue?: "gateway" | "engine";
  /** What happens at the gateway to a customer that finds all servers taken; default: it waits. */
  readonly noCapacity?: NoCapacityRule["action"];
  /** Seconds between samples of the time series; by default longer than the run. */
  readonly sampleSeconds?: number;
}

/** Mean number of steps of an "exponential" service. */
const MEAN_STEPS = 1000;

/** Output lengths that are geometric with mean {@link MEAN_STEPS}: one token per step. */
function geometricLengths(count: number, stream: RandomStream): Int32Array {
  const scale = 1 / Math.log(1 - 1 / MEAN_STEPS);
  return Int32Array.from(
    { length: count },
    () => 1 + Math.floor(Math.log(1 - stream.next()) * scale),
  );
}

/** The parts of a station's run. */
export function queueParts(options: QueueOptions): ClusterParts {
  const { arrivalsPerSecond, service, serviceSeconds, servers, customers, seed } = options;
  const { batch = 1, queue = "gateway", noCapacity = "queue", sampleSeconds = 1e9 } = options;
  const streams = randomStreams(seed);
  const arrivalAtSeconds = new Float64Array(customers);
  poisson({ ratePerSecond: arrivalsPerSecond }).fill(arrivalAtSeconds, streams.take("arrivals"), 0);
  const outputTokens = service === "constant"
    ? new Int32Array(customers).fill(1)
    : geometricLengths(customers, streams.take("lengths"));
  return {
    requests: {
      count: customers,
      arrivalAtSeconds,
      promptTokens: new Int32Array(customers).fill(1),
      outputTokens,
    },
    functions: [{
      name: "station",
      engine: constantStepEngine({
        stepSeconds: service === "constant" ? serviceSeconds : serviceSeconds / MEAN_STEPS,
        longestTokens: 1 << 20,
        sequences: batch,
      }),
      routing: roundRobin(),
      scaling: {
        minInstances: servers,
        maxInstances: servers,
        initialInstances: servers,
        activation: "none",
        keepAliveSeconds: Infinity,
      },
      noCapacity: { action: noCapacity, limit: Infinity, timeoutSeconds: Infinity },
      concurrencyPerInstance: queue === "gateway" ? batch : Infinity,
    }],
    starts: sequentialStarts(() => []),
    horizonSeconds: 0,
    stopAtSeconds: Infinity,
    sampleSeconds,
  };
}

/** Runs a station. */
export function runQueue(options: QueueOptions): RunRecord {
  return simulateCluster(queueParts(options));
}

/** Mean of the waits (arrival to start of service) of the customers from number `from` on, seconds. */
export function meanWaitSeconds({ columns }: RunRecord, from: number): number {
  const { count, arrivalAtSeconds, scheduledAtSeconds } = columns;
  let sum = 0;
  for (let i = from; i < count; i++) sum += scheduledAtSeconds[i] - arrivalAtSeconds[i];
  return sum / (count - from);
}
