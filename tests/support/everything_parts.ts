import type {
  ClusterParts,
  FaultParts,
  FaultSource,
  FunctionParts,
  PlacementParts,
  PoolParts,
  ScalingParts,
} from "../../lib/cluster/cluster_parts.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { ROUTING_POLICIES } from "../../lib/scheduling/routing/mod.ts";
import {
  sequentialStarts,
  type StartService,
} from "../../lib/serverless/cold_start/start_service.ts";
import { hybridHistogram } from "../../lib/serverless/keep_alive/hybrid_histogram.ts";
import type { KeepAlivePolicy } from "../../lib/serverless/keep_alive/policy.ts";
import { PLACEMENT_POLICIES } from "../../lib/serverless/placement/mod.ts";
import {
  concurrency,
  hpa,
  keda,
  knativeKpa,
  oracle,
  predictive,
  queueDelay,
  SCALING_POLICIES,
  ScalingDecider,
  type ScalingName,
  schedule,
  slo,
  threshold,
} from "../../lib/serverless/scaling/mod.ts";
import { fromTable } from "../../lib/settings/from_table.ts";
import { TOY_NEEDS } from "../conformance/scaling_laws.ts";
import type { ScalingPolicy } from "../../lib/serverless/scaling/policy.ts";
import { type RandomStreams, randomStreams } from "../../lib/sim/random_streams.ts";
import type { RequestTable } from "../../lib/workload/request_table.ts";
import { caseParts } from "./random_cluster.ts";
import type { EverythingCase, EverythingFunction } from "./random_everything.ts";

/** What each part of a start takes, seconds. */
export const START_SECONDS = { all: 1, wake: 0.125, reload: 0.5, ahead: 0.625, rest: 0.375 };

/** Calls of starts, policies and faults after which a run is taken to go on for ever. */
const MOST_CALLS = 500_000;

/** Most instances of a function. */
export const mostOf = ({ fewest, more }: EverythingFunction) => fewest + more;

/** Requests of the case, at the pace of the case, among its functions. */
function requestsOf(test: EverythingCase, requests: RequestTable): RequestTable {
  const { isTicked, stretch, cluster, functions } = test;
  return {
    ...requests,
    arrivalAtSeconds: requests.arrivalAtSeconds.map((at) =>
      isTicked ? Math.round(8 * at * stretch) / 8 : at * stretch
    ),
    functionId: Uint16Array.from(cluster.requests, ({ group }) => group % functions.length),
  };
}

function policyOf(
  fn: EverythingFunction,
  functionId: number,
  requests: RequestTable,
): ScalingPolicy | undefined {
  const { policy, period: periodSeconds, wishes, fewest: minInstances } = fn;
  const arrivalAtSeconds = requests.arrivalAtSeconds.filter((_, i) =>
    requests.functionId![i] === functionId
  ).sort();
  let evaluation = 0;
  switch (policy) {
    case "none":
      return undefined;
    case "wishes":
      return {
        periodSeconds,
        desired: () => wishes[Math.min(evaluation++, wishes.length - 1)],
      };
    case "threshold":
      return threshold({ cooldownSeconds: 2, periodSeconds });
    case "concurrency":
      return concurrency({
        target: 2,
        keepAliveSeconds: 1,
        scaleDownWindowSeconds: 0,
        periodSeconds,
      });
    case "queue-delay":
      return queueDelay({ thresholdSeconds: 0.5, periodSeconds });
    case "knative-kpa":
      return knativeKpa({
        target: 2,
        stableWindowSeconds: 6,
        scaleToZeroGraceSeconds: 1,
        // Requests wait in instances whenever these have room for one more.
        targetBurstCapacity: 1,
        containerConcurrency: fn.concurrency,
        minInstances,
        periodSeconds,
      });
    case "hpa":
      return hpa({
        target: 2,
        scaleDownStabilizationSeconds: 2,
        periodSeconds,
      });
    case "keda":
      return keda({
        target: 2,
        pollingSeconds: 1,
        cooldownSeconds: 2,
        minInstances,
        periodSeconds,
      });
    case "slo":
      return slo({
        ttftSeconds: 0.5,
        tpotSeconds: 0.2,
        downReadings: 2,
        scaleToZeroAfterSeconds: 3,
        periodSeconds,
      });
    case "predictive":
      return predictive({ ratePerInstance: 2, leadSeconds: 1, periodSeconds });
    case "schedule":
      return schedule({
        entries: wishes.map((instances, i) => ({ fromSeconds: 2 * i, instances })),
        repeatSeconds: 20,
        leadSeconds: 1,
        periodSeconds,
      });
    case "oracle":
      return oracle({
        arrivalAtSeconds,
        holdSeconds: 2,
        concurrencyPerInstance: 2,
        leadSeconds: 1,
        periodSeconds,
      });
    default:
      return fromTable(SCALING_POLICIES, policy as ScalingName, {}, {
        ...TOY_NEEDS,
        arrivalAtSeconds: () => arrivalAtSeconds,
        minInstances,
        periodSeconds,
      });
  }
}

function keepAliveOf({ keepAlive, prewarmAfter }: EverythingFunction): KeepAlivePolicy {
  if (keepAlive === "histogram") {
    return hybridHistogram({ binSeconds: 0.5, rangeSeconds: 30, minSamples: 2 });
  }
  return {
    name: "constant",
    observeIdle: () => {},
    decide: () => ({ prewarmAfterSeconds: prewarmAfter, keepAliveSeconds: keepAlive }),
  };
}

