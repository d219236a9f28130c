import { deepStrictEqual, strictEqual } from "#assert";
import * as fc from "fast-check";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { hpaRules } from "./hpa_behavior_settings.ts";
import { keda, type KedaOptions, kedaPolicy, type KedaSettings } from "./keda.ts";

/** Rules that follow each recommendation at once. */
const AT_ONCE = { stabilizationSeconds: 0, rates: [] };
const FOLLOWS = { scaleUp: AT_ONCE, scaleDown: AT_ONCE };

/** Instants and counts of a policy's evaluations when every decision takes effect at once. */
function evaluations(
  options: KedaOptions,
  metric: (atSeconds: number) => number,
  untilSeconds: number,
  first = 0,
): [atSeconds: number, count: number][] {
  const policy = keda({ ...FOLLOWS, ...options });
  const rows: [number, number][] = [];
  let ready = first;
  for (let now = 0; (now = policy.nextAfter!(now)) <= untilSeconds;) {
    ready = policy.desired(signalsOf({ nowSeconds: now, ready, queued: metric(now) }));
    rows.push([now, ready]);
  }
  return rows;
}

/** Changes of the count: instants and new counts. */
function changes(...args: Parameters<typeof evaluations>): [number, number][] {
  let before = args[3] ?? 0;
  return evaluations(...args).filter(([, count]) => {
    const differs = count !== before;
    before = count;
    return differs;
  });
}

/** A queue of so many between two instants, and none otherwise. */
const between = (from: number, until: number, count: number) => (at: number) =>
  from <= at && at < until ? count : 0;

Deno.test("keda: activation looks every polling interval, the autoscaler every 15 s, by their own clocks", () => {
  const instants = (pollingSeconds: number, until: number) =>
    evaluations({ pollingSeconds }, () => 0, until).map(([at]) => at);
  deepStrictEqual(instants(30, 60), [15, 30, 45, 60]);
  deepStrictEqual(instants(5, 20), [5, 10, 15, 20]);
  deepStrictEqual(instants(7, 30), [7, 14, 15, 21, 28, 30]);
  deepStrictEqual(instants(40, 90), [15, 30, 40, 45, 60, 75, 80, 90]);
  deepStrictEqual(instants(0.1, 0.5).map((at) => at.toFixed(6)), [
    "0.100000",
    "0.200000",
    "0.300000",
    "0.400000",
    "0.500000",
  ]);
});

Deno.test("keda: from zero at the first look after the load, on to N at the autoscaler's next", () => {
  // RequestScale with no replica and an active trigger: scaleFromZeroOrIdle, to 1 or the fewest.
  const rows: readonly (readonly [
    options: KedaOptions,
    from: number,
    metric: number,
    expected: readonly (readonly [number, number])[],
  ])[] = [
    [{}, 91, 40, [[120, 1], [135, 8]]],
    [{ pollingSeconds: 5 }, 91, 40, [[95, 1], [105, 8]]],
    [{ pollingSeconds: 5 }, 95, 40, [[95, 1], [105, 8]]],
    [{ pollingSeconds: 5 }, 95.1, 40, [[100, 1], [105, 8]]],
    // Both look at 105 s: the autoscaler of a scaled object without replicas is switched off.
    [{ pollingSeconds: 5 }, 101, 40, [[105, 1], [120, 8]]],
    [{ pollingSeconds: 7 }, 91, 40, [[91, 1], [105, 8]]],
    [{ pollingSeconds: 5, minInstances: 3 }, 91, 40, [[5, 3], [105, 8]]],
    [{ pollingSeconds: 5, activationThreshold: 40 }, 91, 40, []],
    [{ pollingSeconds: 5, activationThreshold: 39 }, 91, 40, [[95, 1], [105, 8]]],
    [{ pollingSeconds: 5, target: 40 }, 91, 40, [[95, 1]]],
    [{ pollingSeconds: 5, periodSeconds: 30 }, 91, 40, [[95, 1], [120, 8]]],
    // The autoscaler's first recommendation was none, at 15 s: in no window of scale-up any more.
    [{ scaleUp: { stabilizationSeconds: 60, rates: [] } }, 91, 40, [[120, 1], [135, 8]]],
  ];
  for (const [options, from, metric, expected] of rows) {
    const made = changes(options, (at) => at >= from ? metric : 0, 150);
    deepStrictEqual(made, expected, JSON.stringify([options, from]));
  }
});

