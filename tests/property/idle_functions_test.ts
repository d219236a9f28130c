import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import {
  HPA_SCALE_UP,
  ScalingDecider,
  type ScalingPolicy,
  type ScalingSignals,
} from "../../lib/serverless/scaling/mod.ts";
import { TOY_INSTANCE } from "../conformance/scaling_laws.ts";
import { everythingParts } from "../support/everything_parts.ts";
import { everythingCases } from "../support/random_everything.ts";
import { createScaling, type ScalingSpec } from "../support/scaling_factories.ts";
import { smallCluster } from "../support/small_cluster.ts";

/** Cases; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 60);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261204);

/** Has each function of a cluster asked at every evaluation, whatever its policy says. */
function withoutRest(parts: ClusterParts): ClusterParts {
  for (const { scaling: { decider } } of parts.functions) {
    if (decider !== undefined) {
      Object.defineProperty(decider, "standsUntilSeconds", { get: () => -Infinity });
    }
  }
  return parts;
}

/** What the policy of each function of a cluster is told, by instant, seconds. */
type Told = readonly Map<number, ScalingSignals>[];

/** Notes what the policies of a cluster are told. */
function watched(parts: ClusterParts): { readonly parts: ClusterParts; readonly told: Told } {
  const told: Told = parts.functions.map(() => new Map());
  parts.functions.forEach(({ scaling: { decider } }, id) => {
    const decide = decider?.decide.bind(decider);
    if (decide === undefined) return;
    decider!.decide = (signals) => {
      told[id].set(signals.nowSeconds, { ...signals });
      return decide(signals);
    };
  });
  return { parts, told };
}

/** What policies are told at fewer instants is what they are told at all of them. */
function sameTold(some: Told, all: Told): void {
  some.forEach((own, id) => {
    for (const [at, signals] of own) {
      deepEqual(signals, all[id].get(at), `function ${id} at ${at} s`);
    }
  });
}

const count = (told: Told) => told.reduce((sum, { size }) => sum + size, 0);

