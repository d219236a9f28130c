import { deepStrictEqual, strictEqual, throws } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import type { FleetMetric } from "./fleet_readings.ts";
import { hpa, hpaRecommendation, type HpaSettings } from "./hpa.ts";
import { HPA_SCALE_UP, HpaBehavior } from "./hpa_behavior.ts";
import { replicasForAll, replicasForAverage, replicasForValue } from "./hpa_replicas.ts";
import { keda } from "./keda.ts";
import type { ScalingPolicy, ScalingSignals } from "./policy.ts";

type HpaMetric = HpaSettings["metrics"][number];

/** Counts at each period when every decision takes effect at once. */
function follow(policy: ScalingPolicy, metrics: readonly number[], first: number): number[] {
  let ready = first;
  return metrics.map((value, i) =>
    ready = policy.desired(signalsOf({
      nowSeconds: (i + 1) * policy.periodSeconds,
      ready,
      concurrency: value,
      queued: value,
    }))
  );
}

Deno.test("hpa: the documented ratios", () => {
  const recommend = (perInstance: number, ready: number, starting = 0) =>
    hpaRecommendation({
      ready,
      starting,
      total: perInstance * ready,
      target: 100,
      tolerance: 0.1,
    });
  // "If the current metric value is 200m, and the desired value is 100m, the number of replicas will
  // be doubled, since 200.0 / 100.0 == 2.0. If the current value is instead 50m, [it] will be halved."
  strictEqual(recommend(200, 3), 6);
  strictEqual(recommend(50, 6), 3);
  // "The control plane skips any scaling action if the ratio is sufficiently close to 1.0" (0.1).
  strictEqual(recommend(110, 10), 10);
  strictEqual(recommend(90, 10), 10);
  strictEqual(recommend(111, 10), 12);
  strictEqual(recommend(89, 10), 9);
});

Deno.test("hpa: pods without the metric count as at the target on the way down, as 0 on the way up", () => {
  // replica_calculator.go, calcPlainMetricReplicas, by hand: a target of 100 with a tolerance of 0.1.
  // The sum is over the ready pods; those that start report nothing, pending ones wait for a machine.
  const rows: readonly (readonly [
    total: number,
    ready: number,
    starting: number,
    pending: number,
    replicas: number,
    why: string,
  ])[] = [
    [800, 2, 0, 0, 8, "400 each"],
    [800, 2, 2, 0, 8, "800 over all four: ratio 2"],
    [800, 2, 2, 2, 8, "pending pods count as 0 as well"],
    [800, 2, 3, 1, 8, "800 over all five: ratio 1.6"],
    [420, 2, 2, 0, 4, "210 per ready one, but 105 over all: within the tolerance"],
    [300, 2, 2, 0, 4, "75 over all reverses the direction: no change"],
    [300, 2, 2, 2, 4, "the same with pending ones"],
    [210, 2, 1, 0, 3, "105 per ready one, 70 over all: reverses"],
    [200, 2, 2, 0, 2, "exactly at the target is no way down: 0 for the others, half of four"],
    [100, 2, 0, 0, 1, "half of the two"],
    [100, 2, 2, 0, 3, "50, 50, 100, 100: three quarters of four"],
    [100, 2, 2, 2, 1, "pending ones are ignored: half of the two ready ones"],
    [100, 2, 3, 1, 3, "50, 50, 100, 100: three quarters of four, the pending one apart"],
    [95, 1, 4, 3, 5, "95 and 100: within the tolerance, pending ones apart"],
    [0, 2, 2, 0, 2, "two at the target"],
    [0, 2, 0, 0, 0, "nothing at all"],
    [0, 1, 9, 0, 10, "0.9 over all ten: within the tolerance"],
    [190, 2, 2, 0, 4, "95 each, 97.5 over all: within the tolerance"],
    [190, 2, 0, 0, 2, "within the tolerance"],
    [178, 2, 0, 0, 2, "0.89 of two, rounded up"],
    [89, 1, 1, 0, 2, "94.5 over both: within the tolerance"],
    [500, 0, 2, 0, 2, "no metric without a ready pod"],
    [500, 0, 0, 0, 0, "nor without any"],
  ];
  for (const [total, ready, starting, pending, replicas, why] of rows) {
    const asked = hpaRecommendation({
      ready,
      starting,
      pending,
      total,
      target: 100,
      tolerance: 0.1,
    });
    strictEqual(asked, replicas, why);
  }
});