Deno.test("keda: to zero at the first look more than a cooldown after the last active one", () => {
  // scaleToZeroOrIdle: lastActiveTime + cooldownPeriod before now; without a last active time the
  // begin + initialCooldownPeriod before now. A look is active or an activation renews the time.
  const rows: readonly (readonly [
    options: KedaOptions,
    metric: (at: number) => number,
    first: number,
    expected: readonly (readonly [number, number])[],
  ])[] = [
    // Active at 30, 60 s; 60 + 60 s is not before 120 s.
    [{ cooldownSeconds: 60 }, between(20, 70, 1), 0, [[30, 1], [150, 0]]],
    [{ cooldownSeconds: 59 }, between(20, 70, 1), 0, [[30, 1], [120, 0]]],
    [{ cooldownSeconds: 0 }, between(20, 70, 1), 0, [[30, 1], [90, 0]]],
    // The activation itself counts, though no later look is active.
    [{ cooldownSeconds: 100 }, between(20, 31, 1), 0, [[30, 1], [150, 0]]],
    [{ cooldownSeconds: 100, pollingSeconds: 5 }, between(20, 21, 1), 0, [[20, 1], [125, 0]]],
    // No trigger has been active: what was there from the begin has no cooldown.
    [{ cooldownSeconds: 300 }, () => 0, 4, [[15, 1], [30, 0]]],
    [{ cooldownSeconds: 300, pollingSeconds: 5 }, () => 0, 4, [[5, 0]]],
    [{ initialCooldownSeconds: 60 }, () => 0, 4, [[15, 1], [90, 0]]],
    [{ initialCooldownSeconds: 59 }, () => 0, 4, [[15, 1], [60, 0]]],
    [{ initialCooldownSeconds: 300 }, () => 0, 1, [[330, 0]]],
    // Once one has been active it is the cooldown alone that counts.
    [{ initialCooldownSeconds: 600, cooldownSeconds: 30 }, between(20, 40, 1), 1, [[90, 0]]],
    // The metric is not above the threshold, though the autoscaler would keep four.
    [{ activationThreshold: 50, cooldownSeconds: 300 }, () => 20, 4, [[30, 0]]],
    // With a minimum the autoscaler keeps it.
    [{ minInstances: 2, cooldownSeconds: 0 }, () => 0, 2, []],
    [{ minInstances: 2, cooldownSeconds: 0 }, between(20, 50, 30), 2, [[30, 6], [60, 2]]],
  ];
  for (const [options, metric, first, expected] of rows) {
    deepStrictEqual(changes(options, metric, 400, first), expected, JSON.stringify(options));
  }
});

Deno.test("keda: with an idle number there are as many without a trigger, the fewest with one", () => {
  // RequestScale with IdleReplicaCount, and KEDA's documentation of it.
  const options = { minInstances: 3, idleReplicaCount: 0, cooldownSeconds: 60 };
  deepStrictEqual(changes(options, between(100, 110, 4), 400, 0), []);
  deepStrictEqual(changes(options, between(100, 160, 4), 400, 0), [[120, 3], [240, 0]]);
  deepStrictEqual(changes(options, between(100, 160, 40), 400, 0), [[120, 3], [135, 8], [165, 3], [
    240,
    0,
  ]]);
  deepStrictEqual(changes({ ...options, initialCooldownSeconds: 100 }, () => 0, 400, 3), [[
    120,
    0,
  ]]);
  // The autoscaler does not bring the fewest back meanwhile: only an active look does, at once.
  const one = { ...options, idleReplicaCount: 1, pollingSeconds: 40 };
  deepStrictEqual(changes(one, () => 0, 600, 3), [[40, 1]]);
  deepStrictEqual(changes(one, () => 0, 600, 1), []);
  deepStrictEqual(changes(one, between(100, 170, 4), 600, 1), [[120, 3], [240, 1]]);
  deepStrictEqual(changes(one, between(100, 170, 40), 600, 1), [[120, 3], [135, 8], [180, 3], [
    240,
    1,
  ]]);
  // Who is between them has lost some, and has the fewest again at the autoscaler's next look.
  deepStrictEqual(changes(one, () => 0, 30, 2), [[15, 3]]);
  strictEqual(kedaPolicy.fewest!({ idleReplicaCount: 0 } as never, 3), 0);
  strictEqual(kedaPolicy.fewest!({ idleReplicaCount: null } as never, 3), 3);
});