function attempt(parts: ClusterParts): RunRecord | string {
  try {
    return simulateCluster(parts);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

Deno.test("asking policies only until their answers stand changes nothing", () => {
  let [less, all] = [0, 0];
  fc.assert(
    fc.property(everythingCases, fc.constantFrom(1, 8), fc.boolean(), (test, stretch, goesOn) => {
      // Most functions with nothing to do are those of runs that go on after the last request.
      const quiet = {
        ...test,
        stretch: test.stretch * stretch,
        ...(goesOn &&
          { horizon: 60, functions: test.functions.map((fn) => ({ ...fn, fewest: 0 })) }),
      };
      const resting = watched(everythingParts(quiet, "leap"));
      const asking = watched(withoutRest(everythingParts(quiet, "leap")));
      const [one, other] = [attempt(resting.parts), attempt(asking.parts)];
      if (typeof one === "string" || typeof other === "string") return equal(one, other);
      sameTold(resting.told, asking.told);
      less += count(resting.told);
      all += count(asking.told);
      const { gaps, warmupGaps, ...rest } = one;
      const { gaps: otherGaps, warmupGaps: otherWarmupGaps, ...otherRest } = other;
      deepEqual(rest, otherRest);
      deepEqual([gaps.count, warmupGaps.count], [otherGaps.count, otherWarmupGaps.count]);
    }),
    { seed: SEED, numRuns: CASES },
  );
  ok(less < 0.8 * all, `${less} of ${all} evaluations: too few are left out to see anything`);
});

/** Every policy that says until when its answer stands, with what it remembers made to matter. */
const SPECS: readonly ScalingSpec[] = [
  { policy: "threshold", downReadings: 4, cooldownSeconds: 3, periodSeconds: 1 },
  { policy: "concurrency", target: 1, scaleDownWindowSeconds: 7, keepAliveSeconds: 2 },
  { policy: "concurrency", target: 2, scaleDownWindowSeconds: 20, keepsLast: true },
  { policy: "queue-delay", thresholdSeconds: 1 },
  { policy: "request-count", requests: 2, buffer: 1 },
  {
    policy: "target-tracking",
    target: 1,
    outDatapoints: 1,
    outPeriods: 4,
    inDatapoints: 2,
    inPeriods: 6,
    outCooldownSeconds: 2,
    inCooldownSeconds: 3,
    fromZeroCooldownSeconds: 9,
    periodSeconds: 1,
  },
  { policy: "knative-kpa", target: 1, stableWindowSeconds: 9, scaleToZeroGraceSeconds: 2 },
  {
    policy: "knative-kpa",
    metric: "rps",
    target: 1,
    stableWindowSeconds: 6,
    targetBurstCapacity: 0,
    scaleToZeroGraceSeconds: 5,
    scaleDownDelaySeconds: 4,
    periodSeconds: 1.5,
  },
  {
    policy: "hpa",
    target: 1,
    periodSeconds: 2,
    scaleUp: { ...HPA_SCALE_UP, stabilizationSeconds: 11 },
    scaleDownStabilizationSeconds: 5,
  },
  { policy: "keda", target: 1, pollingSeconds: 5, cooldownSeconds: 3, periodSeconds: 2 },
  {
    policy: "keda",
    triggers: [
      { metric: "rps", metricType: "average-value", target: 1, activationThreshold: 0.1 },
      { metric: "running", metricType: "value", target: 1, activationThreshold: 0 },
    ],
    pollingSeconds: 0.7,
    cooldownSeconds: 4,
    periodSeconds: 3,
    scaleUp: { ...HPA_SCALE_UP, stabilizationSeconds: 11 },
    outages: [{ fromSeconds: 31, untilSeconds: 45 }],
    fallback: { failureThreshold: 1, replicas: 2, behavior: "static" },
  },
  {
    policy: "ray-serve",
    targetOngoingRequests: 1,
    upscaleDelaySeconds: 1,
    downscaleDelaySeconds: 4,
    metricsIntervalSeconds: 2.5,
    lookBackPeriodSeconds: 7,
    periodSeconds: 0.5,
  },
  {
    policy: "dynamo-planner",
    loadPredictor: "constant",
    throughputAdjustmentIntervalSeconds: 7,
    enableLoadScaling: true,
    instance: TOY_INSTANCE,
    periodSeconds: 2,
  },
  {
    policy: "llm-d-wva",
    optimizationIntervalSeconds: 5,
    metricsWindowSeconds: 7,
    scaleToZero: true,
    retentionPeriodSeconds: 4,
    instance: TOY_INSTANCE,
    periodSeconds: 2,
  },
  {
    policy: "sky-serve",
    targetQpsPerReplica: 0.5,
    upscaleDelaySeconds: 4,
    downscaleDelaySeconds: 6,
    qpsWindowSeconds: 7,
    decisionIntervalSeconds: 2,
    noReplicaDecisionIntervalSeconds: 3,
    periodSeconds: 1,
  },
  { policy: "slo", ttftSeconds: 2, tpotSeconds: 1, scaleToZeroAfterSeconds: 4, periodSeconds: 1 },
  { policy: "predictive", ratePerInstance: 1, leadSeconds: 3, periodSeconds: 1 },
  {
    policy: "schedule",
    entries: [{ fromSeconds: 3, instances: 0 }, { fromSeconds: 29, instances: 2 }],
    repeatSeconds: 45,
    leadSeconds: 4,
    periodSeconds: 1.5,
  },
];

/** A function called at few instants, several times at each, by a policy with limits around it. */
const calls = fc.record({
  spec: fc.constantFrom(...SPECS),
  bursts: fc.array(
    fc.record({ gap: fc.constantFrom(3, 8, 30, 31.5, 200), size: fc.integer({ min: 1, max: 6 }) }),
    { minLength: 1, maxLength: 5 },
  ),
  activation: fc.constantFrom("none", "first", "each", "join"),
  scrapeDelaySeconds: fc.constantFrom(0, 0, 1.5, 4),
  actuationDelaySeconds: fc.constantFrom(0, 0, 2.5),
  upCooldownSeconds: fc.constantFrom(0, 0, 6),
  keepAliveSeconds: fc.constantFrom(1, 5, Infinity),
  startSeconds: fc.constantFrom(0, 2),
});

Deno.test("each policy decides as if it had been asked all the time", () => {
  const left = new Map<string, number>();
  fc.assert(
    fc.property(calls, (test) => {
      const { spec, bursts, activation, keepAliveSeconds, startSeconds, ...limits } = test;
      let at = 0;
      const rows = bursts.flatMap(({ gap, size }) => {
        at += gap;
        return Array.from({ length: size }, () => [at, 1, 3] as const);
      });
      const parts = () =>
        smallCluster(rows, {
          scaling: {
            minInstances: 0,
            maxInstances: 3,
            initialInstances: 0,
            activation,
            decider: new ScalingDecider(createScaling(spec), { maxInstances: 3, ...limits }),
          },
          fn: {
            concurrencyPerInstance: 2,
            noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: 40 },
          },
          keepAliveSeconds,
          startSeconds,
          cluster: { stopAtSeconds: at + 60 },
        });
      const resting = watched(parts());
      const asking = watched(withoutRest(parts()));
      const [one, other] = [simulateCluster(resting.parts), simulateCluster(asking.parts)];
      deepEqual([one.lives, one.columns], [other.lives, other.columns]);
      sameTold(resting.told, asking.told);
      const fewer = count(asking.told) - count(resting.told);
      left.set(spec.policy, (left.get(spec.policy) ?? 0) + fewer);
    }),
    { seed: SEED, numRuns: 5 * CASES },
  );
  for (const { policy } of SPECS) {
    // This one remembers all evaluations.
    if (policy !== "predictive") ok(left.get(policy)! > 0, `${policy}: no evaluation is left out`);
  }
});

/** A function that is called once, with a policy of which nothing is known. */
function calledOnce(policy: ScalingPolicy, keepAliveSeconds: number, untilSeconds: number) {
  const run = watched(smallCluster([[1, 1, 1]], {
    scaling: {
      minInstances: 0,
      maxInstances: 3,
      initialInstances: 0,
      activation: "first",
      decider: new ScalingDecider(policy, { maxInstances: 3 }),
    },
    keepAliveSeconds,
    startSeconds: 2,
    cluster: { stopAtSeconds: untilSeconds },
  }));
  const { lives } = simulateCluster(run.parts);
  return { asked: [...run.told[0].keys()], created: lives.map((life) => life.createdAtSeconds) };
}

Deno.test("idle instances cost no evaluations while the answer stands, and one that goes is noticed", () => {
  // The start takes until 3, the request until 4. At 6 the policy has seen a period without anybody.
  const always = { periodSeconds: 2, desired: () => 1 };
  const said = { ...always, idleUntilSeconds: () => Infinity };
  const kept = calledOnce(said, Infinity, 1000);
  deepEqual(kept, { asked: [2, 4, 6], created: [1] });
  // Kept until 9, the instance goes: at 10 the policy is asked again, and wants another.
  const gone = calledOnce(said, 5, 14);
  deepEqual(gone.created, [1, 10]);
  deepEqual(gone.created, calledOnce(always, 5, 14).created);
  deepEqual(gone.asked.filter((at) => at > 6), [10, 12]);
  // One that stands for a while is asked when that is over.
  const while20 = { ...always, idleUntilSeconds: (now: number) => now < 20 ? 20 : -Infinity };
  deepEqual(calledOnce(while20, Infinity, 25).asked, [2, 4, 6, 20, 22, 24]);
});

Deno.test("functions without anything cost no evaluations, however long the run", () => {
  const asked = (functions: number, seconds: number) => {
    const base = smallCluster([[1, 1, 1], [seconds, 1, 1]]);
    const run = watched({
      ...base,
      functions: Array.from({ length: functions }, (_, id) => ({
        ...base.functions[0],
        name: `f${id}`,
        scaling: {
          minInstances: 0,
          maxInstances: 1,
          initialInstances: 0,
          activation: "first" as const,
          keepAliveSeconds: 5,
          decider: new ScalingDecider(createScaling({ policy: "knative-kpa" })),
        },
      })),
      sampleSeconds: seconds,
    });
    simulateCluster(run.parts);
    return run.told.map(({ size }) => size);
  };
  // The first is asked every 2 s while it has something, the others at 2 s and then no more.
  const [first, ...others] = asked(500, 100_000);
  ok(first < 100, `${first} evaluations of the function that is called`);
  deepEqual(new Set(others), new Set([1]));
  deepEqual(asked(3, 1_000_000).slice(1), [1, 1]);
});