Deno.test("hpa: averages and values of the whole (replica_calculator.go)", () => {
  const goal = { target: 10, tolerance: 0.1 };
  const average: readonly (readonly [number, number, number, number])[] = [
    // Sum, ready, starting, replicas: within a tenth of 10 for each of the pods nothing changes.
    [26, 3, 0, 3],
    [26.9, 2, 1, 3],
    [33, 3, 0, 3],
    [33.1, 3, 0, 4],
    [61, 3, 0, 7],
    [20, 3, 0, 2],
    [1, 3, 0, 1],
    [0, 3, 0, 0],
    [45, 0, 3, 5],
    [45, 0, 0, 5],
  ];
  for (const [total, ready, starting, replicas] of average) {
    strictEqual(replicasForAverage(total, { ready, starting }, goal), replicas, `${total}`);
  }
  const value: readonly (readonly [number, number, number, number])[] = [
    [20, 3, 0, 6],
    [20, 3, 2, 6],
    [11, 3, 2, 5],
    [5, 4, 0, 2],
    [5, 4, 2, 2],
    [1, 4, 0, 1],
    [0, 4, 0, 0],
    [25, 0, 0, 3],
  ];
  for (const [one, ready, starting, replicas] of value) {
    strictEqual(replicasForValue(one, { ready, starting }, goal), replicas, `${one} of ${ready}`);
  }
});

Deno.test("hpa: of several metrics the most counts; without a value of one there is no way down", () => {
  // horizontal.go, computeReplicasForMetrics.
  const rows: readonly (readonly [(number | undefined)[], number, number | undefined])[] = [
    [[3], 5, 3],
    [[3, 7, 2], 5, 7],
    [[3, 2], 5, 3],
    [[undefined], 5, undefined],
    [[undefined, 3], 5, undefined],
    [[undefined, 5], 5, 5],
    [[undefined, 8], 5, 8],
    [[undefined, undefined], 5, undefined],
  ];
  for (const [asked, replicas, most] of rows) {
    strictEqual(replicasForAll(asked, replicas), most, `${asked}`);
  }
});

Deno.test("hpa: each metric is what its name says, over the period", () => {
  const signals = {
    nowSeconds: 15,
    ready: 2,
    queued: 3,
    inFlight: 20,
    waiting: 5,
    concurrency: 21,
    arrivals: 60,
    outputTokens: 3000,
    kvUtilization: 0.9,
    ttftP95Seconds: 4,
  };
  const asks = (metric: FleetMetric, target: number, more: Partial<HpaMetric> = {}) =>
    hpa({ metrics: [{ metric, target, type: null, targetType: null, ...more }] })
      .desired(signalsOf(signals));
  strictEqual(asks("concurrency", 7), 3);
  strictEqual(asks("waiting", 2), 4, "three at the gateway and five inside");
  strictEqual(asks("running", 5), 3);
  strictEqual(asks("kv_utilization", 0.6), 3, "0.9 on two instances");
  strictEqual(asks("rps", 1), 4, "4 a second");
  strictEqual(asks("tokens_per_second", 50), 4, "200 a second");
  strictEqual(asks("ttft", 2), 4, "twice the target with two instances");
  strictEqual(asks("ttft", 2, { type: "pods" }), 4);
  strictEqual(asks("waiting", 4, { type: "object", targetType: "value" }), 4, "8 is twice 4");
  strictEqual(asks("waiting", 4, { type: "external" }), 2);
  // Of two instances 8 wait, a mean of 4, and 0.9 of each KV cache is in use, a sum of 1.8.
  const whole = { type: "external", aggregate: "mean" } as const;
  strictEqual(asks("waiting", 1, whole), 4);
  strictEqual(asks("waiting", 2, { ...whole, targetType: "value" }), 4, "4 is twice 2");
  strictEqual(asks("kv_utilization", 0.3, whole), 3, "ceil(0.9 / 0.3), not 1.8 / 0.3");
  strictEqual(asks("kv_utilization", 0.9, { ...whole, aggregate: "sum", targetType: "value" }), 4);
  const both = [{ metric: "waiting", target: 2 }, {
    metric: "kv_utilization",
    target: 0.3,
  }] as const;
  const several = hpa({ metrics: both.map((one) => ({ ...one, type: null, targetType: null })) });
  strictEqual(several.desired(signalsOf(signals)), 6, "the KV cache asks for more");
});

