import { deepEqual, equal } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { loadConfig } from "../../config/load.ts";
import { knativeKpa, type KnativeKpaOptions, knativeTarget } from "./knative_kpa.ts";
import { KnativeRevision, type ScaleToZeroRules } from "./knative_revision.ts";
import type { ScalingPolicy, ScalingSignals } from "./policy.ts";

Deno.test("knative: targets are as target.go resolves them", () => {
  // Metric, target (annotation), containerConcurrency (0: none), utilisation: total and target.
  const rows: readonly (readonly [
    "concurrency" | "rps",
    number | null,
    number,
    number,
    readonly [total: number, target: number],
  ])[] = [
    ["concurrency", null, 0, 0.7, [100, 70]],
    ["concurrency", null, 1, 0.7, [1, 0.7]],
    ["concurrency", null, 10, 0.7, [10, 7]],
    ["concurrency", null, 80, 0.7, [80, 56]],
    ["concurrency", null, 200, 0.7, [200, 140]],
    ["concurrency", 50, 0, 0.7, [50, 35]],
    ["concurrency", 50, 10, 0.7, [10, 7]],
    ["concurrency", 50, 80, 0.7, [50, 35]],
    ["concurrency", 100, 1000, 0.7, [100, 70]],
    ["concurrency", 10, 0, 1, [10, 10]],
    ["concurrency", 0.001, 0, 0.7, [0.001, 0.01]],
    ["rps", null, 0, 0.7, [200, 140]],
    ["rps", null, 5, 0.7, [200, 140]],
    ["rps", 30, 5, 0.5, [30, 15]],
  ];
  for (const [metric, target, concurrency, targetUtilization, expected] of rows) {
    const containerConcurrency = concurrency === 0 ? Infinity : concurrency;
    const of = knativeTarget({ metric, target, targetUtilization, containerConcurrency });
    const rounded = [of.total, Math.round(of.target * 1e9) / 1e9];
    deepEqual(rounded, expected, JSON.stringify([metric, target, concurrency]));
  }
});

Deno.test("knative: values may be written as Knative has them, in per cent too", () => {
  const kpa = (text: string) =>
    loadConfig(`scaling: { policy: knative-kpa, knative_kpa: { ${text} } }`).scaling.knative_kpa;
  for (const text of ["150%", "150 %", "1.5", "150", '"150.0"']) {
    equal(kpa(`panic_threshold: ${text}`).panic_threshold, 1.5, text);
    equal(kpa(`panic_threshold_percentage: ${text}`).panic_threshold, 1.5, text);
  }
  equal(kpa("target_utilization_percentage: 80").target_utilization, 0.8);
  equal(kpa('container_concurrency_target_percentage: "70"').target_utilization, 0.7);
  equal(kpa("container_concurrency_target_percentage: 0.7").target_utilization, 0.7);
  equal(kpa('panic_window_percentage: "10.0"').panic_window_fraction, 0.1);
  equal(kpa("window: 40s").stable_window, 40);
  equal(kpa("scale_to_zero_grace_period: 7s").scale_to_zero_grace, 7);
  const limit = (text: string) => loadConfig(text).gateway.concurrency_per_instance;
  equal(limit("gateway: { containerConcurrency: 80 }"), 80);
  equal(limit("gateway: { container_concurrency: 80 }"), 80);
  equal(limit("scaling: { knative_kpa: { containerConcurrency: 80 } }"), 80);
  equal(limit("gateway: { container_concurrency: 0 }"), null, "0 is no limit");
});

/** What a policy wants at its own instants, by instant, of signals by instant. */
function wanted(
  policy: ScalingPolicy,
  until: number,
  signals: (now: number) => Partial<ScalingSignals>,
): Map<number, number> {
  const counts = new Map<number, number>();
  for (let now = 0; (now = policy.nextAfter!(now)) <= until;) {
    counts.set(now, policy.desired(signalsOf({ nowSeconds: now, ...signals(now) })));
  }
  return counts;
}

Deno.test("knative: requests per second are arrivals of the time since the last look", () => {
  const policy = knativeKpa({
    metric: "rps",
    target: 10,
    targetUtilization: 1,
    panicThreshold: 10,
  });
  // 60 in two seconds are 30 a second: 3 instances; then 15 a second on average: 2.
  const counts = wanted(policy, 4, (now) => ({ ready: 1, arrivals: now === 2 ? 60 : 0 }));
  deepEqual([...counts], [[2, 3], [4, 2]]);
  const other = knativeKpa({ metric: "rps", targetUtilization: 1 });
  equal(other.desired(signalsOf({ nowSeconds: 2, ready: 1, arrivals: 801, concurrency: 1 })), 3);
});

