import { deepStrictEqual, ok, strictEqual } from "#assert";
import {
  runScalingLaws,
  signalsOf,
  TOY_INSTANCE,
} from "../../../../tests/conformance/scaling_laws.ts";
import type { InstanceFacts, InstanceLoad, MeasuredStep, ScalingSignals } from "../policy.ts";
import { AggregatedModel } from "./aggregated_model.ts";
import { dynamoPlanner, type DynamoPlannerOptions } from "./dynamo_planner.ts";

for (const enableLoadScaling of [false, true]) {
  runScalingLaws({
    name: `dynamo-planner by forecast${enableLoadScaling ? " and load" : ""}`,
    create: () =>
      dynamoPlanner({
        enableLoadScaling,
        loadPredictor: "constant",
        throughputAdjustmentIntervalSeconds: 30,
        maxGpuBudget: "none",
        instance: TOY_INSTANCE,
        initialInstances: 1,
      }),
    skip: [{ law: "shrinks", reason: "an interval without completions is no observation" }],
  });
}

/** An engine that takes 20 ms for a step, 0.1 ms for a prompt token and 1 us for a KV entry. */
const ENGINE: InstanceFacts = {
  gpus: 2,
  maxSequences: 64,
  maxTokensPerStep: 1000,
  kvCapacityTokens: 100_000,
  maxModelTokens: 8000,
  stepSeconds: (prefill, _sequences, decode) => 0.02 + 1e-4 * prefill + 1e-6 * decode,
};

/** An instance whose last step decoded with so many KV entries, and for which others wait. */
function load(decodeTokens: number, waitingPrompts = 0, waitingDecodes = 0): InstanceLoad {
  return {
    instanceId: 0,
    running: 1,
    waiting: 0,
    waitingPromptTokens: waitingPrompts,
    waitingDecodeTokens: waitingDecodes,
    kvTokens: decodeTokens,
    kvCapacityTokens: ENGINE.kvCapacityTokens,
    step: {
      seconds: ENGINE.stepSeconds(0, 1, decodeTokens),
      prefillSequences: 0,
      prefillTokens: 0,
      decodeSequences: 1,
      decodeContextTokens: decodeTokens,
    },
  };
}

type Row = readonly [
  starting: number,
  instances: readonly InstanceLoad[],
  desired: number,
  why: string,
];

function followsTable(options: Partial<DynamoPlannerOptions>, rows: readonly Row[]): void {
  const policy = dynamoPlanner({ instance: ENGINE, maxGpuBudget: "none", ...options });
  rows.forEach(([starting, instances, desired, why], i) => {
    const nowSeconds = 5 * (i + 1);
    const ready = instances.length;
    const answer = policy.desired(
      signalsOf({ nowSeconds, ready, starting, instances, inFlight: ready }),
    );
    strictEqual(answer, desired, `at ${nowSeconds} s: ${why}`);
  });
}

const K = 1000;

Deno.test("dynamo-planner by load, for throughput: the table of ticks", () => {
  followsTable({ mode: "load", initialInstances: 1, maxGpuBudget: 6 }, [
    [0, [load(50 * K)], 1, "half of the KV entries: one is enough, and the last one stays"],
    [0, [load(10 * K)], 1, "below 60 %, but the last one"],
    [0, [load(100 * K)], 1, "all of them, but not more"],
    [0, [load(90 * K, 10 * K)], 1, "what waits counts: 100 %"],
    [0, [load(90 * K, 10 * K, 1)], 2, "and what was preempted: above 100 %"],
    [1, [load(150 * K)], 2, "one is on its way: only watched"],
    [0, [load(150 * K), load(0)], 3, "any engine above is enough"],
    [1, [load(150 * K), load(0)], 3, "on its way"],
    [0, [load(150 * K), load(0), load(0)], 3, "8 GPUs would be over the budget of 6"],
    [0, [load(60 * K), load(0), load(0)], 3, "one at 60 % is not below 60 %"],
    [0, [load(59.9 * K), load(0), load(0)], 2, "all below: one goes"],
    [0, [load(59.9 * K), load(59.9 * K)], 1, "and another"],
    [0, [load(59.9 * K)], 1, "the last one stays"],
  ]);
});

