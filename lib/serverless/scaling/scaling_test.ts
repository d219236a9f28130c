import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import {
  followLoad,
  runEntryLaws,
  signalsOf,
  TOY_NEEDS,
} from "../../../tests/conformance/scaling_laws.ts";
import { fromTable } from "../../settings/from_table.ts";
import { concurrency } from "./concurrency.ts";
import { HoltWinters } from "./holt_winters.ts";
import { keda } from "./keda.ts";
import { oracle } from "./oracle.ts";
import { SCALING_POLICIES, type ScalingName } from "./policies.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { predictive } from "./predictive.ts";
import { queueDelay } from "./queue_delay.ts";
import { ScalingDecider } from "./scaling_decider.ts";
import { schedule } from "./schedule.ts";
import { slo } from "./slo.ts";
import { threshold } from "./threshold.ts";
import { WindowMean } from "./window_mean.ts";

for (const entry of SCALING_POLICIES.entries as readonly ScalingEntry<ScalingName, object>[]) {
  runEntryLaws(
    entry,
    // The toy fleet says what waits in an instance, and KEDA's metric is the queue.
    ...(entry.name === "keda"
      ? [() => keda({ target: 10, metric: ({ concurrency }) => concurrency })]
      : []),
  );
}

/** Desired counts for signals at each period, the fleet following at once. */
function decisions(policy: ScalingPolicy, rows: Parameters<typeof signalsOf>[0][], first = 1) {
  let ready = first;
  return rows.map((row, i) =>
    ready = policy.desired(
      signalsOf({ nowSeconds: (i + 1) * policy.periodSeconds, ready, ...row }),
    )
  );
}

Deno.test("WindowMean of a window shorter than the clock resolves is the last interval's mean", () => {
  const window = new WindowMean(1e-300);
  for (const [end, value] of [[2, 10], [4, 20], [1e6, 7]]) {
    window.add(end, value);
    strictEqual(window.mean(), value);
  }
});

Deno.test("WindowMean weighs intervals by their time inside the window", () => {
  const window = new WindowMean(10);
  strictEqual(window.mean(), 0);
  window.add(4, 1);
  strictEqual(window.mean(), 1, "what there is, before a whole window");
  window.add(8, 3);
  strictEqual(window.mean(), 2);
  window.add(12, 5);
  // From 2 to 12 s: two seconds at 1, four at 3, four at 5.
  strictEqual(window.mean(), (2 * 1 + 4 * 3 + 4 * 5) / 10);
  window.add(22, 0);
  strictEqual(window.mean(), 0, "exactly zero once the window is empty");
});

Deno.test("threshold acts on consecutive readings, every period, and not during its cooldown", () => {
  const busy = [0.9, 0.9, 0.9, 0.9, 0.9, 0.5, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1];
  // Periods of 5 s, cooldown 15 s. Up at the 2nd reading; the next change may come at 25 s: the third
  // to fifth readings are high, so there. 0.5 breaks the row; at 40 s it is high twice and cooled.
  // Low at 45, 50, 55 s: three readings, and 15 s after 40 s; so down at 55 s.
  deepStrictEqual(
    decisions(threshold({ cooldownSeconds: 15 }), busy.map((busyFraction) => ({ busyFraction }))),
    [1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3],
  );
});

Deno.test("threshold starts an instance for a waiting request when there is none", () => {
  deepStrictEqual(decisions(threshold(), [{ queued: 1 }, { queued: 1 }], 0), [0, 1]);
});

Deno.test("concurrency adds one per tick and retires one per keep-alive plus one tick", () => {
  const rows = [
    ...Array(4).fill({ inFlight: 8, arrivals: 1 }),
    ...Array(8).fill({ inFlight: 4 }),
  ];
  // ceil(8 / 2) = 4 instances, one per tick; then 2: idle 1, 2, 3 s, retired at the fourth tick.
  deepStrictEqual(
    decisions(concurrency({ target: 2, keepAliveSeconds: 3, scaleDownWindowSeconds: 0 }), rows, 0),
    [1, 2, 3, 4, 4, 4, 4, 3, 3, 3, 3, 2],
  );
  const arrives = rows.map((row, i) => i === 10 ? { ...row, arrivals: 1 } : row);
  // A request at the eleventh tick begins the idle time anew.
  deepStrictEqual(
    decisions(
      concurrency({ target: 2, keepAliveSeconds: 3, scaleDownWindowSeconds: 0 }),
      arrives,
      0,
    ).at(-1),
    3,
  );
});

