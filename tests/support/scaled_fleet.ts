import fc from "fast-check";
import type { ClusterParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import type { RoutingPolicy } from "../../lib/scheduling/routing/policy.ts";
import type { PoolSizePolicy } from "../../lib/serverless/keep_alive/prewarmed_pool.ts";
import type { RankPlace } from "../../lib/serverless/cold_start/start_request.ts";
import type { StartService } from "../../lib/serverless/cold_start/start_service.ts";
import type { KeepAlivePolicy } from "../../lib/serverless/keep_alive/policy.ts";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { type FleetCase, fleetCases, fleetParts } from "./random_fleet.ts";

/** A random elastic fleet whose functions are scaled by wishes drawn beforehand. */
export interface ScaledCase {
  readonly fleet: FleetCase;
  /** Wishes of the policies at successive evaluations; the last one stands. */
  readonly wishes: readonly number[];
  /** Time between two evaluations of a function, seconds; each further function takes 1.3 of it. */
  readonly period: number;
  readonly actuationDelay: number;
  readonly scrapeDelay: number;
  readonly maxInstances: number;
}

/** Random fleets under random decisions. */
export const scaledCases: fc.Arbitrary<ScaledCase> = fc.record({
  fleet: fleetCases,
  wishes: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 16 }),
  period: fc.constantFrom(0.31, 0.7, 1.9),
  actuationDelay: fc.constantFrom(0, 0, 0.25, 1.1),
  scrapeDelay: fc.constantFrom(0, 0, 0.9),
  maxInstances: fc.integer({ min: 2, max: 4 }),
});

/** What a scaling policy was shown, and what was decided. */
export interface Evaluation {
  readonly kind: "evaluation";
  readonly functionId: number;
  readonly signals: ScalingSignals;
  readonly desired: number;
}

/** What happened in a run, in its order, as far as policies and services are told of it. */
export type Happening =
  | Evaluation
  /** A router has sent a request to an instance, one of those that it could choose from. */
  | {
    readonly kind: "route";
    readonly request: number;
    readonly instanceId: number;
    readonly candidates: readonly number[];
  }
  /** A start has begun, has been given up, is over (whether it has failed or not). */
  | {
    readonly kind: "begin";
    readonly instanceId: number;
    readonly functionId: number;
    readonly ranks: readonly RankPlace[] | undefined;
  }
  | { readonly kind: "cancel" | "over"; readonly instanceId: number }
  /** A pool's policy has been told how many starts asked for a member since it was last asked. */
  | { readonly kind: "pool"; readonly pool: number; readonly demands: number }
  /** A keep-alive policy has been told of an idle time, seconds. */
  | { readonly kind: "idle"; readonly functionId: number; readonly seconds: number };

/** A decider that writes down what it sees and decides. */
class RecordingDecider extends ScalingDecider {
  readonly #functionId: number;
  readonly #log: Happening[];

  constructor(functionId: number, log: Happening[], test: ScaledCase) {
    const { wishes, period, fleet, maxInstances, scrapeDelay, actuationDelay } = test;
    let next = 0;
    super({
      periodSeconds: period * 1.3 ** functionId,
      // The last wish is at least one, so that every run ends.
      desired: () => next < wishes.length ? wishes[next++] : Math.max(1, wishes.at(-1)!),
    }, {
      minInstances: fleet.minInstances,
      maxInstances,
      scrapeDelaySeconds: scrapeDelay,
      actuationDelaySeconds: actuationDelay,
    });
    this.#functionId = functionId;
    this.#log = log;
  }

  override decide(signals: ScalingSignals): number {
    const seen = { ...signals };
    const desired = super.decide(signals);
    this.#log.push({
      kind: "evaluation",
      functionId: this.#functionId,
      signals: seen,
      desired,
    });
    return desired;
  }
}

function recordingRouting(routing: RoutingPolicy, log: Happening[]): RoutingPolicy {
  return {
    name: routing.name,
    pick(request, requests, signals) {
      const instanceId = routing.pick(request, requests, signals);
      const candidates = [...signals.candidates.subarray(0, signals.candidateCount)];
      log.push({ kind: "route", request, instanceId, candidates });
      return instanceId;
    },
  };
}

function recordingKeepAlive(
  keepAlive: KeepAlivePolicy,
  functionId: number,
  log: Happening[],
): KeepAlivePolicy {
  return {
    name: keepAlive.name,
    observeIdle(seconds) {
      log.push({ kind: "idle", functionId, seconds });
      keepAlive.observeIdle(seconds);
    },
    decide: () => keepAlive.decide(),
  };
}

function recordingSize(size: PoolSizePolicy, pool: number, log: Happening[]): PoolSizePolicy {
  return {
    periodSeconds: size.periodSeconds,
    initialSize: size.initialSize,
    size(demands) {
      log.push({ kind: "pool", pool, demands });
      return size.size(demands);
    },
  };
}

function recordingStarts(starts: StartService, log: Happening[]): StartService {
  return {
    get nextEventSeconds() {
      return starts.nextEventSeconds;
    },
    get spans() {
      return starts.spans;
    },
    begin(instanceId, functionId, now, ranks, stages) {
      log.push({ kind: "begin", instanceId, functionId, ranks });
      starts.begin(instanceId, functionId, now, ranks, stages);
    },
    cancel(instanceId, now) {
      log.push({ kind: "cancel", instanceId });
      starts.cancel(instanceId, now);
    },
    advance(now, onReady) {
      starts.advance(now, (instanceId) => {
        log.push({ kind: "over", instanceId });
        onReady(instanceId);
      });
    },
  };
}

/** The parts of a case's run that write what happens into `log`; new ones for every run. */
export function scaledParts(test: ScaledCase, stepping: Stepping, log: Happening[]): ClusterParts {
  const parts = fleetParts(test.fleet, stepping);
  return {
    ...parts,
    functions: parts.functions.map((fn, id): FunctionParts => ({
      ...fn,
      routing: recordingRouting(fn.routing, log),
      scaling: {
        ...fn.scaling,
        maxInstances: test.maxInstances,
        decider: new RecordingDecider(id, log, test),
        keepAlive: recordingKeepAlive(fn.scaling.keepAlive!, id, log),
      },
    })),
    ...(parts.pools && {
      pools: parts.pools.map((pool, i) => ({ ...pool, size: recordingSize(pool.size, i, log) })),
    }),
    starts: recordingStarts(parts.starts, log),
  };
}

/** A run of a case, and what happened in it. */
export function runScaled(
  test: ScaledCase,
  stepping: Stepping = "leap",
): { readonly run: RunRecord; readonly parts: ClusterParts; readonly log: readonly Happening[] } {
  const log: Happening[] = [];
  const parts = scaledParts(test, stepping, log);
  return { run: simulateCluster(parts), parts, log };
}

/** The evaluations of a log, in their order. */
export function evaluations(log: readonly Happening[]): Evaluation[] {
  return log.filter((one) => one.kind === "evaluation");
}