Deno.test("dynamo-planner by load, for latency: the table of ticks", () => {
  followsTable({ mode: "load", optimizationTarget: "latency", initialInstances: 2 }, [
    [0, [load(40 * K), load(0)], 2, "40 % is not above 40 %"],
    [0, [load(30 * K, 10 * K, 1), load(0)], 3, "above"],
    [0, [load(10 * K), load(0), load(0)], 3, "10 % is not below 10 %"],
    [0, [load(9.9 * K), load(0), load(0)], 2, "all below"],
    [0, [load(9.9 * K), load(0)], 1, "again"],
    [0, [load(0)], 1, "the last one stays"],
    [0, [load(1), load(2)], 1, "somebody has started one beside it: one of two goes"],
  ]);
});

Deno.test("dynamo-planner by estimates: all engines must exceed a limit: the table of ticks", () => {
  // Limits of 400 ms and 50 ms; without a sweep the model knows what these steps show: 20 ms and 1 us
  // per KV entry, no prompts. Low is below 320 and 40 ms.
  const options: Partial<DynamoPlannerOptions> = {
    mode: "load",
    optimizationTarget: "sla",
    preDeploymentSweeping: "none",
    ttftSeconds: 0.4,
    itlSeconds: 0.05,
    initialInstances: 2,
    maxNumFpmSamples: 1000,
  };
  // A new request is expected to have the mean context of the steps so far; prompts take no time.
  followsTable(options, [
    [0, [load(1 * K), load(3 * K)], 2, "not enough steps"],
    [0, [load(1 * K), load(3 * K)], 2, "four are not enough"],
    [0, [load(1 * K), load(3 * K)], 1, "six, 2 K on average: 23 and 25 ms, all below 40"],
    [0, [load(40 * K)], 2, "seven, 7.4 K: 67 ms, above 50"],
    [1, [load(40 * K)], 2, "on its way"],
    [0, [load(40 * K), load(1 * K)], 2, "ten, 13.3 K: 73 and 34 ms: not all above, not all below"],
    [0, [load(12 * K), load(1 * K)], 2, "twelve, 12.2 K: 44 and 33 ms: not all below 40"],
    [0, [load(3 * K), load(1 * K)], 1, "fourteen, 10.7 K: 34 and 32 ms: all below"],
  ]);
});

/** Signals of an interval in which so many requests of 600 + 200 tokens have completed. */
const traffic = (nowSeconds: number, completions: number, ready: number): ScalingSignals =>
  signalsOf({
    nowSeconds,
    completions,
    ready,
    inFlight: completions,
    promptTokensMean: completions > 0 ? 600 : 0,
    outputTokensMean: completions > 0 ? 200 : 0,
    instances: Array.from({ length: ready }, () => load(1 * K)),
  });

Deno.test("dynamo-planner by forecast: rate over what an engine serves: the table of ticks", () => {
  // A batch of b decodes 700 b entries and computes 3 b prompt tokens: 20 + 0.3 b + 0.7 b ms, within
  // 50.5 ms up to b = 30: 30 / (200 x 0.05 s) = 3 requests per second. A first token takes a step.
  const policy = dynamoPlanner({
    instance: ENGINE,
    loadPredictor: "constant",
    throughputAdjustmentIntervalSeconds: 10,
    ttftSeconds: 2,
    itlSeconds: 0.0505,
    initialInstances: 1,
    maxGpuBudget: 10,
  });
  const rows: readonly [completions: number, desired: number, why: string][] = [
    [10, 1, "no forecast is due at 5 s"],
    [10, 1, "20 in 10 s: 2 of 3 per second"],
    [0, 1, "not due"],
    [29, 1, "29 in 10 s: 2.9 of 3"],
    [15, 1, "not due"],
    [16, 2, "31 in 10 s"],
    [60, 2, "not due"],
    [59, 4, "119 in 10 s: 11.9 of 3"],
    [60, 4, "not due"],
    [61, 5, "121: 12.1 of 3"],
    [200, 5, "not due"],
    [200, 5, "40 per second need 14, but 10 GPUs are five instances"],
    [0, 5, "not due"],
    [0, 5, "without traffic there is no forecast"],
    [0, 5, "not due"],
    [1, 1, "0.1 per second"],
    [0, 1, "not due"],
    [91, 4, "9.1 per second"],
    [0, 4, "not due"],
    [0, 4, "no forecast"],
    [45, 4, "not due"],
    [44, 3, "8.9 per second"],
  ];
  let ready = 1;
  rows.forEach(([completions, desired, why], i) => {
    ready = policy.desired(traffic(5 * (i + 1), completions, ready));
    strictEqual(ready, desired, `at ${5 * (i + 1)} s: ${why}`);
  });
});