Deno.test("queue-delay starts the first instance at once and others after the delay", () => {
  const policy = queueDelay();
  const desired = (s: Parameters<typeof signalsOf>[0]) => policy.desired(signalsOf(s));
  strictEqual(desired({ queued: 1 }), 1);
  strictEqual(desired({ ready: 1, queued: 3, oldestWaitSeconds: 4 }), 1, "not longer than 4 s");
  strictEqual(desired({ ready: 1, queued: 3, oldestWaitSeconds: 4.1 }), 2);
  strictEqual(desired({ ready: 1, starting: 3, queued: 3, oldestWaitSeconds: 9 }), 4);
  strictEqual(desired({ ready: 4 }), 4, "idle instances are the keep-alive's business");
});

Deno.test("queue-delay, tick by tick: what is on its way covers the flow for the whole length of a start", () => {
  // Two a second of 10 s each are 20 in flight, three instances of 8; a start takes 20 s.
  const policy = queueDelay({ instanceConcurrency: 8, requestSeconds: 10 });
  const rows: readonly (readonly [
    at: number,
    arrivals: number,
    queued: number,
    oldestWaitSeconds: number,
    ready: number,
    starting: number,
    desired: number,
  ])[] = [
    [1, 2, 2, 0.5, 0, 0, 1], // the first request starts one
    [2, 2, 4, 1.5, 0, 1, 1],
    [3, 2, 6, 2.5, 0, 1, 1],
    [4, 2, 8, 3.5, 0, 1, 1],
    [5, 2, 10, 4.5, 0, 1, 2], // 10 would be in flight, one takes 8
    [6, 2, 12, 5.5, 0, 2, 2], // 12 of 16
    [7, 2, 14, 6.5, 0, 2, 2],
    [8, 2, 16, 7.5, 0, 2, 2],
    [9, 2, 18, 8.5, 0, 2, 3], // 18 of 16
    [10, 2, 20, 9.5, 0, 3, 3],
    [11, 2, 22, 10.5, 0, 3, 3], // what came in the first second is over
    [15, 8, 30, 14.5, 0, 3, 3], // more wait than three take at once, and 20 are the most in flight
    [20, 10, 40, 19.5, 0, 3, 3],
    [21, 2, 34, 20.5, 1, 2, 3], // one is ready
    [24, 6, 38, 20.5, 1, 2, 3],
    [25, 2, 32, 20.5, 2, 1, 3],
    [29, 8, 30, 20.5, 3, 0, 4], // nothing is on its way, and they still wait: one more
    [30, 2, 31, 20.5, 3, 1, 4], // which is the last for as long as it takes
    [40, 20, 29, 20.5, 3, 1, 4],
    [48, 16, 25, 20.5, 3, 1, 4],
    [49, 2, 17, 18, 4, 0, 5],
    [60, 22, 4, 3.9, 4, 1, 5],
    [61, 2, 0, 0, 5, 0, 5], // nobody waits
    [62, 50, 30, 0.9, 5, 0, 5], // a burst: 70 in flight of 40
    [66, 0, 30, 4.9, 5, 0, 6],
    [67, 0, 30, 5.9, 5, 1, 7], // 30 wait, one takes 8; 70 of 48
    [68, 0, 30, 6.9, 5, 2, 8],
    [69, 0, 30, 7.9, 5, 3, 9], // 70 of 64
    [70, 0, 30, 8.9, 5, 4, 9], // 30 of the 32 that four take
  ];
  for (const [nowSeconds, arrivals, queued, oldestWaitSeconds, ready, starting, count] of rows) {
    const seen = signalsOf({ nowSeconds, arrivals, queued, oldestWaitSeconds, ready, starting });
    strictEqual(policy.desired(seen), count, `at ${nowSeconds} s`);
  }
});

