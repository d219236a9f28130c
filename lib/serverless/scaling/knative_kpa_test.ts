import { deepStrictEqual, ok, strictEqual } from "#assert";
import * as fc from "fast-check";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { knativeKpa, type KnativeKpaOptions } from "./knative_kpa.ts";

/** Load by second: `load[s]` is the mean concurrency of the second that ends at s (s >= 1). */
type Load = (second: number) => number;

/** Seconds from a decision to a ready instance in these tests. */
const START = 10;

/** Applies decisions to a fleet whose starts take START and whose stops are immediate. */
function fleet(initial: number) {
  let ready = initial;
  let starts: number[] = [];
  return {
    at(now: number) {
      ready += starts.filter((at) => at <= now).length;
      starts = starts.filter((at) => at > now);
      return { ready, starting: starts.length };
    },
    apply(now: number, desired: number) {
      for (let i = ready + starts.length; i < desired; i++) starts.push(now + START);
      for (let i = ready + starts.length; i > desired; i--) {
        starts.length > 0 ? starts.pop() : ready--;
      }
    },
  };
}

/** Desired counts of the policy at t = 2, 4, ... `until`. */
function ofPolicy(load: Load, until: number, options: KnativeKpaOptions, initial = 1): number[] {
  const policy = knativeKpa({ ...options, initialInstances: initial });
  const instances = fleet(initial);
  const desired: number[] = [];
  for (let now = 2; now <= until; now += 2) {
    const counts = instances.at(now);
    const concurrency = (load(now - 1) + load(now)) / 2;
    const wish = policy.desired(signalsOf({ nowSeconds: now, ...counts, concurrency }));
    instances.apply(now, wish);
    desired.push(wish);
  }
  return desired;
}

/**
 * The same table worked out from Knative's equations on one-second buckets: each tick in a row of
 * plain numbers, as a reader would fill it in by hand.
 */
function byHand(
  load: Load,
  until: number,
  { target, panicThreshold = 2, maxDown = 2, maxUp = 1000, grace = 30 }: {
    readonly target: number;
    readonly panicThreshold?: number;
    readonly maxDown?: number;
    readonly maxUp?: number;
    readonly grace?: number;
  },
  initial = 1,
): number[] {
  const instances = fleet(initial);
  const table: number[] = [];
  const mean = (now: number, window: number) => {
    let sum = 0, buckets = 0;
    for (let second = now; second > now - window && second >= 1; second--) {
      sum += load(second);
      buckets++;
    }
    return Math.floor(sum / buckets * 1e6) / 1e6;
  };
  let panickingSince: number | null = initial > 1 ? 0 : null;
  let mostPanicPods = initial > 1 ? initial : 0;
  let activeSince: number | null = initial > 0 ? 0 : null;
  let zeroSince: number | null = null;
  for (let now = 2; now <= until; now += 2) {
    const { ready, starting } = instances.at(now);
    const r = Math.max(1, ready);
    const dspc = Math.ceil(mean(now, 60) / target);
    const dppc = Math.ceil(mean(now, 6) / target);
    const between = (n: number) =>
      Math.min(Math.max(n, Math.floor(r / maxDown)), Math.ceil(maxUp * r));
    if (dppc / r >= panicThreshold) panickingSince = now;
    else if (panickingSince !== null && panickingSince + 60 < now) {
      panickingSince = null;
      mostPanicPods = 0;
    }
    let desired = between(dspc);
    if (panickingSince !== null) {
      mostPanicPods = Math.max(mostPanicPods, desired, between(dppc));
      desired = mostPanicPods;
    }
    if (ready === 0) activeSince = null;
    else activeSince ??= now;
    if (desired > 0) zeroSince = null;
    else if (ready === 0) desired = starting;
    else if (now - activeSince! < 60) desired = 1;
    else {
      zeroSince ??= now;
      desired = now - zeroSince >= grace ? 0 : 1;
    }
    instances.apply(now, desired);
    table.push(desired);
  }
  return table;
}