type Trigger = KedaSettings["triggers"][number];

const trigger = (more: Partial<Trigger>): Trigger => ({
  metric: "waiting",
  metricType: "average-value",
  target: 5,
  activationThreshold: 0,
  ...more,
});

Deno.test("keda: of several triggers one that is active activates, and the most counts", () => {
  const triggers = [
    trigger({ metric: "waiting", target: 10, activationThreshold: 5 }),
    trigger({ metric: "rps", target: 2, activationThreshold: 3 }),
    trigger({ metric: "kv_utilization", target: 0.5, metricType: "value" }),
  ];
  const make = () => keda({ ...FOLLOWS, triggers, pollingSeconds: 15 });
  const ask = (more: Parameters<typeof signalsOf>[0]) =>
    make().desired(signalsOf({ nowSeconds: 15, ...more }));
  strictEqual(ask({ queued: 5, arrivals: 45 }), 0, "none is above its threshold");
  strictEqual(ask({ queued: 6, arrivals: 45 }), 1);
  strictEqual(ask({ queued: 0, arrivals: 46 }), 1);
  strictEqual(ask({ ready: 2, queued: 40, arrivals: 30 }), 4);
  strictEqual(ask({ ready: 2, queued: 40, arrivals: 180 }), 6);
  strictEqual(
    ask({ ready: 2, queued: 6, kvUtilization: 1 }),
    4,
    "twice the value on two instances",
  );
  // A latency that nobody had is no reason to go down.
  const latency = keda({
    ...FOLLOWS,
    triggers: [trigger({}), trigger({ metric: "ttft", metricType: "value", target: 1 })],
  });
  strictEqual(latency.desired(signalsOf({ nowSeconds: 15, ready: 3, queued: 1 })), 3);
  strictEqual(
    latency.desired(signalsOf({ nowSeconds: 30, ready: 3, queued: 1, ttftP95Seconds: 0.1 })),
    1,
  );
});

Deno.test("keda: a rate is over the autoscaler's period, however often there are looks", () => {
  const triggers = [trigger({ metric: "rps", target: 1 })];
  const patient = { cooldownSeconds: 1000, initialCooldownSeconds: 1000 };
  const policy = keda({ ...FOLLOWS, triggers, pollingSeconds: 5, ...patient });
  const counts = [5, 10, 15, 20, 25, 30].map((nowSeconds, i) =>
    policy.desired(signalsOf({ nowSeconds, ready: 1, arrivals: [0, 0, 60, 15, 15, 15][i] }))
  );
  deepStrictEqual(counts, [1, 1, 4, 1, 1, 3], "60 in 15 s, then 45");
});

