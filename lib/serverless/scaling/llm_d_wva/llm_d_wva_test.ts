import { deepStrictEqual, ok, strictEqual } from "#assert";
import {
  runScalingLaws,
  signalsOf,
  TOY_INSTANCE,
} from "../../../../tests/conformance/scaling_laws.ts";
import type { InstanceFacts, InstanceLoad, ScalingSignals } from "../policy.ts";
import { llmDWva, type LlmDWvaOptions } from "./llm_d_wva.ts";
import { decodeSeconds, inferredTargets, prefillSeconds, QueueModel } from "./queue_model.ts";

for (const analyzer of ["v2", "queue-model"] as const) {
  runScalingLaws({
    name: `llm-d-wva by ${analyzer}`,
    create: () =>
      llmDWva({
        analyzer,
        instance: TOY_INSTANCE,
        initialInstances: 1,
        // Memory for 20 requests, of which the toy fleet wants to run ten.
        scaleUpThreshold: 0.65,
        scaleDownBoundary: 0.5,
        targetTtftSeconds: 1,
        targetItlSeconds: 0.021,
      }),
    ...(analyzer === "queue-model" && {
      skip: [{ law: "shrinks", reason: "without arrivals the model says nothing of the rate" }],
    }),
  });
}

const INSTANCE: InstanceFacts = {
  gpus: 1,
  maxSequences: 32,
  maxTokensPerStep: 2000,
  kvCapacityTokens: 10_000,
  maxModelTokens: 4000,
  stepSeconds: (prefill, _sequences, decode) => 0.01 + 1e-4 * prefill + 1e-6 * decode,
};

/** Instances by share of memory in use and waiting requests. */
type Loads = readonly (readonly [kvUsage: number, waiting: number])[];

function instancesOf(loads: Loads): InstanceLoad[] {
  return loads.map(([kvUsage, waiting], instanceId) => ({
    instanceId,
    running: 1,
    waiting,
    waitingPromptTokens: 0,
    waitingDecodeTokens: 0,
    kvTokens: kvUsage * INSTANCE.kvCapacityTokens,
    kvCapacityTokens: INSTANCE.kvCapacityTokens,
    step: {
      seconds: 0,
      prefillSequences: 0,
      prefillTokens: 0,
      decodeSequences: 0,
      decodeContextTokens: 0,
    },
  }));
}

type Row = readonly [
  starting: number,
  loads: Loads,
  signals: Partial<ScalingSignals>,
  desired: number,
  why: string,
];

/** Asks the policy every 15 s, which is every look at the metrics, and decides each time. */
function followsTable(options: Partial<LlmDWvaOptions>, rows: readonly Row[]): void {
  const policy = llmDWva({
    instance: INSTANCE,
    optimizationIntervalSeconds: 15,
    metricsWindowSeconds: 15,
    ...options,
  });
  rows.forEach(([starting, loads, signals, desired, why], i) => {
    const nowSeconds = 15 * (i + 1);
    const ready = loads.length;
    const instances = instancesOf(loads);
    const answer = policy.desired(
      signalsOf({ nowSeconds, ready, starting, instances, inFlight: ready, ...signals }),
    );
    strictEqual(answer, desired, `at ${nowSeconds} s: ${why}`);
  });
}