Deno.test("dynamo-planner with both: the forecast is the fewest that load may leave", () => {
  const policy = dynamoPlanner({
    instance: ENGINE,
    enableLoadScaling: true,
    loadPredictor: "constant",
    throughputAdjustmentIntervalSeconds: 10,
    ttftSeconds: 2,
    itlSeconds: 0.0605,
    initialInstances: 4,
    maxGpuBudget: "none",
  });
  // A batch of 40 within 60.5 ms serves 40 / (200 x 0.06 s) = 3.3 per second: 7 need three. Load takes
  // one at a time while all are idle; it decides before the forecast of the same tick.
  const completions = [35, 35, 35, 35, 0, 0, 0, 10, 0, 0];
  let ready = 4;
  deepStrictEqual(
    completions.map((count, i) => ready = policy.desired(traffic(5 * (i + 1), count, ready))),
    [3, 2, 3, 3, 3, 3, 3, 3, 2, 1],
  );
});

Deno.test("the aggregated model finds the greatest batch within both limits", () => {
  const model = new AggregatedModel({
    maxNumFpmSamples: 64,
    fpmSampleBucketSize: 16,
    loadMinObservations: 5,
  });
  const step = (prefillTokens: number, decodeTokens: number): MeasuredStep => ({
    seconds: ENGINE.stepSeconds(prefillTokens, 1, decodeTokens),
    prefillSequences: prefillTokens > 0 ? 1 : 0,
    prefillTokens,
    decodeSequences: decodeTokens > 0 ? 1 : 0,
    decodeContextTokens: decodeTokens,
  });
  const size = { promptTokens: 600, outputTokens: 200 };
  const limits = { ttftSeconds: 10, itlSeconds: 0.0505 };
  strictEqual(model.bestRate(size, limits, ENGINE).ratePerSecond, 0, "nothing is known");
  for (const one of [step(0, 700), step(1000, 0), step(500, 7000), step(0, 70_000), step(9, 9)]) {
    model.observe(one);
  }
  const near = (value: number, expected: number) =>
    ok(Math.abs(value - expected) < 1e-6 * expected, `${value}, not ${expected}`);
  const best = model.bestRate(size, limits, ENGINE);
  near(best.ratePerSecond, 30 / (200 * 0.05));
  near(best.itlSeconds, 0.05);
  // Memory for 20, an engine of 12 sequences, and a budget that prefill and decode have to share.
  const rate = (facts: Partial<InstanceFacts>) =>
    model.bestRate(size, limits, { ...ENGINE, ...facts }).ratePerSecond;
  near(rate({ kvCapacityTokens: 14_600 }), 20 / (200 * 0.04));
  near(rate({ maxSequences: 12 }), 12 / (200 * 0.032));
  // 600 / (20 - b) <= 200 up to b = 17, which computes 20 prompt tokens at most.
  near(rate({ maxTokensPerStep: 20 }), 17 / (200 * (0.02 + 1e-4 * 20 + 17 * 1e-6 * 700)));
  // A batch of one counts though it keeps no limit.
  const none = model.bestRate(size, { ttftSeconds: 1e-3, itlSeconds: 1e-3 }, ENGINE);
  near(none.ratePerSecond, 1 / (200 * 0.021));
});
