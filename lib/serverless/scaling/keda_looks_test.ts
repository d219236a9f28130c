import { deepStrictEqual, strictEqual } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { keda } from "./keda.ts";

/** Rules that follow each recommendation at once. */
const AT_ONCE = { stabilizationSeconds: 0, rates: [] };
const FOLLOWS = { scaleUp: AT_ONCE, scaleDown: AT_ONCE };

Deno.test("keda: its own look sees what is in flight at its instant, not a mean over a quarter of a minute", () => {
  const triggers = [{
    metric: "concurrency",
    metricType: "average-value",
    target: 2,
    activationThreshold: 5,
  }] as const;
  const policy = keda({ ...FOLLOWS, triggers, pollingSeconds: 5, cooldownSeconds: 20 });
  // Eight requests from 94 s to 116 s: means over the time since the evaluation before.
  const rows: readonly (readonly [at: number, inFlight: number, mean: number, count: number])[] = [
    [85, 0, 0, 0],
    [90, 0, 0, 0],
    [95, 8, 1.6, 1], // 8 now; the mean over 15 s is 0.53
    [100, 8, 8, 1],
    [105, 8, 8, 3], // the autoscaler: ceil(88 / 15 / 2)
    [110, 8, 8, 3],
    [115, 8, 8, 3],
    [120, 0, 1.6, 3], // nothing in flight: not active, though the mean over 15 s is 5.9
    [125, 0, 0, 3],
    [130, 0, 0, 3],
    [135, 0, 0, 1], // the autoscaler; 115 + 20 is not before 135
    [140, 0, 0, 0],
  ];
  let ready = 0;
  for (const [nowSeconds, inFlight, concurrency, count] of rows) {
    ready = policy.desired(signalsOf({ nowSeconds, ready, inFlight, concurrency }));
    strictEqual(ready, count, `at ${nowSeconds} s`);
  }
});

Deno.test("keda: what a request has started from zero is an activation, seen when it is seen", () => {
  const policy = keda({ ...FOLLOWS, pollingSeconds: 30, cooldownSeconds: 60 });
  const ask = (nowSeconds: number, ready: number) =>
    policy.desired(signalsOf({ nowSeconds, ready }));
  deepStrictEqual([ask(15, 0), ask(30, 0), ask(45, 1), ask(60, 1), ask(90, 1)], [0, 0, 1, 1, 1]);
  strictEqual(ask(105, 1), 1, "no look");
  strictEqual(ask(120, 1), 0, "45 + 60 is before 120");
});