Deno.test("llm-d-wva v1: the table of ticks", () => {
  // Saturated from 0.8 of the memory or 5 waiting; one more below 0.1 and 3 to spare on average.
  followsTable({ initialInstances: 1 }, [
    [0, [[0.5, 0]], {}, 1, "0.3 and 5 to spare, and the last one stays"],
    [0, [[0.7, 2]], {}, 1, "0.1 and 3 to spare are enough"],
    [0, [[0.71, 0]], {}, 2, "0.09 to spare"],
    [1, [[0.9, 9]], {}, 2, "nothing while one is on its way"],
    [0, [[0.5, 3], [0.5, 1]], {}, 2, "3 to spare on average; one alone would have -1"],
    [0, [[0.5, 4], [0.5, 1]], {}, 3, "2.5 to spare on average"],
    [
      0,
      [[0.9, 0], [0.5, 0], [0.1, 9]],
      {},
      3,
      "only the second is free: 0.3, 5; two must be to lose one",
    ],
    [0, [[0.9, 0], [0.75, 0], [0.1, 9]], {}, 4, "the free one has 0.05 to spare"],
    [0, [[0.8, 0], [0.8, 0], [0, 5], [1, 9]], {}, 5, "nobody is free: nothing to spare"],
    [
      0,
      [[0.6, 0], [0.6, 0], [0.6, 0], [0.6, 0], [0.6, 0]],
      {},
      5,
      "four would be at 0.75, 0.05 to spare",
    ],
    [0, [[0.55, 0], [0.55, 0], [0.55, 0], [0.55, 0], [0.55, 0]], {}, 4, "four at 0.6875"],
    [0, [[0.2, 1], [0.2, 1], [0.2, 2], [0.2, 2]], {}, 3, "queues of 1.5 become 2: 3 to spare"],
  ]);
});

Deno.test("llm-d-wva v1 goes to none only when it may, and wakes at a look: the table of ticks", () => {
  const idle = (seconds: number): Partial<ScalingSignals> => ({
    inFlight: 0,
    idleSeconds: seconds,
  });
  followsTable({ initialInstances: 3, scaleToZero: true, retentionPeriodSeconds: 60 }, [
    [0, [[0, 0], [0, 0], [0, 0]], idle(15), 2, "two would have all to spare"],
    [0, [[0, 0], [0, 0]], idle(30), 1, "one, too"],
    [0, [[0, 0]], idle(45), 1, "the last one stays"],
    [0, [[0, 0]], idle(60), 0, "60 s without a request"],
    [0, [], idle(75), 0, "nothing"],
    [0, [], { queued: 3, inFlight: 0 }, 1, "the first request"],
    [1, [], { queued: 9, inFlight: 0 }, 1, "it is on its way"],
    [0, [[0.9, 9]], {}, 2, "saturated"],
  ]);
  followsTable({ initialInstances: 1 }, [
    [0, [[0, 0]], idle(6000), 1, "one stays where it may not go"],
  ]);
});

Deno.test("llm-d-wva decides at its interval by the greatest values of the window", () => {
  const policy = llmDWva({ instance: INSTANCE, initialInstances: 1 });
  const desired = (nowSeconds: number, loads: Loads) =>
    policy.desired(
      signalsOf({ nowSeconds, ready: loads.length, instances: instancesOf(loads), inFlight: 1 }),
    );
  deepStrictEqual(
    [[15, 0.95], [30, 0.1], [45, 0.1], [60, 0.1], [75, 0.9], [90, 0], [105, 0], [120, 0]].map(
      ([now, kv]) => desired(now, [[kv, 0]]),
    ),
    // At 60 s the peak of 15 s counts; at 120 s that of 75 s does.
    [1, 1, 1, 2, 2, 2, 2, 2],
  );
  strictEqual(desired(180, [[0, 0], [0, 0]]), 1, "the peak is over");
});

const SIZED: Partial<ScalingSignals> = {
  completions: 1,
  promptTokensMean: 300,
  outputTokensMean: 200,
};