Deno.test("knative: an initial scale is the least until so many have been ready, and no more then", () => {
  const policy = knativeKpa({ target: 10, targetUtilization: 1, initialScale: 3 });
  const ready = (now: number) => now < 10 ? 0 : now < 20 ? 2 : 3;
  const counts = wanted(policy, 24, (now) => ({
    ready: ready(now),
    starting: 3 - ready(now),
    concurrency: now < 10 ? 0 : 1,
  }));
  // From 20 s on the load alone counts: one, at most halved from three.
  deepEqual([...counts.values()], [3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1]);
});

Deno.test("knative: a start without traffic is given up after the deadline and ten seconds", () => {
  const options: KnativeKpaOptions = { stableWindowSeconds: 6, progressDeadlineSeconds: 30 };
  // A request comes and gives up; nobody waits from 4 s on, and the instance goes on starting.
  const counts = wanted(knativeKpa(options), 60, (now) => ({
    starting: now < 43 ? 1 : 0,
    concurrency: now <= 4 ? 1 : 0,
  }));
  equal(counts.get(10), 1);
  equal(counts.get(40), 1);
  equal(counts.get(42), 0, "activating since 2 s");
});

Deno.test("knative: nothing is decided before anything is reported (ErrNoData)", () => {
  const policy = knativeKpa({ target: 10, targetUtilization: 1 });
  const counts = wanted(policy, 40, (now) => now < 20 ? { starting: 2 } : { ready: 2 });
  // Reported from 20 s on: half of the two at once, then one for a stable window.
  deepEqual([counts.get(2), counts.get(18), counts.get(20), counts.get(40)], [2, 2, 1, 1]);
});

Deno.test("knative: the panic window is a share of the stable one in whole seconds, one at least", () => {
  // 21 in flight for two seconds: 3 instances of 10 in a window of 2 s, and 2 in one of 2.4 s.
  const asks = (stableWindowSeconds: number) => {
    const policy = knativeKpa({ target: 10, targetUtilization: 1, stableWindowSeconds });
    return [...wanted(policy, 4, (now) => ({ ready: 1, concurrency: now === 4 ? 21 : 0 }))];
  };
  deepEqual(asks(24), [[2, 1], [4, 3]]);
  deepEqual(asks(26), [[2, 1], [4, 2]], "2.6 s are 3 s, of which one is at 0");
  deepEqual(asks(6), [[2, 1], [4, 3]], "0.6 s are one");
});

Deno.test("knative: room for a burst is of all that instances can take, not of what is aimed at", () => {
  // autoscaler.go: floor(ready x total - burst capacity - panic value).
  const options = { target: 10, targetUtilization: 0.5, containerConcurrency: 10 };
  const direct = (targetBurstCapacity: number, ready: number, concurrency: number) => {
    const policy = knativeKpa({ ...options, targetBurstCapacity, initialInstances: ready });
    policy.desired(signalsOf({ nowSeconds: 2, ready, concurrency }));
    return policy.directLimit;
  };
  deepEqual(
    [direct(15, 2, 5), direct(15, 2, 5.5), direct(16, 2, 5), direct(0, 2, 99), direct(-1, 9, 0)],
    [110, 0, 0, 110, 0],
  );
});

/** A revision that is active from 0 s on, whose activator has been in the path until then. */
const revisionOf = (rules: Partial<ScaleToZeroRules>) =>
  new KnativeRevision({
    enableScaleToZero: true,
    stableWindowSeconds: 60,
    scaleToZeroGraceSeconds: 30,
    podRetentionSeconds: 0,
    progressDeadlineSeconds: 600,
    minInstances: 0,
    ...rules,
  }, 1);

Deno.test("knative: the activator is in the path without room for the burst, and at zero", () => {
  const revision = revisionOf({});
  const follow = (now: number, wants: number, capacity: number) => {
    revision.apply(now, wants, 1, 1);
    revision.follow(now, capacity);
    return revision.isProxied;
  };
  deepEqual([
    follow(2, 1, -111),
    follow(4, 1, 0),
    follow(6, 1, 40),
    follow(8, 1, -1),
    follow(10, 1, 3),
  ], [true, false, false, true, false]);
  // Inactive from 62 s on: the network is led to the activator, for the grace.
  equal(follow(62, 0, 3), true);
  equal(revision.looksAtSeconds, 92);
  equal(revision.apply(90, 0, 1, 1), 1);
  equal(revision.apply(92, 0, 1, 1), 0);
});

Deno.test("knative: the grace counts from when the activator has come into the path", () => {
  const revision = revisionOf({ stableWindowSeconds: 20 });
  revision.apply(2, 1, 1, 1);
  revision.follow(2, 5);
  // In the path from 10 s on: at 30 s it has been there for 20 of 30 s.
  revision.apply(10, 1, 1, 1);
  revision.follow(10, -5);
  equal(revision.apply(30, 0, 1, 1), 1);
  equal(revision.looksAtSeconds, 40);
  equal(revision.apply(40, 0, 1, 1), 0);
});