Deno.test("hpa: a latency that nobody had keeps the number from falling, and does not raise it", () => {
  const ttft: HpaMetric = { metric: "ttft", target: 2, type: null, targetType: null };
  const running: HpaMetric = { metric: "running", target: 10, type: null, targetType: null };
  const none = { stabilizationSeconds: 0, rates: [] };
  const policy = hpa({ metrics: [ttft, running], scaleDown: none, scaleUp: none });
  const at = (nowSeconds: number, more: Partial<ScalingSignals>) =>
    policy.desired(signalsOf({ nowSeconds, ready: 4, ...more }));
  strictEqual(at(15, { inFlight: 5 }), 4);
  strictEqual(at(30, { inFlight: 5, ttftP95Seconds: 0.5 }), 1);
  strictEqual(at(45, { inFlight: 80 }), 8);
});

Deno.test("hpa: the first recommendation is the count that there is (recordInitialRecommendation)", () => {
  const idle = follow(hpa({ target: 10 }), Array(40).fill(0), 8);
  // Recorded at the first look, at 15 s: in the window until 315 s.
  strictEqual(idle[300 / 15 - 1], 8);
  strictEqual(idle[315 / 15 - 1], 0);
  const short = follow(hpa({ target: 10, scaleDownStabilizationSeconds: 40 }), Array(9).fill(0), 8);
  deepStrictEqual(short, [8, 8, 8, 0, 0, 0, 0, 0, 0]);
  // Also when nothing has a metric yet: eight that start, ready at 20 s and idle.
  const late = hpa({ target: 10, scaleDownStabilizationSeconds: 40 });
  const counts = [15, 30, 45, 60].map((nowSeconds) => {
    const ready = nowSeconds > 20 ? 8 : 0;
    return late.desired(signalsOf({ nowSeconds, ready, starting: 8 - ready }));
  });
  deepStrictEqual(counts, [8, 8, 8, 0]);
  // A window of scale-up holds back at first as well.
  const up = hpa({ target: 10, scaleUp: { ...HPA_SCALE_UP, stabilizationSeconds: 30 } });
  deepStrictEqual(follow(up, [50, 50, 50], 3), [3, 3, 5]);
});

Deno.test("hpa: decisions on their way are the replicas that there are", () => {
  const policy = hpa({ target: 10 });
  strictEqual(
    policy.desired(signalsOf({ nowSeconds: 15, ready: 2, decided: 5, concurrency: 20 })),
    5,
  );
  strictEqual(
    policy.desired(signalsOf({ nowSeconds: 30, ready: 2, decided: 5, concurrency: 60 })),
    6,
  );
});

Deno.test("hpa: default scale-up adds four instances or doubles in 15 s", () => {
  deepStrictEqual(
    follow(hpa({ target: 1 }), Array(7).fill(1000), 1),
    [5, 10, 20, 40, 80, 160, 320],
  );
});

Deno.test("hpa: the documented scale-down by 4 instances or 10 % per minute", () => {
  // "If there are 80 replicas and the target has to be scaled down to 10 replicas then during the
  // first step 8 replicas will be reduced. In the next iteration when the number of replicas is 72,
  // 10 % of the pods is 7.2 but the number is rounded up to 8. [...] When the number of replicas
  // falls below 40 the first policy (Pods) is applied and 4 replicas will be reduced at a time."
  const policy = hpa({
    target: 1,
    periodSeconds: 60,
    scaleDown: {
      stabilizationSeconds: 0,
      rates: [
        { type: "pods", value: 4, periodSeconds: 60 },
        { type: "percent", value: 10, periodSeconds: 60 },
      ],
    },
  });
  deepStrictEqual(
    follow(policy, Array(15).fill(10), 80),
    [72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10, 10],
  );
});

Deno.test("hpa: a rate counts the changes of its whole period", () => {
  const behavior = new HpaBehavior(
    { stabilizationSeconds: 0, rates: [{ type: "pods", value: 4, periodSeconds: 60 }] },
    { stabilizationSeconds: 0, rates: [] },
  );
  const counts: number[] = [];
  let current = 1;
  for (let now = 15; now <= 150; now += 15) {
    counts.push(current = behavior.next(now, current, 20));
  }
  // Four at 15 s; the next four when that change is 60 s old.
  deepStrictEqual(counts, [5, 5, 5, 5, 9, 9, 9, 9, 13, 13]);
});

