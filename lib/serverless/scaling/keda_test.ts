import { deepStrictEqual, strictEqual } from "#assert";
import * as fc from "fast-check";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { keda, type KedaOptions } from "./keda.ts";

/** Rules that follow each recommendation at once. */
const AT_ONCE = { stabilizationSeconds: 0, rates: [] };

/** Counts at 15, 30, 45 ... s when every decision takes effect at once. */
function ticks(options: KedaOptions, metrics: readonly number[], first = 0): number[] {
  const policy = keda({ scaleUp: AT_ONCE, scaleDown: AT_ONCE, ...options });
  let ready = first;
  return metrics.map((queued, i) =>
    ready = policy.desired(signalsOf({ nowSeconds: 15 * (i + 1), ready, queued }))
  );
}

Deno.test("keda: activation is above its threshold, at a look of every polling interval", () => {
  // Looks at 15, 45, 75 s. "Activation only occurs when this value is greater than the set value."
  deepStrictEqual(ticks({ activationThreshold: 5 }, [5, 9, 5, 9, 5, 9]), [0, 0, 0, 0, 0, 0]);
  deepStrictEqual(ticks({ activationThreshold: 5, target: 9 }, [5, 9, 6, 9]), [0, 0, 1, 1]);
  deepStrictEqual(ticks({ pollingSeconds: 15, target: 9 }, [0, 1, 1]), [0, 1, 1]);
  deepStrictEqual(ticks({ minInstances: 3, target: 9 }, [1, 1]), [3, 3]);
});

Deno.test("keda: the last instance goes at the first look more than a cooldown after an active one", () => {
  // Active at 15 s alone; looks at 45, 75, 105, 135 s. 60 s of cooldown are over after 75 s.
  deepStrictEqual(ticks({ cooldownSeconds: 60 }, [1, 0, 0, 0, 0, 0, 0, 0]), [
    1,
    1,
    1,
    1,
    1,
    1,
    0,
    0,
  ]);
  deepStrictEqual(ticks({ cooldownSeconds: 59 }, [1, 0, 0, 0, 0, 0]), [1, 1, 1, 1, 0, 0]);
  // Instances that were there from the beginning have been active at 15 s.
  deepStrictEqual(ticks({ cooldownSeconds: 60 }, [0, 0, 0, 0, 0, 0, 0], 1), [1, 1, 1, 1, 1, 1, 0]);
  // With a minimum the autoscaler keeps it.
  deepStrictEqual(
    ticks({ cooldownSeconds: 0, minInstances: 2 }, [99, 0, 0, 0, 0, 0]),
    [2, 2, 2, 2, 2, 2],
  );
});

Deno.test("keda: between looks the autoscaler follows the metric, but for a tenth around the target", () => {
  // 3 instances of 10: from 27 to 33 nothing changes.
  const of = (value: number) => ticks({ target: 10 }, [value], 3)[0];
  deepStrictEqual([26, 27, 30, 33, 34, 60, 61].map(of), [3, 3, 3, 3, 4, 6, 7]);
  deepStrictEqual([20, 21, 9, 1].map(of), [2, 3, 1, 1]);
  strictEqual(ticks({ target: 10, tolerance: 0.2 }, [36], 3)[0], 3);
  strictEqual(ticks({ target: 10, tolerance: 0.19 }, [36], 3)[0], 4);
  strictEqual(ticks({ target: 10, minInstances: 2 }, [5], 3)[0], 2);
});

/** What KEDA's rules say of all that has been so far, worked out anew at each tick. */
function naive(
  options: Required<Pick<KedaOptions, "target" | "activationThreshold" | "minInstances">> & {
    readonly pollingSeconds: number;
    readonly cooldownSeconds: number;
  },
  past: readonly { readonly now: number; readonly metric: number; readonly current: number }[],
): number {
  let polledAt = -Infinity, activeAt = -Infinity, isActivating = false;
  let count = 0;
  past.forEach(({ now, metric, current }, i) => {
    const isLook = now - polledAt >= options.pollingSeconds;
    const isActive = metric > options.activationThreshold;
    const cameMeanwhile = current > 0 && (i === 0 || past[i - 1].current === 0);
    if (cameMeanwhile) {
      if (!isActivating) activeAt = now;
      isActivating = false;
    }
    const near = Math.abs(metric / (options.target * current) - 1) <= 0.1 + 1e-12;
    const wanted = Math.max(1, options.minInstances, Math.ceil(metric / options.target));
    count = current === 0 ? 0 : near ? current : wanted;
    if (!isLook) return;
    polledAt = now;
    if (isActive) activeAt = now;
    if (isActive && current === 0) {
      isActivating = true;
      count = Math.max(1, options.minInstances);
    }
    if (!isActive && options.minInstances === 0 && now > activeAt + options.cooldownSeconds) {
      count = 0;
    }
  });
  return count;
}

Deno.test("keda: every decision is what its rules say of all that was seen", () => {
  fc.assert(
    fc.property(
      fc.record({
        target: fc.constantFrom(1, 5, 10),
        activationThreshold: fc.constantFrom(0, 4, 10),
        minInstances: fc.constantFrom(0, 0, 2),
        pollingSeconds: fc.constantFrom(15, 30, 40),
        cooldownSeconds: fc.constantFrom(0, 30, 60, 100),
      }),
      fc.array(
        fc.record({
          metric: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
          // Instances that a request has started, or that the keep-alive has taken away.
          change: fc.constantFrom(0, 0, 0, 1, -9),
        }),
        { maxLength: 40 },
      ),
      (options, list) => {
        const policy = keda({ ...options, scaleUp: AT_ONCE, scaleDown: AT_ONCE });
        const past: { now: number; metric: number; current: number }[] = [];
        let count = 0;
        list.forEach(({ metric, change }, i) => {
          const current = Math.max(0, count + change);
          const now = 15 * (i + 1);
          past.push({ now, metric, current });
          count = policy.desired(signalsOf({ nowSeconds: now, starting: current, queued: metric }));
          strictEqual(count, naive(options, past), `at ${now} s`);
        });
      },
    ),
    { numRuns: 300, seed: 20261105 },
  );
});
