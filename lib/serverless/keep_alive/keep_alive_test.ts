import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import * as fc from "fast-check";
import { forecastNext } from "./autoregression.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { fixedPool } from "./fixed_pool.ts";
import { hybridHistogram } from "./hybrid_histogram.ts";
import { littlesLawPool } from "./littles_law_pool.ts";
import { newsvendorPool, poissonQuantile } from "./newsvendor_pool.ts";
import { KEEP_ALIVE_POLICIES, type KeepAliveName } from "./policies.ts";
import { POOL_POLICIES, type PoolPolicyName } from "./pool_policies.ts";

/** Pools of which members are made in 15 s. */
const NEEDS = { makeSeconds: () => 15 };

/** Times in seconds, equal to a microsecond. */
function near(actual: number, expected: number) {
  ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

for (const policy of namesOf(KEEP_ALIVE_POLICIES)) {
  Deno.test(`${policy} keep-alive: any history gives times >= 0, the same each time`, () => {
    fc.assert(fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 60 }),
      (idleTimes) => {
        const decide = () => {
          const created = fromTable(KEEP_ALIVE_POLICIES, policy, {}, {});
          strictEqual(created.name, policy);
          idleTimes.forEach((seconds) => created.observeIdle(seconds));
          return { ...created.decide() };
        };
        const decision = decide();
        ok(decision.keepAliveSeconds >= 0 && decision.prewarmAfterSeconds >= 0);
        ok(decision.prewarmAfterSeconds < Infinity);
        deepStrictEqual(decide(), decision);
      },
    ));
  });
}

Deno.test("fixed, none and always are one constant each", () => {
  const kept = (name: KeepAliveName, options: { readonly seconds?: number } = {}) => {
    const policy = fromTable(KEEP_ALIVE_POLICIES, name, options, {});
    policy.observeIdle(1000);
    return policy.decide();
  };
  deepStrictEqual(kept("fixed", { seconds: 300 }), {
    prewarmAfterSeconds: 0,
    keepAliveSeconds: 300,
  });
  strictEqual(kept("fixed").keepAliveSeconds, 60);
  strictEqual(kept("none").keepAliveSeconds, 0);
  strictEqual(kept("always").keepAliveSeconds, Infinity);
});

Deno.test("hybrid-histogram, certain: head and tail of the idle times, by hand", () => {
  const policy = hybridHistogram();
  // 100 idle times: 4 of minute 2, 90 of minute 10, 5 of minute 12, 1 of minute 30.
  const minutes = [...Array(4).fill(2.5), ...Array(90).fill(10.2), ...Array(5).fill(12.9), 30.1];
  for (const minute of minutes) policy.observeIdle(minute * 60);
  // Mean 100 / 240 = .4167; mean square (16 + 8100 + 25 + 1) / 240 = 33.925; cv = 5.81 / .4167 = 13.9.
  strictEqual(policy.pattern, "certain");
  const { prewarmAfterSeconds, keepAliveSeconds } = policy.decide();
  // The fifth of 100 lies in bin 10, the 99th in bin 12.
  near(prewarmAfterSeconds, 10 * 60 * 0.9);
  near(prewarmAfterSeconds + keepAliveSeconds, 13 * 60 * 1.1);
  // By the letter, the tail begins with the pre-warming.
  const letter = hybridHistogram({ tailFrom: "prewarming" });
  for (const minute of minutes) letter.observeIdle(minute * 60);
  near(letter.decide().prewarmAfterSeconds, 10 * 60 * 0.9);
  near(letter.decide().keepAliveSeconds, 13 * 60 * 1.1);
});

Deno.test("hybrid-histogram: twenty idle times of 605 s are waited for from 540 s to 726 s", () => {
  const policy = hybridHistogram();
  for (let i = 0; i < 20; i++) policy.observeIdle(605);
  strictEqual(policy.pattern, "certain");
  const { prewarmAfterSeconds, keepAliveSeconds } = policy.decide();
  near(prewarmAfterSeconds, 540);
  near(keepAliveSeconds, 186);
});