Deno.test("llm-d-wva v2 counts tokens: the table of ticks", () => {
  // Room for 8000 tokens: 0.8 of the memory. By compute, min(2000 x 200 / 500, 32) requests of
  // 400: 12,800. More above 85 % of all room, fewer where 70 % of the rest would do.
  followsTable({ analyzer: "v2", initialInstances: 1 }, [
    [0, [[0.6, 0]], SIZED, 1, "6000 of 8000: 6000 / 0.85 = 7059"],
    [0, [[0.68, 0]], SIZED, 1, "6800 / 0.85 = 8000"],
    [0, [[0.69, 0]], SIZED, 2, "8118: 118 short"],
    [1, [[0.69, 0]], SIZED, 2, "the one on its way brings 8000"],
    [1, [[0.8, 4]], SIZED, 2, "8000 and 4 that wait with 500 each: 11,765 of 16,000"],
    [1, [[0.99, 4]], { ...SIZED, queued: 6 }, 3, "9900 + 2000 + 3000: 17,529, 1529 short"],
    [0, [[0.6, 0], [0.6, 0], [0.6, 0]], SIZED, 3, "18,000 / 0.7 = 25,714 of 24,000: none to spare"],
    [0, [[0.4, 0], [0.4, 0], [0.4, 0]], SIZED, 3, "17,143: 6857 to spare, less than one"],
    [0, [[0.37, 0], [0.37, 0], [0.37, 0]], SIZED, 2, "15,857: 8143 to spare"],
    [0, [[0.1, 0], [0.1, 0]], SIZED, 1, "2857: 13,143 to spare, one"],
    [0, [[0, 0]], SIZED, 1, "the last one stays"],
    [
      0,
      [[0.5, 5]],
      SIZED,
      2,
      "5 wait at 5000 tokens: that is its capacity; 7500 / 0.85 = 8824, 3824 short",
    ],
    [0, [[0.3, 0], [0.3, 0]], SIZED, 2, "learnt: 5000 each; 6000 / 0.7 = 8571, 1429 to spare"],
    [0, [[0.2, 0], [0.2, 0]], SIZED, 2, "5714: 4286 to spare, less than 5000"],
    [0, [[0.17, 0], [0.17, 0]], SIZED, 1, "4857: 5143 to spare"],
  ]);
});

Deno.test("llm-d-wva v2 learns by length of output, and takes the median of replicas", () => {
  followsTable({ analyzer: "v2", initialInstances: 3 }, [
    // Capacities of 8000, 8000 and 3000 (observed): the median is 8000; demand 2 x 5000 + 3000 + 2500.
    [0, [[0.5, 0], [0.5, 0], [0.3, 5]], SIZED, 3, "15,500 / 0.85 = 18,235 of 24,000"],
    // Now 3000 is what outputs of 100 to 499 tokens are known for: three of 3000, demand 9000.
    [0, [[0.3, 0], [0.3, 0], [0.3, 0]], SIZED, 4, "10,588 of 9000: 1588 short"],
    // Outputs of 50 are short: nothing is known of them, 32 x 325 tokens by compute, 8000 by memory.
    [
      0,
      [[0.3, 0], [0.3, 0], [0.3, 0], [0.3, 0]],
      { ...SIZED, outputTokensMean: 50 },
      3,
      "12,000 / 0.7 = 17,143: 14,857 to spare, one",
    ],
    // 32 requests of 150 tokens at most: 32 x (100 + 25) = 4000 by compute.
    [
      0,
      [[0.3, 0], [0.3, 0], [0.3, 0]],
      { completions: 1, promptTokensMean: 100, outputTokensMean: 50 },
      3,
      "9000 / 0.85 = 10,588 of 12,000",
    ],
    // Nothing has completed: the outputs are unknown, and short; memory alone.
    [0, [[0.3, 0], [0.3, 0], [0.3, 0]], { completions: 0 }, 2, "12,857: 11,143 to spare, one"],
  ]);
});