Deno.test("keda: without metrics the number stays, and is the fallback's after some readings", () => {
  // fallback.go: more failures in a row than failureThreshold give target x replicas as the metric;
  // RequestScale: a failed look leaves what there is, unless a fallback of 0 is set.
  const outages = [{ fromSeconds: 40, untilSeconds: 130 }];
  const of = (fallback: KedaOptions["fallback"], first: number, more: KedaOptions = {}) =>
    changes({ outages, fallback, cooldownSeconds: 0, ...more }, () => 20, 145, first);
  const back = (replicas: number | null, behavior = "static" as const, failureThreshold = 2) => ({
    replicas,
    behavior,
    failureThreshold,
  });
  // Readings fail at 45, 60, 75, ... s: the third one is beyond a threshold of 2.
  deepStrictEqual(of(back(null), 4), []);
  deepStrictEqual(of(back(9), 4), [[75, 9], [135, 4]]);
  deepStrictEqual(of(back(9, "static", 0), 4), [[45, 9], [135, 4]]);
  deepStrictEqual(of(back(9, "static", 5), 4), [[120, 9], [135, 4]]);
  deepStrictEqual(of(back(9, "static", 6), 4), []);
  deepStrictEqual(of(back(2), 4), [[75, 2], [135, 4]]);
  const other =
    (behavior: "current-replicas" | "current-replicas-if-higher" | "current-replicas-if-lower") =>
    (replicas: number) => of({ replicas, behavior, failureThreshold: 2 }, 4);
  deepStrictEqual(other("current-replicas")(9), []);
  deepStrictEqual(other("current-replicas-if-higher")(9), [[75, 9], [135, 4]]);
  deepStrictEqual(other("current-replicas-if-higher")(2), []);
  deepStrictEqual(other("current-replicas-if-lower")(2), [[75, 2], [135, 4]]);
  deepStrictEqual(other("current-replicas-if-lower")(9), []);
  // Failures in a row: one reading that works in between, at 75 s, begins the count anew.
  const twice = [{ fromSeconds: 40, untilSeconds: 70 }, { fromSeconds: 80, untilSeconds: 130 }];
  deepStrictEqual(of(back(9), 4, { outages: twice }), [[120, 9], [135, 4]]);
  // A metric that is a value is one of the ready instances: 9 of 4 times the target.
  const triggers = [trigger({ metricType: "value", target: 20 })];
  deepStrictEqual(of(back(9), 4, { triggers }), [[75, 9]]);
  // Nothing is activated without metrics, and nothing goes to zero.
  const busy = between(41, 999, 20);
  deepStrictEqual(changes({ outages, pollingSeconds: 5 }, busy, 160, 0), [[130, 1], [135, 4]]);
  const quiet = { outages, cooldownSeconds: 10, pollingSeconds: 5 };
  const calm = between(20, 40, 5);
  deepStrictEqual(changes(quiet, calm, 160, 0), [[20, 1], [130, 0]]);
  deepStrictEqual(changes({ ...quiet, fallback: back(3) }, calm, 160, 0), [[20, 1], [75, 3], [
    130,
    0,
  ]]);
  // But a fallback to 0 lets it go.
  deepStrictEqual(changes({ ...quiet, fallback: back(0) }, calm, 160, 0), [[20, 1], [50, 0]]);
});

Deno.test("keda: the behaviour is the autoscaler's", () => {
  const behavior = (scaleDown: number) =>
    hpaRules(
      {
        scaleUp: {
          stabilizationWindowSeconds: null,
          selectPolicy: "max",
          policies: [{ type: "pods", value: 2, periodSeconds: 15 }],
        },
        scaleDown: { stabilizationWindowSeconds: scaleDown, selectPolicy: "max", policies: [] },
      },
      300,
    );
  const load = between(20, 80, 50);
  const made = changes({ ...behavior(45), cooldownSeconds: 60 }, load, 300);
  // From 90 s on the autoscaler asks for 1; 10 of 75 s is in its window until 120 s. Active at 60 s.
  deepStrictEqual(made, [[30, 1], [45, 3], [60, 5], [75, 7], [120, 1], [150, 0]]);
  // As many as there are is the first recommendation, for five minutes by default.
  const idle = changes({ scaleDown: undefined, minInstances: 1 }, () => 0, 330, 6);
  deepStrictEqual(idle, [[315, 1]]);
});

Deno.test("keda: between looks the autoscaler follows the metric, but for a tenth around the target", () => {
  const ticks = (options: KedaOptions, metric: number, first: number) =>
    keda({ ...FOLLOWS, ...options }).desired(
      signalsOf({ nowSeconds: 15, ready: first, queued: metric }),
    );
  // 3 instances of 10: from 27 to 33 nothing changes.
  const of = (value: number) => ticks({ target: 10 }, value, 3);
  deepStrictEqual([26, 27, 30, 33, 34, 60, 61].map(of), [3, 3, 3, 3, 4, 6, 7]);
  deepStrictEqual([20, 21, 9, 1].map(of), [2, 3, 1, 1]);
  strictEqual(ticks({ target: 10, tolerance: 0.2 }, 36, 3), 3);
  strictEqual(ticks({ target: 10, tolerance: 0.19 }, 36, 3), 4);
  strictEqual(ticks({ target: 10, minInstances: 2 }, 5, 3), 2);
});

/** An evaluation as it was: what was seen. */
interface Seen {
  readonly now: number;
  readonly metric: number;
  readonly current: number;
}