Deno.test("hybrid-histogram, uncertain: too few idle times, the whole range", () => {
  const policy = hybridHistogram();
  for (let i = 0; i < 9; i++) {
    policy.observeIdle(100);
    strictEqual(policy.pattern, "uncertain");
    deepStrictEqual({ ...policy.decide() }, { prewarmAfterSeconds: 0, keepAliveSeconds: 14_400 });
  }
  policy.observeIdle(100);
  strictEqual(policy.pattern, "certain", "from the tenth on");
  const hasty = hybridHistogram({ minSamples: 1 });
  hasty.observeIdle(100);
  strictEqual(hasty.pattern, "certain");
});

Deno.test("hybrid-histogram, certain: a head in the first bin keeps the instance", () => {
  const policy = hybridHistogram();
  for (let i = 0; i < 50; i++) policy.observeIdle(i % 2 === 0 ? 20 : 70);
  const { prewarmAfterSeconds, keepAliveSeconds } = policy.decide();
  strictEqual(policy.pattern, "certain");
  strictEqual(prewarmAfterSeconds, 0);
  near(keepAliveSeconds, 2 * 60 * 1.1);
});

Deno.test("hybrid-histogram, uncertain: without history or with even bins, the whole range", () => {
  const policy = hybridHistogram();
  strictEqual(policy.pattern, "uncertain");
  deepStrictEqual({ ...policy.decide() }, { prewarmAfterSeconds: 0, keepAliveSeconds: 14_400 });
  for (let bin = 0; bin < 240; bin++) policy.observeIdle(bin * 60 + 30);
  // Every bin holds one: cv 0.
  strictEqual(policy.pattern, "uncertain");
  strictEqual(policy.decide().keepAliveSeconds, 14_400);
});

Deno.test("hybrid-histogram: the border of representative is a cv of 2 over the bins", () => {
  // Of n bins, one holds all k idle times: cv = sqrt(n - 1). 5 bins: cv = 2, not below 2.
  const five = hybridHistogram({ rangeSeconds: 300, minSamples: 1 });
  five.observeIdle(10);
  strictEqual(five.pattern, "certain");
  const four = hybridHistogram({ rangeSeconds: 240, minSamples: 1 });
  four.observeIdle(10);
  strictEqual(four.pattern, "uncertain");
});

Deno.test("hybrid-histogram, out of bounds: half of the idle times beyond the range, by hand", () => {
  const policy = hybridHistogram({ forecast: (idle) => idle[idle.length - 1], minSamples: 2 });
  policy.observeIdle(60);
  policy.observeIdle(60);
  policy.observeIdle(20_000);
  strictEqual(policy.pattern, "certain", "a third is too few");
  policy.observeIdle(20_000);
  strictEqual(policy.pattern, "out-of-bounds");
  const { prewarmAfterSeconds, keepAliveSeconds } = policy.decide();
  near(prewarmAfterSeconds, 17_000);
  near(keepAliveSeconds, 6_000);
  ok(prewarmAfterSeconds + keepAliveSeconds >= 20_000 * 1.15 - 1e-6, "15 % around the forecast");
});

Deno.test("hybrid-histogram: the range's end is out of bounds", () => {
  const policy = hybridHistogram({ minSamples: 1 });
  policy.observeIdle(14_399.9);
  strictEqual(policy.pattern, "certain");
  policy.observeIdle(14_400);
  strictEqual(policy.pattern, "out-of-bounds");
});

