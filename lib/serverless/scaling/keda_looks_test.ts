import { strictEqual } from "#assert";
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