function scalingOf(
  fn: EverythingFunction,
  functionId: number,
  requests: RequestTable,
  count: () => void,
): ScalingParts {
  const { fewest, maxStep, cooldown, activation, reservesStarts, sleep } = fn;
  const policy = policyOf(fn, functionId, requests);
  const limits = { minInstances: fewest, maxInstances: mostOf(fn) };
  const decider = policy && new ScalingDecider({
    ...policy,
    desired(signals) {
      count();
      return policy.desired(signals);
    },
  }, {
    ...limits,
    maxStepUp: maxStep,
    maxStepDown: maxStep,
    upCooldownSeconds: cooldown,
    downCooldownSeconds: cooldown,
    scrapeDelaySeconds: fn.scrapeDelay,
    actuationDelaySeconds: fn.actuationDelay,
  });
  return {
    ...limits,
    ...(decider && { decider }),
    initialInstances: Math.min(mostOf(fn), fewest + fn.initialMore),
    activation,
    reservesStarts,
    keepAlive: keepAliveOf(fn),
    ...(fn.drain && { drain: fn.drain }),
    ...(sleep.level > 0 && {
      sleep: {
        level: sleep.level as 1 | 2,
        ttlSeconds: sleep.ttl,
        dramBytes: sleep.level === 1 ? 1 : 0,
      },
    }),
  };
}

function placementOf(test: EverythingCase): PlacementParts | undefined {
  const { machines, memory, functions, placement, evictsIdle, backfills } = test;
  if (machines.length === 0) return undefined;
  return {
    nodes: machines.map((one) => ({ ...one, dramBytes: memory, ssdBytes: 0 })),
    policy: fromTable(PLACEMENT_POLICIES, placement, {}, {}),
    needs: functions.map(({ gpus, stageGpus, gpuTypes, dramBytes }, functionId) => ({
      functionId,
      gpus,
      ...(stageGpus !== undefined && { stageGpus: Math.min(gpus, stageGpus) }),
      gpuTypes,
      dramBytes,
    })),
    evictsIdle,
    backfills,
    startSeconds: (node, functionId) => (node + functionId) % 2,
  };
}

function faultsOf(
  test: EverythingCase,
  streams: RandomStreams,
  count: () => void,
): FaultParts | undefined {
  const { faults, startFailure, retryWait, maxAttempts, isTicked, inFlight } = test;
  if (faults.length === 0 && startFailure === 0) return undefined;
  const starts = streams.take("failing starts");
  const sources = faults.map(({ mtbf, notice, down }, i): FaultSource => {
    const stream = streams.take(`faults ${i}`);
    return {
      next(_unit, fromSeconds) {
        count();
        const at = fromSeconds - Math.log(1 - stream.next()) * mtbf;
        return isTicked ? Math.ceil(8 * at) / 8 : at;
      },
      isPreemption: notice > 0,
      noticeSeconds: notice,
      downSeconds: down,
    };
  });
  return {
    sources,
    inFlight,
    ...(startFailure > 0 && {
      startFails: () => starts.next() < startFailure,
      retryWaitSeconds: (failed) => failed >= maxAttempts ? Infinity : retryWait,
    }),
  };
}

function poolsOf({ pools, poolIsShared, functions }: EverythingCase): PoolParts[] | undefined {
  const all = functions.map((_, id) => id);
  const shared = poolIsShared ? pools.slice(0, 1) : pools.slice(0, functions.length);
  if (shared.length === 0) return undefined;
  return shared.map(({ of, size, follows, holdsGpus }, id) => ({
    of,
    functions: poolIsShared ? all : [id],
    size: {
      periodSeconds: 1.5,
      initialSize: follows ? 0 : size,
      size: (taken) => follows ? Math.min(size, taken) : size,
    },
    holdsGpus,
  }));
}

/** Starts that take as long as the case says, and ends those of a run that goes on for ever. */
function startsOf({ startFactor }: EverythingCase, count: () => void): StartService {
  return sequentialStarts((_, stages) => {
    count();
    return [{ stage: stages, seconds: startFactor * START_SECONDS[stages] }];
  });
}

/** The parts of a case's run; new ones for every run. */
export function everythingParts(test: EverythingCase, stepping: Stepping): ClusterParts {
  const { cluster, isTicked, functions, warmup, horizon } = test;
  const time = isTicked
    ? { ...cluster.time, base: 0.125, perPrefillToken: 0, perSequence: 0, perContextToken: 0 }
    : cluster.time;
  const base = caseParts({ ...cluster, time, desired: [] }, stepping);
  const requests = requestsOf(test, base.requests);
  const streams = randomStreams(7);
  let calls = 0;
  const count = () => {
    if (++calls > MOST_CALLS) throw new Error(`the run goes on for ever: ${calls} calls`);
  };
  const [fn] = base.functions;
  const placement = placementOf(test);
  const faults = faultsOf(test, streams, count);
  const pools = poolsOf(test);
  return {
    ...base,
    requests,
    functions: functions.map((one, id): FunctionParts => ({
      ...fn,
      name: `f${id}`,
      routing: fromTable(
        ROUTING_POLICIES,
        one.routing,
        one.routing === "prefix-affinity" ? { loadDifference: 3 } : {},
        { stream: streams.take(`routing ${id}`) },
      ),
      scaling: scalingOf(one, id, requests, count),
      noCapacity: one.noCapacity,
      executionLimitSeconds: one.executionLimit,
      concurrencyPerInstance: one.concurrency,
      routingStalenessSeconds: one.staleness,
    })),
    ...(placement && { placement }),
    ...(faults && { faults }),
    patienceSeconds: new Array<number>(4).fill(test.patience),
    ...(pools && { pools }),
    starts: startsOf(test, count),
    horizonSeconds: horizon,
    stopAtSeconds: isTicked && cluster.stopAt < Infinity ? 3.25 : cluster.stopAt,
    warmupSeconds: warmup,
    sampleSeconds: isTicked ? 0.5 : 0.31,
  };
}