const TEN: KnativeKpaOptions = { target: 10, targetUtilization: 1 };
/** Desired counts at the given instants. */
const at = (table: number[], ...instants: number[]) => instants.map((t) => table[t / 2 - 1]);

Deno.test("knative-kpa on a step: panic at the first tick, until a stable window after it", () => {
  // 35 requests from the start on one instance: ceil(3.5) = 4, and 4 / 1 >= 2 is panic.
  const table = ofPolicy(() => 35, 200, TEN);
  deepStrictEqual(table, Array(100).fill(4));
  deepStrictEqual(table, byHand(() => 35, 200, { target: 10 }));
});

Deno.test("knative-kpa on a 10x burst: the table worked out by hand", () => {
  const load = (second: number) => second > 120 && second <= 150 ? 100 : 10;
  const table = ofPolicy(load, 260, TEN);
  deepStrictEqual(table, byHand(load, 260, { target: 10 }));
  // Panic means (2, 4, 6 of 6 seconds at 100): 40, 70, 100.
  deepStrictEqual(at(table, 120, 122, 124, 126, 128), [1, 4, 7, 10, 10]);
  // Over the threshold for the last time at 132 s (10 wanted, 4 ready); 132 + 60 < 194. Then the
  // stable means 34, 31, 28, 25, 22, 19, 16, 13, 10, at most halved per tick.
  deepStrictEqual(
    at(table, 192, 194, 196, 198, 200, 202, 204, 206, 208, 210),
    [10, 5, 4, 3, 3, 3, 2, 2, 2, 1],
  );
});

Deno.test("knative-kpa decays to zero when the stable window is empty and the grace is over", () => {
  const load = (second: number) => second <= 100 ? 10 : 0;
  for (const grace of [0, 6, 30]) {
    const table = ofPolicy(load, 260, { ...TEN, scaleToZeroGraceSeconds: grace });
    deepStrictEqual(table, byHand(load, 260, { target: 10, grace }));
    strictEqual(
      2 * (table.indexOf(0) + 1),
      160 + grace,
      "60 s after the last request, and the grace",
    );
    ok(table.slice(table.indexOf(0)).every((desired) => desired === 0));
  }
  const kept = ofPolicy(load, 260, {
    ...TEN,
    scaleToZeroGraceSeconds: 30,
    podRetentionSeconds: 50,
  });
  strictEqual(2 * (kept.indexOf(0) + 1), 210, "the retention counts when it is longer");
});

Deno.test("knative-kpa keeps a new instance for a stable window even without load", () => {
  const table = ofPolicy(() => 0, 120, TEN);
  strictEqual(2 * (table.indexOf(0) + 1), 60 + 30);
});

Deno.test("knative-kpa gives up the decision for none when a request comes in the grace", () => {
  const load = (second: number) => second <= 40 || second === 171 ? 10 : 0;
  const table = ofPolicy(load, 320, { ...TEN, scaleToZeroGraceSeconds: 100 });
  deepStrictEqual(table, byHand(load, 320, { target: 10, grace: 100 }));
  // Empty at 100 s, so none at 200 s; but the request at 171 s is in the window until 230 s.
  deepStrictEqual(at(table, 198, 200, 202), [1, 1, 1]);
  strictEqual(table.indexOf(0), -1, "and then not before 232 + 100 s");
});

Deno.test("knative-kpa on a flapping load holds the peak and never flaps itself", () => {
  const load = (second: number) => Math.floor((second - 1) / 10) % 2 === 0 ? 30 : 0;
  const table = ofPolicy(load, 600, TEN);
  deepStrictEqual(table, byHand(load, 600, { target: 10 }));
  // Panic asks for 3 and needs 2 x ready: over the threshold only at first, with one instance.
  deepStrictEqual(at(table, 2, 40, 70), [3, 3, 3]);
  // In stable mode the mean is 15: two instances throughout.
  ok(table.slice(50).every((desired) => desired === 2 || desired === 3));
});

