import fc from "fast-check";
import type { ClusterParts, NoCapacityRule } from "../../lib/cluster/cluster_parts.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { fairQueue } from "../../lib/scheduling/admission/fair_queue.ts";
import { fasterTransformer } from "../../lib/scheduling/batching/faster_transformer.ts";
import { orca } from "../../lib/scheduling/batching/orca.ts";
import { sarathi } from "../../lib/scheduling/batching/sarathi.ts";
import { sglang } from "../../lib/scheduling/batching/sglang.ts";
import type { BatchingStrategy } from "../../lib/scheduling/batching/strategy.ts";
import { trtLlm } from "../../lib/scheduling/batching/trt_llm.ts";
import { vllm } from "../../lib/scheduling/batching/vllm.ts";
import { vllmV0 } from "../../lib/scheduling/batching/vllm_v0.ts";
import type { QueueOrder } from "../../lib/scheduling/batching/orders/orders.ts";
import { prefixIdentity } from "../../lib/scheduling/kv_cache/prefix_identity.ts";
import { ROUTING_POLICIES, type RoutingName } from "../../lib/scheduling/routing/mod.ts";
import type { StepPower } from "../../lib/execution/power/step_energy.ts";
import type { StatePower } from "../../lib/serverless/energy/state_power.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import { fromTable, namesOf } from "../../lib/settings/from_table.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import type { RequestTable } from "../../lib/workload/request_table.ts";
import { type PiecewiseTime, piecewiseTime } from "./piecewise_time.ts";

/** A random cluster as plain data, so that a failing case can be shrunk and printed. */
export interface ClusterCase {
  readonly requests: readonly {
    readonly gap: number;
    readonly prompt: number;
    readonly output: number;
    /** Requests of a group begin alike. */
    readonly group: number;
    readonly classId: number;
  }[];
  /** Arrivals are rounded to this many seconds, so that they coincide with step ends; 0: not. */
  readonly grid: number;
  readonly strategy: typeof STRATEGIES[number];
  readonly order: QueueOrder;
  readonly routing: RoutingName;
  /** Time between two reports to the router, seconds. */
  readonly staleness: number;
  readonly time: PiecewiseTime;
  readonly maxSequences: number;
  readonly chunk: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly prefix: boolean;
  readonly asyncScheduling: boolean;
  /** Whether `vllm` admits only when the whole prompt has room, and its most tokens of one prompt. */
  readonly reservesWholePrompt: boolean;
  readonly longPrefillTokens: number;
  readonly instances: number;
  /** Desired instances at successive evaluations; empty: a fleet of fixed size. */
  readonly desired: readonly number[];
  readonly concurrency: number;
  readonly closedLoop: number;
  /** Requests of a group are the turns of one session; not in a closed loop. */
  readonly sessions: boolean;
  /** What happens to requests that no instance can take. */
  readonly noCapacity: NoCapacityRule;
  /** Requests per second of all classes and of class 1; Infinity for no limit. */
  readonly rates: readonly [number, number];
  /** Greatest predicted TTFT of class 0, seconds; Infinity to let everybody in. */
  readonly ttftLimit: number;
  /** Whether the gateway's queue is fair between classes, weighted 1, 2 and 3. */
  readonly fair: boolean;
  /** End of the run, seconds. */
  readonly stopAt: number;
  readonly keepAlive: number;
}

const STRATEGIES = [
  "vllm",
  "vllm-v0",
  "vllm-v0-swap",
  "sarathi",
  "orca",
  "fastertransformer",
  "sglang",
  "sglang-bold",
  "trt-llm",
  "trt-llm-max",
] as const;
const ROUTINGS = namesOf(ROUTING_POLICIES);

/**
 * Random clusters: every strategy, order and router, memory pressure, scaling, draining, ties,
 * admission, fairness, sessions.
 */
