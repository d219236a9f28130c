import { deepStrictEqual, strictEqual } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { rayServe, type RayServeOptions } from "./ray_serve.ts";

/** Every evaluation is a report of the last second alone, so that tables can be worked by hand. */
const LIVE: RayServeOptions = {
  periodSeconds: 1,
  metricsIntervalSeconds: 1,
  lookBackPeriodSeconds: 1,
};

type Row = readonly [
  ready: number,
  starting: number,
  queued: number,
  requests: number,
  desired: number,
  why: string,
];

/** Asks the policy once for each row, a second apart, and compares with the row's answer. */
function followsTable(options: RayServeOptions, rows: readonly Row[]): void {
  const policy = rayServe({ ...LIVE, ...options });
  rows.forEach(([ready, starting, queued, concurrency, desired, why], i) => {
    const nowSeconds = i + 1;
    const inFlight = concurrency - queued;
    const answer = policy.desired(
      signalsOf({ nowSeconds, ready, starting, queued, inFlight, concurrency }),
    );
    strictEqual(answer, desired, `at ${nowSeconds} s: ${why}`);
  });
}

Deno.test("ray-serve waits out its delays: the table of ticks", () => {
  followsTable({
    targetOngoingRequests: 2,
    // More than 3, 5 and 2 evaluations in a row.
    upscaleDelaySeconds: 3,
    downscaleDelaySeconds: 5,
    downscaleToZeroDelaySeconds: 2,
  }, [
    [0, 0, 0, 0, 0, "nothing to do"],
    [0, 0, 1, 1, 1, "the first request starts one at once"],
    [0, 1, 1, 1, 1, "one is on its way, and Ray asks for no other"],
    [0, 1, 9, 9, 1, "however many wait"],
    [1, 0, 0, 6, 1, "3 are asked for, once"],
    [1, 0, 0, 6, 1, "twice"],
    [1, 0, 0, 2, 1, "1 is asked for, and the count begins anew"],
    [1, 0, 0, 6, 1, "once"],
    [1, 0, 0, 6, 1, "twice"],
    [1, 0, 0, 6, 1, "three times: not more than 3"],
    [1, 0, 0, 6, 3, "four times"],
    [1, 2, 0, 6, 3, "what is starting is part of the target"],
    [1, 2, 0, 20, 3, "10 are asked for, once"],
    [3, 0, 0, 12, 3, "6, and still more than there are: twice"],
    [3, 0, 0, 14, 3, "7: three times"],
    [3, 0, 0, 9, 5, "4.5, so 5, four times: the last wish decides"],
    [3, 2, 0, 1, 5, "0.5, so 1: fewer, once"],
    [5, 0, 0, 0, 5, "twice"],
    [5, 0, 0, 11, 5, "5.5, so 6: more, once; the count of fewer is gone"],
    [5, 0, 0, 0, 5, "fewer, once"],
    [5, 0, 0, 0, 5, "twice"],
    [5, 0, 0, 0, 5, "three times"],
    [5, 0, 0, 0, 5, "four times"],
    [5, 0, 0, 0, 5, "five times: not more than 5"],
    [5, 0, 0, 0, 1, "six times, but not from 5 to none"],
    [1, 0, 0, 0, 1, "the last one: once"],
    [1, 0, 0, 0, 1, "twice: not more than 2"],
    [1, 0, 0, 0, 0, "three times"],
    [0, 0, 0, 0, 0, "nothing again"],
  ]);
});

Deno.test("ray-serve smooths by its factors: the table of ticks", () => {
  followsTable({
    targetOngoingRequests: 10,
    upscaleDelaySeconds: 0,
    downscaleDelaySeconds: 0,
    upscalingFactor: 0.5,
    downscalingFactor: 0.25,
    minInstances: 0,
    maxInstances: 12,
    initialInstances: 4,
  }, [
    [4, 0, 0, 100, 7, "4 + 0.5 x 6"],
    [7, 0, 0, 100, 9, "7 + 0.5 x 3 = 8.5"],
    [9, 0, 0, 100, 10, "9 + 0.5 x 1 = 9.5"],
    [10, 0, 0, 100, 10, "as wished"],
    [10, 0, 0, 95, 10, "10 - 0.25 x 0.5, and 9.5 needs 10"],
    [10, 0, 0, 90, 9, "10 - 0.25 = 9.75, so 10: stuck, and one goes"],
    [9, 0, 0, 40, 8, "9 - 0.25 x 5 = 7.75"],
    [8, 0, 0, 0, 6, "8 - 0.25 x 8"],
    [6, 0, 0, 0, 5, "6 - 1.5 = 4.5"],
    [5, 0, 0, 0, 4, "5 - 1.25 = 3.75"],
    [4, 0, 0, 0, 3, "4 - 1"],
    [3, 0, 0, 0, 2, "3 - 0.75 = 2.25, so 3: stuck"],
    [2, 0, 0, 0, 1, "2 - 0.5 = 1.5, so 2: stuck"],
    [1, 0, 0, 0, 0, "1 - 0.25, so 1: stuck, and from 1 to none"],
    [0, 0, 0, 0, 0, "nothing"],
    [0, 0, 3, 3, 1, "the first request starts ceil(0.5)"],
    [1, 0, 0, 300, 12, "1 + 0.5 x 29 = 15.5, at most 12"],
    [12, 0, 0, 300, 12, "12 + 9 = 21, at most 12"],
  ]);
});