Deno.test("slo grows in proportion to the worst pressure, counting instances on their way", () => {
  const policy = slo({ ttftSeconds: 1, tpotSeconds: 0.1, downReadings: 2 });
  const desired = (s: Parameters<typeof signalsOf>[0]) => policy.desired(signalsOf(s));
  strictEqual(desired({ ready: 4, ttftP95Seconds: 0.5 }), 4);
  strictEqual(desired({ ready: 4, ttftP95Seconds: 1.2 }), 6, "4 x 1.2 / 0.8");
  strictEqual(desired({ ready: 4, ttftP95Seconds: 9 }), 8, "at most twice");
  strictEqual(desired({ ready: 4, tbtMeanSeconds: 0.12 }), 6);
  strictEqual(desired({ ready: 4, ttftP95Seconds: 0.8 }), 4, "not above 0.8 of the limit");
  strictEqual(desired({ ready: 4, starting: 4, ttftP95Seconds: 9 }), 8, "they are on their way");
  strictEqual(desired({ queued: 1, oldestWaitSeconds: 0.1 }), 1);
  strictEqual(desired({ ready: 4, ttftP95Seconds: 0.1 }), 4);
  strictEqual(desired({ ready: 4, ttftP95Seconds: 0.1 }), 3, "second low reading");
  for (let i = 0; i < 9; i++) {
    strictEqual(desired({ ready: 4, ttftP95Seconds: 0.4 }), 4, "not below 0.4 of the limit");
  }
});

Deno.test("HoltWinters forecasts a line and a line with a season without error", () => {
  const line = new HoltWinters({ alpha: 0.3, beta: 0.2, gamma: 0.4, seasonLength: 0 });
  for (let t = 0; t < 30; t++) line.observe(5 + 2 * t);
  ok(Math.abs(line.forecast(4) - (5 + 2 * 33)) < 1e-9);
  ok(line.errorDeviation < 1e-9);
  const season = [3, -1, -4, 2];
  const y = (t: number) => 10 + 0.5 * t + season[t % 4];
  const winters = new HoltWinters({ alpha: 0.3, beta: 0.2, gamma: 0.4, seasonLength: 4 });
  for (let t = 0; t < 8; t++) winters.observe(y(t));
  for (let t = 8; t < 40; t++) {
    for (let h = 1; h <= 6; h++) {
      ok(Math.abs(winters.forecast(h) - y(t + h - 1)) < 1e-9, `t ${t}, h ${h}`);
    }
    winters.observe(y(t));
  }
});

Deno.test("HoltWinters forecasts nothing and knows no error before it has seen three values", () => {
  const smooth = new HoltWinters({ alpha: 0.5, beta: 0.5, gamma: 0, seasonLength: 0 });
  deepStrictEqual([smooth.count, smooth.forecast(1), smooth.errorDeviation], [0, 0, 0]);
  smooth.observe(7);
  deepStrictEqual([smooth.count, smooth.forecast(5), smooth.errorDeviation], [1, 7, 0]);
  smooth.observe(9);
  deepStrictEqual([smooth.count, smooth.forecast(1), smooth.errorDeviation], [2, 11, 0]);
});

Deno.test("HoltWinters follows its update equations", () => {
  const smooth = new HoltWinters({ alpha: 0.5, beta: 0.5, gamma: 0, seasonLength: 0 });
  smooth.observe(10);
  // Two observations are a line: l = 20, b = 10.
  smooth.observe(20);
  strictEqual(smooth.forecast(1), 30);
  // l = .5 x 12 + .5 x 30 = 21, b = .5 x (21 - 20) + .5 x 10 = 5.5; the error was -18.
  smooth.observe(12);
  strictEqual(smooth.forecast(2), 32);
  strictEqual(smooth.errorDeviation, 18);
});

