import { deepStrictEqual, strictEqual } from "#assert";
import { signalsOf } from "../../../../tests/conformance/scaling_laws.ts";
import { skyServe, type SkyServeOptions } from "./sky_serve.ts";
import { spotPlacer } from "./spot_placers.ts";

const ZONES = [
  { name: "a", spotPriceShare: 0.3 },
  { name: "b", spotPriceShare: 0.2 },
  { name: "c", spotPriceShare: 0.3 },
];

type Row = readonly [atSeconds: number, arrivals: number, desired: number];

function follow(options: SkyServeOptions, rows: readonly Row[]): void {
  const policy = skyServe(options);
  let ready = options.minInstances ?? 0;
  for (const [nowSeconds, arrivals, desired] of rows) {
    ready = policy.desired(signalsOf({ nowSeconds, arrivals, ready }));
    strictEqual(ready, desired, `at ${nowSeconds} s`);
  }
}

// One request per second of an instance, counted over a minute: the last three rows.
Deno.test("sky-serve takes a count over once asked for in so many decisions in a row", () => {
  follow({
    targetQpsPerReplica: 1,
    upscaleDelaySeconds: 40,
    downscaleDelaySeconds: 60,
    minInstances: 1,
    maxInstances: 5,
    periodSeconds: 20,
  }, [
    [20, 0, 1], // 0 asked for, 1 is the fewest
    [40, 60, 1], // 60 / 60
    [60, 60, 1], // 2: first in a row
    [80, 60, 3], // 3: second of two
    [100, 60, 3],
    [120, 61, 3], // ceil(181 / 60) = 4: first
    [140, 59, 3], // 180 / 60 = 3: none in a row any more
    [160, 60, 3],
    [180, 100, 3], // ceil(219 / 60) = 4: first
    [200, 200, 5], // 6, at most 5: second
    [220, 60, 5],
    [240, 0, 5], // ceil(260 / 60) = 5
    [260, 0, 5], // 1: first
    [280, 0, 5], // 0, at least 1: second
    [300, 240, 4], // 4: third of three
    [320, 0, 4],
    [340, 0, 4],
    [360, 0, 4], // 1: first
    [380, 30, 4], // 1: second
    [400, 210, 4], // 4: none in a row any more
    [420, 0, 4],
    [440, 0, 4], // ceil(210 / 60) = 4
    [460, 0, 4], // 1: first
    [480, 0, 4], // second
    [500, 0, 1], // third
    [520, 0, 1],
  ]);
});

Deno.test("sky-serve decides every 20 s, and every 5 s while none is wanted", () => {
  follow({
    targetQpsPerReplica: 1,
    upscaleDelaySeconds: 40,
    downscaleDelaySeconds: 0,
    maxInstances: 4,
  }, [
    [5, 0, 0],
    [10, 1, 1], // from zero at once
    [15, 300, 1], // the next decision is at 30 s
    [20, 0, 1],
    [25, 0, 1],
    [30, 0, 1], // ceil(301 / 60), at most 4: first of two
    [35, 0, 1],
    [40, 0, 1],
    [45, 0, 1],
    [50, 0, 4], // second
    [55, 0, 4],
    [60, 0, 4],
    [65, 0, 4],
    [70, 0, 4], // 300 / 60 = 5, at most 4
    [75, 0, 4], // nothing in the window, but nothing is decided either
    [80, 0, 4],
    [85, 0, 4],
    [90, 0, 0], // at once
    [95, 0, 0],
    [100, 2, 1],
    [105, 0, 1],
  ]);
});

Deno.test("sky-serve without a target has the fewest instances", () => {
  follow({ minInstances: 2 }, [[20, 900, 2], [40, 900, 2]]);
  follow({ minInstances: 2, targetQpsPerReplica: 5 }, [[20, 900, 2], [40, 900, 2]]);
});

Deno.test("sky-serve's mix: the base on demand, more on spot, and on demand what spot lacks", () => {
  const rows: readonly (readonly [
    settings: readonly [base: number, overprovision: number, fallback: boolean],
    desired: number,
    readySpot: number,
    spot: number,
    onDemand: number,
  ])[] = [
    [[0, 0, false], 4, 0, 4, 0],
    [[0, 0, true], 4, 0, 4, 4],
    [[0, 0, true], 4, 3, 4, 1],
    [[0, 0, true], 4, 4, 4, 0],
    [[0, 2, false], 4, 0, 6, 0],
    [[0, 2, true], 4, 6, 6, 0],
    [[0, 2, true], 4, 5, 6, 1],
    [[0, 2, true], 4, 3, 6, 3],
    [[0, 2, true], 4, 1, 6, 4], // at most those wanted
    [[1, 0, false], 4, 3, 3, 1],
    [[1, 2, true], 4, 5, 5, 1],
    [[1, 2, true], 4, 3, 5, 3],
    [[1, 2, true], 4, 0, 5, 4],
    [[4, 0, true], 2, 0, 0, 2],
    [[4, 1, true], 2, 0, 1, 2],
    [[1, 2, true], 0, 0, 0, 0],
  ];
  for (const [[base, overprovision, fallback], desired, ready, spot, onDemand] of rows) {
    const policy = skyServe({
      baseOndemandFallbackReplicas: base,
      numOverprovision: overprovision,
      dynamicOndemandFallback: fallback,
      zones: ZONES,
    });
    deepStrictEqual(policy.spot!.wanted(desired, ready), { spot, onDemand });
  }
});