Deno.test("forecastNext() finds the next value of an alternating and of a constant series", () => {
  near(forecastNext([4, 8, 4, 8, 4, 8, 4, 8]), 4);
  strictEqual(forecastNext([7, 7, 7, 7]), 7);
  strictEqual(forecastNext([5, 9]), 7);
  // y' = 10 + .5 (y - 10): 26, 18, 14, 12, 11 and so on; the fit of a long series is near.
  const series = Array.from({ length: 12 }, (_, i) => 10 + 16 * 0.5 ** i);
  ok(Math.abs(forecastNext(series) - 10) < 1.5);
});

Deno.test("poissonQuantile() is the least count that covers the probability", () => {
  // P(X <= 2) of mean 2: e^-2 (1 + 2 + 2) = .6767; P(X <= 3) = .8571.
  strictEqual(poissonQuantile(2, 0.67), 2);
  strictEqual(poissonQuantile(2, 0.68), 3);
  strictEqual(poissonQuantile(2, 0.857), 3);
  strictEqual(poissonQuantile(0, 0.99), 0);
  // Mean 1000, 99 %: 1000 + 2.326 x 31.6 = 1073.6, and skewness adds about (2.326^2 - 1) / 6 = .7.
  ok(Math.abs(poissonQuantile(1000, 0.99) - 1074) <= 1);
});

Deno.test("newsvendorPool follows demand and the ratio of costs", () => {
  const pool = newsvendorPool({ size: 0, leadSeconds: 20, windowSeconds: 30 });
  strictEqual(pool.size(0), 0);
  // .1 /s over two periods: mean 2 in a lead time; 75 % needs 3.
  strictEqual(pool.size(2), poissonQuantile(2, 0.75));
  strictEqual(pool.size(0), poissonQuantile(20 * 2 / 30, 0.75));
  pool.size(0);
  strictEqual(pool.size(0), 0, "the window has forgotten");
  strictEqual(fixedPool(4).size(99), 4);
});

Deno.test("littlesLawPool holds what is on its way on average, and headroom", () => {
  const options = { size: 0, leadSeconds: 20, windowSeconds: 30 } as const;
  const pool = littlesLawPool(options);
  strictEqual(pool.size(0), 0);
  // 2 in two periods of 10 s: .1 /s x 20 s.
  strictEqual(pool.size(2), 2);
  strictEqual(pool.size(1), Math.ceil(20 * 3 / 30));
  strictEqual(littlesLawPool({ ...options, headroom: 0.5 }).size(1), 3);
  throws(() => littlesLawPool({ ...options, headroom: -1 }), RangeError);
});

for (const policy of namesOf(POOL_POLICIES).filter((name) => name !== "fixed")) {
  Deno.test(`${policy} pool: whole sizes within its bounds, more for more demand`, () => {
    fc.assert(fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 5, max: 30 }),
      (demands, size, most) => {
        const create = () => fromTable(POOL_POLICIES, policy, { size, most }, NEEDS);
        const [pool, busier] = [create(), create()];
        strictEqual(pool.initialSize, size);
        for (const demand of demands) {
          const wanted = pool.size(demand);
          ok(Number.isInteger(wanted) && wanted >= size && wanted <= most);
          ok(busier.size(demand + 3) >= wanted);
        }
      },
    ));
  });
}

Deno.test("keep-alive refuses impossible settings", () => {
  throws(() => fromTable(KEEP_ALIVE_POLICIES, "fixed", { seconds: -1 }, {}), {
    name: "RangeError",
    message: "Cannot use seconds as a number >= 0: current value is -1",
  });
  throws(() => hybridHistogram({ rangeSeconds: 100 }), {
    message: "Cannot use rangeSeconds as a multiple of 60 s: current value is 100",
  });
  throws(() => fromTable(KEEP_ALIVE_POLICIES, "magic" as KeepAliveName, {}, {}), RangeError);
  throws(() => fixedPool(1.5), RangeError);
  throws(() => fromTable(POOL_POLICIES, "magic" as PoolPolicyName, {}, NEEDS), RangeError);
  throws(() => littlesLawPool({ leadSeconds: 0 }), RangeError);
});