Deno.test("predictive is ready before a seasonal peak that a reactive policy meets late", () => {
  // A rate of 1 /s, and 9 /s for the last 50 of every 200 s; one instance serves 1 /s.
  const rate = (at: number) => (at - 5) % 200 >= 150 ? 9 : 1;
  const policy = predictive({
    ratePerInstance: 1,
    leadSeconds: 30,
    seasonSeconds: 200,
    deviations: 0,
  });
  const desired: number[] = [];
  for (let tick = 1; tick <= 60; tick++) {
    const now = tick * 10;
    desired.push(policy.desired(signalsOf({ nowSeconds: now, arrivals: rate(now) * 10 })));
  }
  // Third season: the peak is observed from 560 s on; three steps ahead of it at 530 s.
  strictEqual(desired[51], 1, "520 s");
  strictEqual(desired[52], 9, "530 s");
});

Deno.test("schedule follows its timetable, early by its lead, and repeats", () => {
  const policy = schedule({
    entries: [{ fromSeconds: 100, instances: 4 }, { fromSeconds: 200, instances: 1 }],
    repeatSeconds: 300,
    leadSeconds: 20,
  });
  const at = (nowSeconds: number) => policy.desired(signalsOf({ nowSeconds }));
  deepStrictEqual(
    [0, 79, 80, 100, 190, 199, 200, 379, 380, 499, 500].map(at),
    [1, 1, 4, 4, 4, 4, 1, 1, 4, 4, 1],
  );
  const once = schedule({ entries: [{ fromSeconds: 50, instances: 2 }] });
  strictEqual(once.desired(signalsOf({ nowSeconds: 0 })), 2);
});

Deno.test("oracle agrees with counting requests in flight over the horizon", () => {
  const arrivalAtSeconds = Float64Array.of(3, 3.5, 3.6, 20, 41, 41, 41.5, 42, 42, 60);
  const [hold, lead, target] = [4, 6, 2];
  const policy = oracle({
    arrivalAtSeconds,
    holdSeconds: hold,
    concurrencyPerInstance: target,
    leadSeconds: lead,
  });
  const inFlight = (t: number) => arrivalAtSeconds.filter((at) => at <= t && at > t - hold).length;
  for (let now = 1; now <= 70; now++) {
    let greatest = 0;
    for (const at of [now, ...arrivalAtSeconds]) {
      if (at >= now && at <= now + lead + 1) greatest = Math.max(greatest, inFlight(at));
    }
    strictEqual(
      policy.desired(signalsOf({ nowSeconds: now })),
      Math.ceil(greatest / target),
      `${now}`,
    );
  }
});

Deno.test("oracle's fleet is ready before every burst and its instance-seconds are least", () => {
  const load = (at: number) => at % 200 >= 100 && at % 200 < 130 ? 58 : 4;
  const instants: number[] = [];
  // Arrivals that keep load(t) requests in flight for 10 s each.
  for (let t = 0; t < 1200; t += 10) {
    for (let i = 0; i < load(t); i++) instants.push(t + 10 * i / load(t));
  }
  const policy = oracle({
    arrivalAtSeconds: Float64Array.from(instants),
    holdSeconds: 10,
    concurrencyPerInstance: 10,
    leadSeconds: 20,
  });
  const ahead = followLoad(policy, load, { untilSeconds: 1100 });
  const reactive = followLoad(concurrency({ target: 10, scaleDownWindowSeconds: 0 }), load, {
    untilSeconds: 1100,
  });
  const at = (rows: typeof ahead, now: number) => rows.find((r) => r.atSeconds === now)!.current;
  strictEqual(at(ahead, 500), 6, "six instances when the burst begins");
  ok(at(reactive, 500) === 1);
});

Deno.test("ScalingDecider delays signals but not counts", () => {
  const policy = concurrency({ target: 1, scaleDownWindowSeconds: 0, periodSeconds: 1 });
  const decider = new ScalingDecider(policy, { scrapeDelaySeconds: 3 });
  const decide = (nowSeconds: number, inFlight: number, ready: number) =>
    decider.decide(signalsOf({ nowSeconds, inFlight, ready }));
  strictEqual(decide(1, 5, 2), 2, "nothing seen yet: no change");
  strictEqual(decide(2, 0, 2), 2);
  strictEqual(decide(3, 0, 2), 2);
  strictEqual(decide(4, 0, 2), 3, "sees the five requests of 1 s and today's two instances");
  strictEqual(decide(5, 9, 3), 2, "sees the idle function of 2 s");
});

