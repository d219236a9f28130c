import { deepStrictEqual, strictEqual, throws } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { hpa, hpaRecommendation } from "./hpa.ts";
import { HPA_SCALE_UP, HpaBehavior } from "./hpa_behavior.ts";
import { keda } from "./keda.ts";
import type { ScalingPolicy } from "./policy.ts";

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

Deno.test("hpa: instances that are not ready dampen scale-up and do not matter to scale-down", () => {
  const recommend = (total: number, ready: number, starting: number) =>
    hpaRecommendation({ ready, starting, total, target: 100, tolerance: 0.1 });
  strictEqual(recommend(800, 2, 2), 8, "800 over all four: ratio 2");
  strictEqual(recommend(420, 2, 2), 4, "210 per ready one, but 105 over all: within tolerance");
  strictEqual(recommend(300, 2, 2), 4, "75 over all reverses the direction: no change");
  strictEqual(recommend(100, 2, 2), 1, "50 per ready one: half of the ready ones");
  strictEqual(recommend(500, 0, 2), 2, "no metric without a ready instance");
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
  const fleet = follow(keda({ ...options, cooldownSeconds: 60 }), Array(8).fill(40), 4);
  strictEqual(fleet[0], 4, "the HPA's four during the cooldown");
  strictEqual(fleet.at(-1), 0);
  // "Activation only occurs when this value is greater than the set value; not greater or equal."
  deepStrictEqual(follow(keda(options), [50, 50, 50], 0), [0, 0, 0]);
  strictEqual(follow(keda(options), [51], 0)[0], 1);
});

Deno.test("keda: tick by tick from zero to a burst and back", () => {
  // Evaluated every 15 s, polled at 15, 45, 75 s, ... A queue of 60 from 20 to 60 s, then empty.
  const queue = Array.from({ length: 30 }, (_, i) => {
    const now = (i + 1) * 15;
    return now > 20 && now <= 60 ? 60 : 0;
  });
  const counts = follow(
    keda({ target: 5, cooldownSeconds: 120, scaleDown: { stabilizationSeconds: 60, rates: [] } }),
    queue,
    0,
  );
  // 30 s: no poll. 45 s: polled, active: 1. 60 s: ceil(60 / 5) = 12, at most 1 + 4. From 75 s on the
  // HPA asks for 1, but 12 (of 60 s) is in the window until 105 s. Last active at 45 s; the polls at
  // 75, 105, 135, 165 s are not beyond 45 + 120 = 165 s, the one at 195 s is.
  deepStrictEqual(
    counts.slice(0, 14),
    [0, 0, 1, 5, 5, 5, 5, 1, 1, 1, 1, 1, 0, 0],
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