Deno.test("ray-serve starts as many for the first request as its factor says, within bounds", () => {
  const first = (options: RayServeOptions) =>
    rayServe({ ...LIVE, ...options }).desired(
      signalsOf({ nowSeconds: 1, queued: 1, concurrency: 1 }),
    );
  deepStrictEqual(
    [{}, { upscalingFactor: 2.5 }, { smoothingFactor: 4 }, { smoothingFactor: 4, maxInstances: 2 }]
      .map(first),
    [1, 3, 4, 2],
  );
  // A factor of its own goes before that for both.
  strictEqual(first({ smoothingFactor: 4, upscalingFactor: 1 }), 1);
});

Deno.test("ray-serve sees a report every metrics interval over its look-back period", () => {
  // 3 requests until 10 s, 9 until 12 s, none from then on; one instance for each.
  const load = (second: number) => second <= 10 ? 3 : second <= 12 ? 9 : 0;
  const decisions = (aggregationFunction: "mean" | "max" | "min") => {
    const policy = rayServe({
      targetOngoingRequests: 1,
      upscaleDelaySeconds: 0,
      downscaleDelaySeconds: 0,
      aggregationFunction,
      minInstances: 1,
      maxInstances: 7,
      periodSeconds: 1,
    });
    let ready = 1;
    const changes: [atSeconds: number, instances: number][] = [];
    for (let now = 1; now <= 60; now++) {
      const desired = policy.desired(signalsOf({ nowSeconds: now, ready, concurrency: load(now) }));
      if (desired !== ready) changes.push([now, desired]);
      ready = desired;
    }
    return changes;
  };
  // Means of (0, 10], (0, 20], (0, 30], (10, 40], (20, 50]: 3, 2.4, 1.6, 0.6, 0.
  deepStrictEqual(decisions("mean"), [[10, 3], [30, 2], [40, 1]]);
  // 9 is in the window from 20 s until 40 s, and at most 7 are allowed.
  deepStrictEqual(decisions("max"), [[10, 3], [20, 7], [50, 1]]);
  // The least is 3 until there has been none.
  deepStrictEqual(decisions("min"), [[10, 3], [20, 1]]);
});

Deno.test("ray-serve counts its default delay of 30 s in loops of 0.1 s: 301 of them", () => {
  const policy = rayServe({
    metricsIntervalSeconds: 0.1,
    lookBackPeriodSeconds: 0.1,
    initialInstances: 1,
  });
  let at = 0;
  for (let i = 1; at === 0 && i < 400; i++) {
    const nowSeconds = i * 0.1;
    if (policy.desired(signalsOf({ nowSeconds, ready: 1, concurrency: 8 })) === 4) at = i;
  }
  strictEqual(at, 301);
});

Deno.test("ray-serve replaces what is lost at once, unless a keep-alive may take it away", () => {
  const wishes = (followsFleet: boolean) => {
    const policy = rayServe({ ...LIVE, initialInstances: 3, minInstances: 1, followsFleet });
    return [3, 2, 2].map((ready, i) =>
      policy.desired(signalsOf({ nowSeconds: i + 1, ready, concurrency: 6 }))
    );
  };
  deepStrictEqual(wishes(false), [3, 3, 3]);
  deepStrictEqual(wishes(true), [3, 2, 2]);
});

Deno.test("ray-serve takes an instance that a request has started for its own", () => {
  const policy = rayServe({ ...LIVE, upscaleDelaySeconds: 5 });
  const desired = (now: number, ready: number, starting: number) =>
    policy.desired(
      signalsOf({ nowSeconds: now, ready, starting, inFlight: ready, concurrency: 1 }),
    );
  deepStrictEqual([desired(1, 0, 2), desired(2, 2, 0), desired(3, 2, 0)], [2, 2, 2]);
});