Deno.test("knative-kpa begins in panic with more than one instance", () => {
  const table = ofPolicy(() => 5, 100, TEN, 8);
  deepStrictEqual(table, byHand(() => 5, 100, { target: 10 }, 8));
  deepStrictEqual(at(table, 2, 60, 62, 64, 66), [8, 8, 4, 2, 1]);
});

Deno.test("knative-kpa equals the table by hand for any load", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 25 }),
      fc.integer({ min: 0, max: 3 }),
      (levels, target, initial) => {
        const load = (second: number) =>
          levels[Math.min(levels.length - 1, Math.floor(second / 13))];
        deepStrictEqual(
          ofPolicy(load, 400, { target, targetUtilization: 1 }, initial),
          byHand(load, 400, { target }, initial),
        );
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("knative-kpa limits growth and decline by its rates", () => {
  const slow = { ...TEN, maxScaleUpRate: 1.1, panicThreshold: 10 };
  const policy = knativeKpa(slow);
  // Knative's own example: 3 wanted, 2 ready, rate 1.1: ceil(2.2) = 3, so growth never gets stuck.
  strictEqual(policy.desired(signalsOf({ nowSeconds: 2, ready: 2, concurrency: 30 })), 3);
  strictEqual(policy.desired(signalsOf({ nowSeconds: 4, ready: 2, concurrency: 900 })), 3);
  const down = knativeKpa({ ...TEN, maxScaleDownRate: 4 });
  strictEqual(down.desired(signalsOf({ nowSeconds: 2, ready: 17, concurrency: 1 })), 4);
});

Deno.test("knative-kpa lifts to the activation scale and delays scale-down", () => {
  const lifted = knativeKpa({ ...TEN, activationScale: 3 });
  strictEqual(lifted.desired(signalsOf({ nowSeconds: 2, ready: 1, concurrency: 1 })), 3);
  const late = knativeKpa({ ...TEN, scaleDownDelaySeconds: 20, stableWindowSeconds: 6 });
  const desired = [40, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].map((concurrency, i) =>
    late.desired(signalsOf({ nowSeconds: 2 * (i + 1), ready: 4, concurrency }))
  );
  // Stable means 40, 20.5, 14, then 1 (floor(4 / 2) = 2); the first decision counts until 22 s.
  deepStrictEqual(desired, [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2, 2, 2, 2]);
});

Deno.test("knative-kpa with a scale-down delay shorter than the clock resolves has none", () => {
  const options = { ...TEN, stableWindowSeconds: 6 };
  const plain = knativeKpa(options);
  const brief = knativeKpa({ ...options, scaleDownDelaySeconds: 1e-300 });
  for (let i = 1; i < 20; i++) {
    const signals = signalsOf({ nowSeconds: 2 * i, ready: 4, concurrency: i % 7 * 9 });
    strictEqual(brief.desired(signals), plain.desired(signals));
  }
});

Deno.test("knative-kpa begins in panic with several instances, which keeps them for a window", () => {
  // "Starts in panic mode if there is more than one pod": the count does not fall for 60 s.
  const counts = (initial: number) => {
    const policy = knativeKpa({ initialInstances: initial, target: 1, targetUtilization: 1 });
    return [2, 30, 60, 62, 64].map((nowSeconds) =>
      policy.desired(signalsOf({ nowSeconds, ready: 4, concurrency: 1 }))
    );
  };
  // The scale-down rate of 2 asks for half of the four; two and more are kept as they were begun with.
  deepStrictEqual(counts(4), [4, 4, 4, 2, 2]);
  deepStrictEqual(counts(3), [3, 3, 3, 2, 2]);
  const two = (initial: number) => {
    const policy = knativeKpa({ initialInstances: initial, target: 1, targetUtilization: 1 });
    return [2, 30, 60, 62, 64].map((nowSeconds) =>
      policy.desired(signalsOf({ nowSeconds, ready: 2, concurrency: 1 }))
    );
  };
  deepStrictEqual(two(2), [2, 2, 2, 1, 1]);
  deepStrictEqual(two(1), [1, 1, 1, 1, 1]);
});