Deno.test("hpa: select min takes the slower rate, no rates mean no limit", () => {
  const up = { ...HPA_SCALE_UP, select: "min" as const };
  strictEqual(new HpaBehavior(up).next(15, 2, 50), 4, "100 % of 2 is less than 4 instances");
  strictEqual(new HpaBehavior({ stabilizationSeconds: 0, rates: [] }).next(15, 2, 50), 50);
});

Deno.test("hpa: scale-down waits until its window holds no higher recommendation", () => {
  const load = Array.from({ length: 30 }, (_, i) => (i + 1) * 15 <= 60 ? 100 : 30);
  const counts = follow(hpa({ target: 10 }), load, 10);
  // The last recommendation of 10 is of 60 s: in the window of (now - 300, now] until 345 s.
  strictEqual(counts[345 / 15 - 1], 10);
  strictEqual(counts[360 / 15 - 1], 3);
});

Deno.test("hpa: a flapping load keeps the greatest count for the stabilisation time", () => {
  const load = Array.from({ length: 60 }, (_, i) => i % 2 === 0 ? 100 : 20);
  const counts = follow(hpa({ target: 10 }), load, 10);
  deepStrictEqual(counts, Array(60).fill(10));
  const nervous = follow(hpa({ target: 10, scaleDownStabilizationSeconds: 0 }), load, 10);
  deepStrictEqual(nervous.slice(0, 4), [10, 2, 6, 2], "without it, down to 2 and up by 4");
});

Deno.test("keda: the documented example of threshold 10 and activation threshold 50", () => {
  // "In case of 40 messages the scaler is not active and it'll be scaled to zero even the HPA
  // requires 4 instances."
  const options = { target: 10, activationThreshold: 50 };
  deepStrictEqual(follow(keda(options), Array(6).fill(40), 0), [0, 0, 0, 0, 0, 0]);
  // No look has been active, so that there is no cooldown: until the first look, at 30 s.
  deepStrictEqual(follow(keda(options), Array(4).fill(40), 4), [4, 0, 0, 0]);
  const later = follow(keda({ ...options, initialCooldownSeconds: 60 }), Array(8).fill(40), 4);
  deepStrictEqual(later, [4, 4, 4, 4, 4, 0, 0, 0], "the HPA's four until more than 60 s are over");
  // "Activation only occurs when this value is greater than the set value; not greater or equal."
  deepStrictEqual(follow(keda(options), [50, 50, 50], 0), [0, 0, 0]);
  deepStrictEqual(follow(keda(options), [51, 51], 0), [0, 1]);
});

Deno.test("keda: tick by tick from zero to a burst and back", () => {
  // The autoscaler looks every 15 s, activation every 30 s. A queue of 60 from 20 to 60 s, then empty.
  const queue = Array.from({ length: 30 }, (_, i) => {
    const now = (i + 1) * 15;
    return now > 20 && now <= 60 ? 60 : 0;
  });
  const counts = follow(
    keda({ target: 5, cooldownSeconds: 120, scaleDown: { stabilizationSeconds: 60, rates: [] } }),
    queue,
    0,
  );
  // 30 s: active, 1. 45 s: ceil(60 / 5) = 12, at most 1 + 4. 60 s: at most twice 5. From 75 s on the HPA
  // asks for 1, but 12 (of 60 s) is in the window until 105 s. Last active at 60 s; the looks up to
  // 180 s are not beyond 60 + 120 s, the one at 210 s is.
  deepStrictEqual(
    counts.slice(0, 15),
    [0, 1, 5, 10, 10, 10, 10, 1, 1, 1, 1, 1, 1, 0, 0],
  );
});

Deno.test("keda: counts requests that wait inside instances too", () => {
  const policy = keda({ target: 5 });
  strictEqual(policy.desired(signalsOf({ nowSeconds: 15, ready: 1, queued: 4, waiting: 11 })), 3);
});

Deno.test("hpa and keda refuse impossible settings", () => {
  throws(() => hpa({ target: -1 }), {
    name: "RangeError",
    message: "Cannot use target as a number > 0: current value is -1",
  });
  throws(() => keda({ pollingSeconds: 0 }), RangeError);
});
