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

/** An evaluation: its instant, seconds, and the desired count. */
type Row = readonly [atSeconds: number, desired: number];

/** Evaluations of the policy until an instant, on a fleet that does as it says. */
function ofPolicy(load: Load, until: number, options: KnativeKpaOptions, initial = 1): Row[] {
  const policy = knativeKpa({ ...options, initialInstances: initial });
  const instances = fleet(initial);
  const rows: Row[] = [];
  for (let before = 0, now; (now = policy.nextAfter!(before)) <= until; before = now) {
    const counts = instances.at(now);
    let sum = 0;
    for (let second = before + 1; second <= now; second++) sum += load(second);
    const concurrency = sum / (now - before);
    const wish = policy.desired(signalsOf({ nowSeconds: now, ...counts, concurrency }));
    instances.apply(now, wish);
    rows.push([now, wish]);
  }
  return rows;
}

/** The mean of a window of one-second buckets, as bucketing.go says it: written seconds and values. */
function bucketMean(written: readonly Row[], now: number, window: number): number | undefined {
  let first = NaN, last = -Infinity;
  for (const [second] of written) {
    if (second - last >= window) first = second;
    last = second;
  }
  if (now - (last - 1) > window) return undefined;
  const total = written.reduce(
    (sum, [second, value]) => second >= first && second > now - window ? sum + value : sum,
    0,
  );
  const buckets = Math.min(last - first + 1, window - (now - last));
  return buckets > 0 ? Math.floor(total / buckets * 1e6 + 1e-7) / 1e6 : 0;
}

/**
 * The same table worked out from Knative's rules on one-second buckets: each tick in a row of plain
 * numbers, as a reader would fill it in by hand.
 */
function byHand(
  load: Load,
  until: number,
  { target, total = target, burst = 211, maxDown = 2, maxUp = 1000, grace = 30, retention = 0 }: {
    readonly target: number;
    readonly total?: number;
    readonly burst?: number;
    readonly maxDown?: number;
    readonly maxUp?: number;
    readonly grace?: number;
    readonly retention?: number;
  },
  initial = 1,
): Row[] {
  const instances = fleet(initial);
  const table: Row[] = [];
  const written: Row[] = [];
  let panickingSince: number | null = initial > 1 ? 0 : null;
  let mostPanicPods = initial;
  let active = { is: initial > 0 ? "true" : "false", since: initial > 0 ? 0 : -Infinity };
  let proxySince: number | null = -Infinity;
  let wasBusy = false;
  let want = 0, capacity = total - burst, reconcileAt = Infinity, pods = initial;
  const become = (is: string, now: number) => {
    if (is !== active.is) active = { is, since: now };
  };

  /** autoscaler.go: what the windows ask for. */
  function scale(now: number, ready: number) {
    const stable = bucketMean(written, now, 60);
    if (stable === undefined) return;
    const panic = bucketMean(written, now, 6) ?? 0;
    const r = Math.max(1, ready);
    const [dspc, dppc] = [Math.ceil(stable / target), Math.ceil(panic / target)];
    const between = (n: number) =>
      Math.min(Math.max(n, Math.floor(r / maxDown)), Math.ceil(maxUp * r));
    if (dppc / r >= 2) panickingSince = now;
    else if (panickingSince !== null && panickingSince + 60 < now) {
      panickingSince = null;
      mostPanicPods = 0;
    }
    want = between(dspc);
    if (panickingSince !== null) {
      want = mostPanicPods = Math.max(mostPanicPods, want, between(dppc));
    }
    capacity = burst === 0 ? 0 : burst < 0 ? -1 : Math.floor(ready * total - burst - panic);
  }

  /** scaler.go and kpa.go: what becomes of it; pods stay as they are but for what is applied. */
  function reconcile(now: number, ready: number, there: number): number {
    if (there > 0 && pods === 0) become("unknown", now);
    pods = there;
    reconcileAt = Infinity;
    let apply = there;
    if (want > 0) apply = want;
    else if (there === 0) become("false", now);
    else if (active.is === "true" && now - active.since < 60) {
      apply = 1;
      reconcileAt = active.since + 60;
    } else if (active.is === "true") {
      const after = proxySince === null ? 0 : 3;
      reconcileAt = Math.max(now + after, now + retention, (proxySince ?? now) + grace);
      become(`false until ${reconcileAt}`, now);
    } else if (active.is.startsWith("false")) {
      const zeroAt = Number(active.is.split(" ").at(-1));
      if (now < zeroAt) reconcileAt = zeroAt;
      else apply = 0;
    }
    if (want > 0 || active.is === "unknown") become(ready >= 1 ? "true" : "unknown", now);
    const proxies = active.is.startsWith("false") || capacity < 0;
    proxySince = proxies ? proxySince ?? now : null;
    return apply;
  }

  for (let before = 0, now = 2; now <= until; before = table.at(-1)![0]) {
    const { ready, starting } = instances.at(now);
    const values = Array.from({ length: now - before }, (_, i) => load(before + 1 + i));
    // concurrency_reporter.go, computeReport: the activator reports once that it has nothing any more.
    const isBusy = values.some((value) => value > 0);
    if (ready > 0 || isBusy || wasBusy) {
      values.forEach((value, i) => written.push([before + 1 + i, value]));
    }
    wasBusy = isBusy;
    scale(now, ready);
    const apply = reconcile(now, ready, ready + starting);
    instances.apply(now, apply);
    table.push([now, apply]);
    const tick = 2 * Math.floor(now / 2) + 2;
    now = reconcileAt > now && reconcileAt < tick ? reconcileAt : tick;
  }
  return table;
}