Deno.test("sky-serve's mix changes when the policy decides", () => {
  const policy = skyServe({ minInstances: 2, zones: ZONES });
  deepStrictEqual(policy.spot!.wanted(2, 0), { spot: 2, onDemand: 0 });
  for (const nowSeconds of [5, 10, 15]) {
    policy.desired(signalsOf({ nowSeconds }));
    strictEqual(policy.spot!.wanted(2, 0), undefined);
  }
  policy.desired(signalsOf({ nowSeconds: 20 }));
  deepStrictEqual(policy.spot!.wanted(2, 0), { spot: 2, onDemand: 0 });
});

Deno.test("without zones, or without spot, sky-serve has no mix", () => {
  strictEqual(skyServe({}).spot, undefined);
  strictEqual(skyServe({ useSpot: false, zones: ZONES }).spot, undefined);
});

Deno.test("SpotHedge goes to the cheapest active zone that has none", () => {
  const { nextZone, lost, ready } = spotPlacer("dynamic-fallback", ZONES);
  const next = (...used: number[]) => nextZone(used, 4);
  strictEqual(next(), 1);
  strictEqual(next(1), 0);
  strictEqual(next(1, 0), 2);
  strictEqual(next(1, 0, 2), 1); // all have one: the cheapest
  lost(1);
  strictEqual(next(), 0);
  strictEqual(next(0), 2);
  strictEqual(next(0, 2), 0);
  lost(0); // one is left: all are active again
  strictEqual(next(), 1);
  lost(1);
  strictEqual(next(), 0);
  ready(1);
  strictEqual(next(), 1);
});

Deno.test("Round Robin goes on after each loss in its zone", () => {
  const { nextZone, lost } = spotPlacer("round-robin", ZONES);
  const next = () => nextZone([], 4);
  strictEqual(next(), 0);
  lost(1);
  strictEqual(next(), 0);
  lost(0);
  strictEqual(next(), 1);
  lost(1);
  lost(2);
  strictEqual(next(), 0);
});

Deno.test("Even Spread wants as many in each zone, whatever happens there", () => {
  const { nextZone, lost } = spotPlacer("even-spread", ZONES);
  strictEqual(nextZone([], 4), 0);
  strictEqual(nextZone([0], 4), 1);
  lost(1);
  strictEqual(nextZone([0], 4), 2);
  strictEqual(nextZone([0, 1, 2], 4), 0); // two of four
  strictEqual(nextZone([0, 0, 1, 2], 4), 1);
});

Deno.test("sky-serve has an instance for who waits, however old the wait is, and takes none away from it", () => {
  const policy = skyServe({
    targetQpsPerReplica: 10,
    upscaleDelaySeconds: 0,
    downscaleDelaySeconds: 40,
    qpsWindowSeconds: 10,
    periodSeconds: 5,
  });
  let ready = 0;
  const at = (nowSeconds: number, queued: number, arrivals = 0) =>
    ready = policy.desired(signalsOf({ nowSeconds, queued, arrivals, ready }));
  strictEqual(at(5, 0), 0);
  strictEqual(at(10, 1, 1), 1);
  // The window has forgotten the request, which waits for a start of minutes.
  for (let now = 15; now <= 300; now += 5) strictEqual(at(now, 1), 1, `at ${now} s`);
  // Served: two decisions in a row for none, 20 s apart.
  const seen = [];
  for (let now = 305; now <= 360; now += 5) seen.push(at(now, 0));
  deepStrictEqual([seen.indexOf(0) >= 0, seen.at(-1)], [true, 0]);
  // A wait that is seen for the first time when the window is over has its instance all the same.
  strictEqual(at(365, 1), 1);
});

Deno.test("sky-serve without a target has a fixed number, one at least", () => {
  for (const [minInstances, count] of [[0, 1], [1, 1], [3, 3]]) {
    const policy = skyServe({ minInstances, periodSeconds: 20 });
    for (let now = 20; now < 400; now += 20) {
      strictEqual(policy.desired(signalsOf({ nowSeconds: now, queued: 9, arrivals: 9 })), count);
    }
  }
});

Deno.test("sky-serve launches what is missing at its next decision, and nothing in between", () => {
  const policy = skyServe({ minInstances: 3, periodSeconds: 5 });
  const ready = [3, 3, 3, 3, 2, 2, 2, 2, 3, 3];
  const seen = ready.map((ready, i) =>
    policy.desired(signalsOf({ nowSeconds: 5 * (i + 1), ready }))
  );
  // One is lost after 20 s; the decisions are at 20 s and at 40 s.
  deepStrictEqual(seen, [3, 3, 3, 3, 2, 2, 2, 3, 3, 3]);
});