export const clusterCases: fc.Arbitrary<ClusterCase> = fc.record({
  requests: fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.4, noNaN: true })),
      prompt: fc.integer({ min: 1, max: 90 }),
      output: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 60 })),
      group: fc.integer({ min: 0, max: 3 }),
      classId: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 60 },
  ),
  grid: fc.constantFrom(0, 0, 0.1, 0.01),
  strategy: fc.constantFrom(...STRATEGIES),
  order: fc.constantFrom<QueueOrder>("fcfs", "fcfs", "shortest-prompt", "priority", "edf"),
  routing: fc.constantFrom(...ROUTINGS),
  time: fc.record({
    base: fc.constantFrom(0.01, 0.1, 0.0137),
    perPrefillToken: fc.constantFrom(0, 1e-4, 3.3e-4),
    perSequence: fc.constantFrom(0, 1e-3),
    perContextToken: fc.constantFrom(0, 1e-5, 7.7e-6),
    kneeTokens: fc.constantFrom(Infinity, 200, 500),
    offersLine: fc.constantFrom(true, true, true, false),
  }),
  maxSequences: fc.integer({ min: 1, max: 12 }),
  chunk: fc.integer({ min: 12, max: 80 }),
  kvBlocks: fc.integer({ min: 40, max: 160 }),
  blockTokens: fc.constantFrom(1, 4, 16),
  prefix: fc.boolean(),
  asyncScheduling: fc.constantFrom(false, false, true),
  reservesWholePrompt: fc.constantFrom(true, true, false),
  longPrefillTokens: fc.constantFrom(Infinity, Infinity, 5, 17),
  instances: fc.integer({ min: 1, max: 4 }),
  desired: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 }),
  concurrency: fc.constantFrom(Infinity, Infinity, 3),
  closedLoop: fc.constantFrom(0, 0, 0, 4),
  staleness: fc.constantFrom(0, 0, 0.35),
  sessions: fc.constantFrom(false, false, true),
  noCapacity: fc.oneof(
    fc.constant<NoCapacityRule>({ action: "queue", limit: Infinity, timeoutSeconds: Infinity }),
    fc.record({
      action: fc.constantFrom("queue", "queue", "reject"),
      limit: fc.constantFrom(Infinity, 0, 4),
      timeoutSeconds: fc.constantFrom(Infinity, 0.5),
    }),
  ),
  rates: fc.tuple(fc.constantFrom(Infinity, Infinity, 5), fc.constantFrom(Infinity, Infinity, 1)),
  ttftLimit: fc.constantFrom(Infinity, Infinity, 0.4),
  fair: fc.constantFrom(false, true),
  stopAt: fc.constantFrom(Infinity, Infinity, 3.21),
  keepAlive: fc.constantFrom(Infinity, 1),
});

function strategyOf(test: ClusterCase): BatchingStrategy {
  const { strategy, chunk, reservesWholePrompt, longPrefillTokens } = test;
  switch (strategy) {
    case "vllm":
      return vllm({ reservesWholePrompt, longPrefillTokens });
    case "vllm-v0":
      return vllmV0({ preemption: "recompute", watermarkBlocks: 1 });
    case "vllm-v0-swap":
      return vllmV0({ preemption: "swap", watermarkBlocks: 1 });
    case "sarathi":
      return sarathi({ chunkSize: chunk });
    case "orca":
      return orca();
    case "fastertransformer":
      return fasterTransformer();
    case "sglang":
      return sglang();
    case "sglang-bold":
      return sglang({
        maxPrefillTokens: Math.min(longPrefillTokens, chunk + 20),
        scheduleConservativeness: 0,
        clipMaxNewTokens: 3,
      });
    case "trt-llm":
      return trtLlm({ chunkedPrefill: reservesWholePrompt });
    case "trt-llm-max":
      return trtLlm({ chunkedPrefill: reservesWholePrompt, capacityPolicy: "max-utilization" });
  }
}

/** The requests of a case. */
export function caseRequests(test: ClusterCase): RequestTable {
  const count = test.requests.length;
  let now = 0;
  const arrivalAtSeconds = Float64Array.from(test.requests, ({ gap }) => {
    now += gap;
    return test.grid > 0 ? Math.round(now / test.grid) * test.grid : now;
  });
  const promptTokens = Int32Array.from(test.requests, (r) => r.prompt);
  const offsets = new Uint32Array(count + 1);
  const hashes: number[] = [];
  test.requests.forEach(({ group, prompt }, i) => {
    // Requests of a group share their first 48 tokens.
    for (let block = 0; (block + 1) * test.blockTokens <= prompt; block++) {
      const shared = (block + 1) * test.blockTokens <= 48;
      hashes.push(shared ? group * 1000 + block : (i + 4) * 1000 + block);
    }
    offsets[i + 1] = hashes.length;
  });
  return {
    count,
    arrivalAtSeconds,
    promptTokens,
    outputTokens: Int32Array.from(test.requests, (r) => r.output),
    classId: Uint8Array.from(test.requests, (r) => r.classId),
    sessionId: Int32Array.from(test.requests, (r) => r.group - 1),
    prefix: { blockTokens: test.blockTokens, offsets, hashes: Float64Array.from(hashes) },
    ...(test.closedLoop > 0 && {
      closedLoop: { concurrency: test.closedLoop, thinkSeconds: 0.05 },
    }),
    ...(test.sessions && test.closedLoop === 0 && sessionColumns(test)),
  };
}

/** The rows of each group as one session: all but its first are released by the one before. */
function sessionColumns(test: ClusterCase) {
  const last = new Map<number, number>();
  const afterRequest = Int32Array.from(test.requests, ({ group }, i) => {
    const before = last.get(group) ?? -1;
    last.set(group, i);
    return before;
  });
  return { afterRequest, thinkSeconds: new Float64Array(test.requests.length).fill(0.07) };
}