/** What KEDA's rules say of all that has been so far, worked out anew at each evaluation. */
function naive(
  options: Required<Pick<KedaOptions, "target" | "activationThreshold" | "minInstances">> & {
    readonly pollingSeconds: number;
    readonly cooldownSeconds: number;
    readonly initialCooldownSeconds: number;
  },
  past: readonly Seen[],
): number {
  const { target, activationThreshold, minInstances, pollingSeconds } = options;
  let activeAt: number | undefined;
  let isActivating = false;
  let count = 0;
  past.forEach(({ now, metric, current }, i) => {
    const [isLook, isSync] = [now % pollingSeconds === 0, now % 15 === 0];
    const isActive = metric > activationThreshold;
    // From none, or after the decision that there be none.
    const cameMeanwhile = i > 0 && current > 0 && (past[i - 1].current === 0 || count === 0);
    if (cameMeanwhile && !isActivating) activeAt = now;
    if (current > 0) isActivating = false;
    const isNear = Math.abs(metric / (target * current) - 1) <= 0.1 + 1e-12;
    const fewest = Math.max(1, minInstances);
    count = current;
    if (isSync && current > 0) {
      count = current < fewest
        ? fewest
        : Math.max(fewest, isNear ? current : Math.ceil(metric / target));
    }
    if (!isLook) return;
    if (isActive) activeAt = now;
    if (isActive && current === 0) {
      isActivating = true;
      count = fewest;
    }
    if (!isActive && minInstances > current) count = minInstances;
    if (!isActive && minInstances === 0 && current > 0) {
      const cool = activeAt === undefined
        ? options.initialCooldownSeconds
        : activeAt + options.cooldownSeconds;
      if (cool < now) count = 0;
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
        pollingSeconds: fc.constantFrom(5, 7, 15, 30, 40),
        cooldownSeconds: fc.constantFrom(0, 30, 60, 100),
        initialCooldownSeconds: fc.constantFrom(0, 50),
      }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(
        fc.record({
          metric: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
          // Instances that a request has started, or that the keep-alive has taken away.
          change: fc.constantFrom(0, 0, 0, 1, -9),
        }),
        { maxLength: 60 },
      ),
      (options, first, list) => {
        const policy = keda({ ...options, ...FOLLOWS });
        const past: Seen[] = [];
        let count = first, now = 0;
        for (const { metric, change } of list) {
          const current = Math.max(0, count + change);
          now = policy.nextAfter!(now);
          past.push({ now, metric, current });
          count = policy.desired(signalsOf({ nowSeconds: now, starting: current, queued: metric }));
          strictEqual(count, naive(options, past), `at ${now} s`);
        }
      },
    ),
    { numRuns: 300, seed: 20261105 },
  );
});

Deno.test("keda: a mean with an average target asks for mean / target, however many there are", () => {
  // The share of the KV cache is 0.8 on each of 6 instances, and 48 requests wait.
  const asks = (one: Partial<Trigger>) => {
    const policy = keda({ triggers: [trigger(one)], pollingSeconds: 15, initialInstances: 6 });
    const signals = { ready: 6, waiting: 48, inFlight: 48, kvUtilization: 0.8 };
    let count = 0;
    for (let nowSeconds = 15; nowSeconds <= 600; nowSeconds += 15) {
      count = policy.desired(signalsOf({ nowSeconds, ...signals }));
    }
    return count;
  };
  const share = { metric: "kv_utilization", target: 0.5 } as const;
  // ceil(0.8 / 0.5), ceil(6 x 0.8 / 0.5), and 6 x 0.8 / 0.5 rounded up.
  strictEqual(asks({ ...share, aggregate: "mean" }), 2);
  strictEqual(asks({ ...share, aggregate: "sum" }), 10);
  strictEqual(asks({ ...share, metricType: "value", aggregate: "mean" }), 10);
  strictEqual(asks({ ...share, metricType: "value" }), 10, "as without a word");
  // ceil(8 / 2), ceil(48 / 2) and ceil(6 x 8 / 2): 24 asked for.
  strictEqual(asks({ target: 2, aggregate: "mean" }), 4);
  strictEqual(asks({ target: 10, metricType: "value", aggregate: "mean" }), 5);
  strictEqual(asks({ target: 10 }), 5);
});