const TEN: KnativeKpaOptions = { target: 10, targetUtilization: 1 };
/** Desired counts at the given instants. */
const at = (table: readonly Row[], ...instants: number[]) =>
  instants.map((t) => table.find(([now]) => now === t)?.[1]);
/** Instant of the first evaluation that wants none. */
const zeroAt = (table: readonly Row[]) => table.find(([, desired]) => desired === 0)?.[0];

Deno.test("knative-kpa on a step: panic at the first tick, until a stable window after it", () => {
  // 35 requests from the start on one instance: ceil(3.5) = 4, and 4 / 1 >= 2 is panic.
  const table = ofPolicy(() => 35, 200, TEN);
  deepStrictEqual(new Set(table.map(([, desired]) => desired)), new Set([4]));
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

Deno.test("knative-kpa goes to zero a window after the load, and three seconds behind the activator", () => {
  // scaler.go, handleScaleToZero: with a burst capacity of 211 one instance of 10 has the activator in
  // its path all the time, so that the grace is over ("fast path") and the revision is looked at again
  // after 3 s. Otherwise the network has to be led there, which takes the grace at most. The retention
  // is a minimum either way.
  const load = (second: number) => second <= 100 ? 10 : 0;
  const rows: readonly (readonly [KnativeKpaOptions, number])[] = [
    [{}, 163],
    [{ scaleToZeroGraceSeconds: 0 }, 163],
    [{ scaleToZeroGraceSeconds: 100 }, 163],
    [{ targetBurstCapacity: -1 }, 163],
    [{ targetBurstCapacity: 0 }, 190],
    [{ targetBurstCapacity: 0, scaleToZeroGraceSeconds: 6 }, 166],
    [{ targetBurstCapacity: 0, scaleToZeroGraceSeconds: 7 }, 167],
    [{ targetBurstCapacity: 0, scaleToZeroGraceSeconds: 0 }, 162],
    // 10 - 0.5 - 10 < 0 while there is load; 10 - 0.5 - 0 > 0 from the sixth second after it.
    [{ targetBurstCapacity: 0.5 }, 190],
    [{ podRetentionSeconds: 50 }, 210],
    [{ podRetentionSeconds: 2 }, 163],
    [{ targetBurstCapacity: 0, podRetentionSeconds: 20 }, 190],
    [{ targetBurstCapacity: 0, podRetentionSeconds: 40 }, 200],
  ];
  for (const [options, expected] of rows) {
    const table = ofPolicy(load, 260, { ...TEN, ...options });
    const { targetBurstCapacity: burst, scaleToZeroGraceSeconds: grace } = options;
    const hand = byHand(load, 260, {
      target: 10,
      burst,
      grace,
      retention: options.podRetentionSeconds,
    });
    deepStrictEqual(table, hand, JSON.stringify(options));
    strictEqual(zeroAt(table), expected, JSON.stringify(options));
  }
  strictEqual(zeroAt(ofPolicy(load, 900, { ...TEN, enableScaleToZero: false })), undefined);
  strictEqual(zeroAt(ofPolicy(load, 900, { ...TEN, minInstances: 1 })), undefined);
});

Deno.test("knative-kpa keeps a new instance for a stable window even without load", () => {
  strictEqual(zeroAt(ofPolicy(() => 0, 120, TEN)), 60 + 3);
  // What becomes active at 11 s, off the ticks, is looked at a window later, off the ticks.
  const policy = knativeKpa(TEN);
  const ask = (nowSeconds: number, ready: number, concurrency = 0) =>
    policy.desired(signalsOf({ nowSeconds, ready, starting: 1 - ready, concurrency }));
  for (let now = 2; now <= 12; now += 2) ask(now, 0, now <= 4 ? 1 : 0);
  ask(13, 1);
  for (let now = 14; now <= 70; now += 2) strictEqual(ask(now, 1), 1);
  strictEqual(policy.nextAfter!(70), 72);
  strictEqual(ask(72, 1), 1);
  strictEqual(policy.nextAfter!(72), 73, "73 s is a window after 13 s");
  ask(73, 1);
  strictEqual(policy.nextAfter!(73), 74);
  strictEqual(policy.nextAfter!(74), 76);
  ask(74, 1);
  strictEqual(policy.nextAfter!(74), 76);
  ask(76, 1);
  strictEqual(ask(78, 1), 0);
});

Deno.test("knative-kpa gives up the decision for none when a request comes in the grace", () => {
  const load = (second: number) => second <= 40 || second === 111 ? 10 : 0;
  const options = { ...TEN, targetBurstCapacity: 0, scaleToZeroGraceSeconds: 20 };
  const table = ofPolicy(load, 320, options);
  deepStrictEqual(table, byHand(load, 320, { target: 10, burst: 0, grace: 20 }));
  // Empty at 102 s (41 s is in the tick to 42 s), so none at 122 s; but the request at 111 s is in the
  // window until 172 s, and the revision active anew since 112 s.
  deepStrictEqual(at(table, 120, 122, 124), [1, 1, 1]);
  strictEqual(zeroAt(table), 172 + 20);
});

Deno.test("knative-kpa: averages restart at the first report after a window without data", () => {
  // bucketing.go, Record: after a window without a write the first write is reset, for each window by
  // itself. Scaled to zero since 163 s; at 200 s the panic window has restarted, and the stable one not.
  const early = (second: number) => second <= 100 ? 10 : second > 200 ? 30 : 0;
  const late = (second: number) => second <= 100 ? 10 : second > 240 ? 30 : 0;
  for (const load of [early, late]) {
    deepStrictEqual(ofPolicy(load, 400, TEN), byHand(load, 400, { target: 10 }));
  }
  // The panic mean is 30 at once, which is 3 instances and panic, in both.
  deepStrictEqual(at(ofPolicy(early, 400, TEN), 200, 202), [0, 3]);
  deepStrictEqual(at(ofPolicy(late, 400, TEN), 240, 242), [0, 3]);
  // Without panic it is the stable window that counts: 30 * 2 / 60 = 1 after 38 s without data, 30 at
  // once after 79 s.
  const calm = { ...TEN, panicThreshold: 10 };
  deepStrictEqual(at(ofPolicy(early, 400, calm), 202, 204), [1, 1]);
  deepStrictEqual(at(ofPolicy(late, 400, calm), 242, 244), [3, 3]);
});

Deno.test("knative-kpa on a flapping load holds the peak and never flaps itself", () => {
  const load = (second: number) => Math.floor((second - 1) / 10) % 2 === 0 ? 30 : 0;
  const table = ofPolicy(load, 600, TEN);
  deepStrictEqual(table, byHand(load, 600, { target: 10 }));
  // Panic asks for 3 and needs 2 x ready: over the threshold only at first, with one instance.
  deepStrictEqual(at(table, 2, 40, 70), [3, 3, 3]);
  // In stable mode the mean is 15: two instances throughout.
  ok(table.slice(50).every(([, desired]) => desired === 2 || desired === 3));
});

Deno.test("knative-kpa begins in panic with more than one instance", () => {
  const table = ofPolicy(() => 5, 100, TEN, 8);
  deepStrictEqual(table, byHand(() => 5, 100, { target: 10 }, 8));
  deepStrictEqual(at(table, 2, 60, 62, 64, 66), [8, 8, 4, 2, 1]);
});

Deno.test("knative-kpa equals the table by hand for any load", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120 })), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.integer({ min: 1, max: 25 }),
      fc.constantFrom(211, 0, -1, 20),
      fc.constantFrom(0, 7, 30),
      fc.integer({ min: 0, max: 3 }),
      (levels, target, burst, grace, initial) => {
        const load = (second: number) =>
          levels[Math.min(levels.length - 1, Math.floor(second / 13))];
        const rules = { targetBurstCapacity: burst, scaleToZeroGraceSeconds: grace };
        deepStrictEqual(
          ofPolicy(load, 700, { target, targetUtilization: 1, ...rules }, initial),
          byHand(load, 700, { target, burst, grace }, initial),
        );
      },
    ),
    { numRuns: 150, seed: 20261109 },
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