/** What the queue order compares. */
function queueKeys({ order }: ClusterCase, requests: RequestTable) {
  switch (order) {
    case "fcfs":
      return undefined;
    case "shortest-prompt":
      return requests.promptTokens;
    case "priority":
      return requests.classId;
    case "edf":
      return requests.arrivalAtSeconds.map((at, i) => at + 0.3 * requests.classId![i]);
  }
}

/** Power whose limit the steps of a leap reach one after the other, as contexts grow. */
export const STEP_POWER: StepPower = {
  idleWatts: 50,
  limitWatts: 172,
  activeWatts: 20,
  joulesPerFlop: 1e-11,
  joulesPerByte: 1e-8,
  gapSeconds: 1e-3,
  gapSecondsPerSequence: 1e-4,
};

/** Power between steps. */
export const STATE_POWER: StatePower = { idleWatts: 50, hostWatts: 30, asleepWattsPerByte: 1e-9 };

/** Whether a case counts energy: every other one does. */
export const countsEnergy = ({ instances }: ClusterCase) => instances % 2 === 0;

/** The parts of a case's run; new ones for every run. */
export function caseParts(test: ClusterCase, stepping: Stepping): ClusterParts {
  const requests = caseRequests(test);
  let evaluation = 0;
  const decider = test.desired.length === 0 ? undefined : new ScalingDecider({
    periodSeconds: 0.7,
    // The last wish stands, and is at least one so that the run can end.
    desired: () => {
      const at = Math.min(evaluation++, test.desired.length);
      return at < test.desired.length ? test.desired[at] : Math.max(1, test.desired[at - 1]);
    },
  }, { maxInstances: 4 });
  const routing = fromTable(
    ROUTING_POLICIES,
    test.routing,
    test.routing === "prefix-affinity" ? { loadDifference: 3 } : {},
    { stream: randomStreams(11).take("routing") },
  );
  const keys = queueKeys(test, requests);
  const asksForEnergy = countsEnergy(test);
  const [allRate, classRate] = test.rates;
  return {
    requests,
    functions: [{
      name: "f",
      engine: {
        execution: piecewiseTime(test.time),
        work: {
          flopsPerToken: 1e9,
          flopsPerAttentionPair: 1e5,
          flopsPerSample: 1e7,
          kvBytesPerToken: 1e5,
          weightBytes: () => 1e9,
        },
        strategy: strategyOf(test),
        stepping,
        maxSequences: test.maxSequences,
        maxTokensPerStep: Math.max(test.chunk, test.maxSequences),
        // Enough for the longest sequence alone, whatever the block size.
        kvBlocks: Math.max(test.kvBlocks, Math.ceil(160 / test.blockTokens)),
        blockTokens: test.blockTokens,
        maxModelTokens: 140,
        maxOutputTokens: 60,
        ...(keys && { queueKeys: keys }),
        ...(test.prefix && { prefix: prefixIdentity(requests.prefix!, test.blockTokens) }),
        swap: { blocks: 60, secondsPerBlock: 1e-4 },
        asyncScheduling: test.asyncScheduling,
        gpus: 1,
        peakFlops: 1e14,
        peakBytesPerSecond: 1e12,
        ...(asksForEnergy && { power: STEP_POWER }),
      },
      ...(asksForEnergy && { power: STATE_POWER }),
      routing,
      scaling: {
        ...(decider && { decider }),
        minInstances: decider ? 0 : test.instances,
        maxInstances: decider ? 4 : test.instances,
        initialInstances: decider ? Math.min(1, test.desired[0]) : test.instances,
        activation: decider ? "first" : "none",
        keepAliveSeconds: decider ? test.keepAlive : Infinity,
      },
      noCapacity: test.noCapacity,
      concurrencyPerInstance: test.concurrency,
      routingStalenessSeconds: test.staleness,
      ...(test.fair && {
        gatewayOrder: {
          chargesFlows: true,
          queue: (promptTokensOf: (request: number) => number) =>
            fairQueue({
              promptTokensOf,
              flowOf: (request) => requests.classId![request],
              weightOf: (flow) => 1 + flow,
            }),
        },
      }),
    }],
    admission: {
      ...(allRate < Infinity && { rateLimit: { perSecond: allRate, burst: 3 } }),
      ...(classRate < Infinity && {
        rateLimits: new Map([[1, { perSecond: classRate, burst: 2 }]]),
      }),
      ...(test.ttftLimit < Infinity && { ttftLimitSeconds: new Map([[0, test.ttftLimit]]) }),
    },
    ...(test.order === "edf" && { deadlineAtSeconds: keys as Float64Array }),
    starts: sequentialStarts(() => [{ stage: "all", seconds: 0.93 }]),
    horizonSeconds: 0,
    stopAtSeconds: test.stopAt,
    sampleSeconds: 0.31,
  };
}