Deno.test("the queue model of one place is M/M/1 with a bound", () => {
  // Prompts take no time, tokens 1 s each in a batch of one: a service of 1 s.
  const parameters = { alphaSeconds: 1, betaSeconds: 0, gammaSeconds: 0 };
  const size = { promptTokens: 0, outputTokens: 1 };
  const model = new QueueModel(parameters, size, 1);
  for (const rho of [0.2, 0.5, 0.8]) {
    const { waitSeconds, meanBatch, throughputPerSecond, itlSeconds } = model.at(rho);
    const near = (value: number, expected: number) =>
      ok(Math.abs(value - expected) < 1e-6, `${value}, not ${expected}`);
    near(waitSeconds, rho / (1 - rho));
    near(meanBatch, rho);
    near(throughputPerSecond, rho);
    near(itlSeconds, 1);
  }
  // The wait and a token are within 5 s up to a wait of 4 s: rho = 0.8.
  ok(Math.abs(model.greatestWithin({ ttftSeconds: 5, itlSeconds: 2 }) - 0.8) < 1e-6);
  strictEqual(model.greatestWithin({ ttftSeconds: 5, itlSeconds: 0.5 }), 0);
});

Deno.test("the queue model's rate is the greatest that keeps both targets", () => {
  const parameters = { alphaSeconds: 0.01, betaSeconds: 1e-4, gammaSeconds: 1e-6 };
  const size = { promptTokens: 300, outputTokens: 100 };
  const model = new QueueModel(parameters, size, 32);
  // T(n) = 10 ms + n (0.1 ms x 400 / 101 + 1 us x 350), and the request's own work.
  const iteration = (n: number) => 0.01 + n * (1e-4 * 400 / 101 + 1e-6 * 350);
  strictEqual(prefillSeconds(parameters, size, 8), iteration(8) + 0.000101 * 300);
  strictEqual(decodeSeconds(parameters, size, 8), iteration(8) + 1e-4 + 1e-6 * 350);
  for (
    const targets of [
      { ttftSeconds: 0.1, itlSeconds: 0.015 },
      { ttftSeconds: 0.06, itlSeconds: 1 },
      { ttftSeconds: 9, itlSeconds: 0.0135 },
    ]
  ) {
    const rate = model.greatestWithin(targets);
    const keeps = (value: number) =>
      model.at(value).ttftSeconds <= targets.ttftSeconds &&
      model.at(value).itlSeconds <= targets.itlSeconds;
    ok(rate > 0 && keeps(rate * 0.999) && !keeps(rate * 1.001), `${rate}`);
  }
  const { ttftSeconds, itlSeconds } = inferredTargets(parameters, size, 3);
  strictEqual(ttftSeconds, 3 * 0.01 + (1e-4 + 1e-6) * 300);
  strictEqual(itlSeconds, 3 * 0.01 + 1e-4 + 1e-6 * (300 + 101 / 2));
});

Deno.test("llm-d-wva by the queue model: arrivals over the rate that keeps the targets: ticks", () => {
  const targets = { targetTtftSeconds: 0.2, targetItlSeconds: 0.02 };
  const parameters = { alphaSeconds: 0.01, betaSeconds: 1e-4, gammaSeconds: 1e-6 };
  const size = { promptTokens: 300, outputTokens: 200 };
  const rate = new QueueModel(parameters, size, 32)
    .greatestWithin({ ttftSeconds: 0.2, itlSeconds: 0.02 });
  // Without tuning the parameters are those of the execution model, whose decodes cost no computing.
  const policy = llmDWva({
    instance: {
      ...INSTANCE,
      stepSeconds: (prefill, sequences, decode) =>
        0.01 + 1e-4 * (prefill + sequences) + 1e-6 * (decode + prefill),
    },
    analyzer: "queue-model",
    tuningEnabled: false,
    optimizationIntervalSeconds: 15,
    metricsWindowSeconds: 15,
    initialInstances: 1,
    ...targets,
  });
  const shares = [0.5, 0.99, 1.01, 1.99, 2.01, 0, 0.1, 4.5];
  const desired = shares.map((share, i) =>
    policy.desired(signalsOf({
      nowSeconds: 15 * (i + 1),
      ready: 1,
      instances: instancesOf([[0, 0]]),
      arrivals: 15 * rate * share,
      inFlight: 1,
      ...SIZED,
    }))
  );
  deepStrictEqual(desired, [1, 1, 2, 2, 3, 3, 1, 5]);
});