Deno.test("ScalingDecider counts a pending decision as done", () => {
  const decider = new ScalingDecider(concurrency({ target: 1, scaleDownWindowSeconds: 0 }), {
    actuationDelaySeconds: 2.5,
  });
  const decide = (nowSeconds: number, ready: number) =>
    decider.decide(signalsOf({ nowSeconds, inFlight: 9, ready }));
  // One more per tick is the policy's wish from the count it sees; the limits hold at the pending one.
  deepStrictEqual([decide(1, 1), decide(2, 1), decide(3, 1), decide(4, 2)], [2, 2, 2, 3]);
});

Deno.test("ScalingDecider keeps its cooldowns apart for up and down, and its bounds always", () => {
  const limits = {
    maxInstances: 5,
    minInstances: 2,
    downCooldownSeconds: 10,
    upCooldownSeconds: 2,
  };
  const decider = new ScalingDecider(
    { periodSeconds: 1, desired: ({ inFlight }) => inFlight },
    limits,
  );
  let ready = 2;
  const decide = (nowSeconds: number, inFlight: number) =>
    ready = decider.decide(signalsOf({ nowSeconds, inFlight, ready }));
  strictEqual(decide(1, 3), 3);
  strictEqual(decide(2, 9), 3, "up cooldown");
  strictEqual(decide(3, 9), 5, "the most");
  strictEqual(decide(12, 0), 5, "down cooldown");
  strictEqual(decide(13, 0), 2, "the fewest");
});

Deno.test("fromTable() names the policies and ranges", () => {
  const needs = { ...TOY_NEEDS, periodSeconds: 1 };
  throws(() => fromTable(SCALING_POLICIES, "hpb" as ScalingName, {}, needs), {
    name: "RangeError",
    message:
      /^Cannot use a scaling policy as one of threshold, .* \(did you mean hpa\?\): current value is "hpb"$/,
  });
  throws(() => fromTable(SCALING_POLICIES, "concurrency", { target: 0 }, needs), {
    message: "Cannot use target as a number > 0: current value is 0",
  });
  throws(
    () => schedule({ entries: [{ fromSeconds: 5, instances: 1 }], repeatSeconds: 5 }),
    RangeError,
  );
  throws(() => predictive({ ratePerInstance: 1, leadSeconds: 0, seasonSeconds: 15 }), {
    message: "Cannot use seasonSeconds as a multiple of 10 s: current value is 15",
  });
});

Deno.test("schedule and oracle answer the same until when they say that an answer stands", () => {
  const quarters = (least: number, most: number) =>
    fc.integer({ min: 4 * least, max: 4 * most }).map((count) => count / 4);
  const timetables = fc.record({
    entries: fc.uniqueArray(quarters(0, 20), { minLength: 1, maxLength: 5 })
      .map((list) =>
        list.sort((a, b) => a - b).map((fromSeconds, i) => ({
          fromSeconds,
          instances: i % 3,
        }))
      ),
    repeatSeconds: fc.constantFrom(21, 30, Infinity),
    leadSeconds: fc.constantFrom(0, 0.5, 5, 47),
  });
  const arrivals = fc.array(quarters(0, 60), { maxLength: 8 }).map((list) =>
    list.sort((a, b) => a - b)
  );
  const leads = fc.constantFrom(0, 0.75, 9);
  fc.assert(fc.property(timetables, arrivals, leads, (timetable, at, leadSeconds) => {
    const policies = [
      () => schedule(timetable),
      () =>
        oracle({
          arrivalAtSeconds: Float64Array.from(at),
          holdSeconds: 2,
          concurrencyPerInstance: 1,
          leadSeconds,
        }),
    ];
    for (const create of policies) {
      const policy = create();
      let stands = -Infinity;
      for (let nowSeconds = 0; nowSeconds < 80; nowSeconds += 0.125) {
        const desired = policy.desired(signalsOf({ nowSeconds }));
        if (nowSeconds < stands) strictEqual(desired, 0, `${nowSeconds} s`);
        const until = policy.standsUntilSeconds!(nowSeconds);
        if (desired === 0) stands = Math.max(stands, until);
      }
    }
  }));
});
