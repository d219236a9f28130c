import { deepStrictEqual, strictEqual, throws } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { targetTracking } from "./target_tracking.ts";

/** Minute, instances that are ready and that start, mean requests in flight, arrivals, the answer. */
type Tick = readonly [
  minute: number,
  ready: number,
  starting: number,
  concurrency: number,
  arrivals: number,
  desired: number,
  why: string,
];

function follow(policy: ReturnType<typeof targetTracking>, ticks: readonly Tick[]): void {
  for (const [minute, ready, starting, concurrency, arrivals, desired, why] of ticks) {
    const signals = { nowSeconds: 60 * minute, ready, starting, concurrency, arrivals };
    strictEqual(policy.desired(signalsOf(signals)), desired, `minute ${minute}: ${why}`);
  }
}

Deno.test("target-tracking, tick by tick: out of nothing, out, cooldown, in, to nothing", () => {
  // Target 5; out at 3 of 3 readings above 5, in at 15 of 15 below 4.5; cooldowns of 5 minutes.
  follow(targetTracking(), [
    [1, 0, 0, 0, 0, 0, "nothing is there, nothing comes"],
    [2, 0, 0, 2, 2, 1, "a request fails: one copy"],
    [3, 0, 1, 2, 3, 1, "it starts; nothing is read meanwhile"],
    [4, 0, 1, 2, 3, 1, "it still starts"],
    [5, 1, 0, 12, 9, 1, "first reading above the target"],
    [6, 1, 0, 12, 9, 1, "second"],
    [7, 1, 0, 12, 9, 3, "third: ceil(1 x 12 / 5)"],
    [8, 1, 2, 12, 9, 3, "in the cooldown what starts counts: ceil(1 x 12 / 5) is there"],
    [9, 1, 2, 17, 9, 4, "more than is there: ceil(1 x 17 / 5)"],
    [10, 1, 3, 17, 9, 4, "that is there"],
    [11, 1, 3, 17, 9, 4, "and again"],
    [12, 1, 3, 17, 9, 4, "the first cooldown would be over, the second is not"],
    [13, 4, 0, 17, 9, 4, "17 / 4 is below the target"],
    [14, 4, 0, 26, 9, 4, "6.5 once"],
    [15, 4, 0, 15, 9, 4, "not any more: the count begins anew"],
    [16, 4, 0, 26, 9, 4, "once"],
    [17, 4, 0, 26, 9, 4, "twice"],
    [18, 4, 0, 26, 9, 6, "three in a row: ceil(4 x 6.5 / 5)"],
    ...Array.from(
      { length: 14 },
      (_, i): Tick => [19 + i, 6, 0, 8, 4, 6, `reading ${i + 1} below 4.5`],
    ),
    [33, 6, 0, 8, 4, 2, "the fifteenth: ceil(6 x 8 / 6 / 5)"],
    [34, 2, 0, 8, 4, 2, "in the cooldown nothing goes"],
    [35, 2, 0, 0, 0, 2, "nor now"],
    [36, 2, 0, 0, 0, 2, "nor now"],
    [37, 2, 0, 0, 0, 2, "nor now"],
    [38, 2, 0, 0, 0, 0, "all fifteen are below, five minutes are over: nothing is asked for"],
    [39, 0, 0, 0, 0, 0, "nothing is there"],
    [40, 0, 0, 1, 1, 1, "a request fails: one copy"],
  ]);
});

Deno.test("target-tracking multiplies what starts once its cooldown is over", () => {
  const policy = targetTracking({ outCooldownSeconds: 60, outDatapoints: 1, outPeriods: 1 });
  follow(policy, [
    [1, 1, 0, 10, 5, 2, "ceil(10 / 5)"],
    [
      2,
      1,
      1,
      10,
      5,
      4,
      "a start that outlasts the cooldown is read as an instance that does not help",
    ],
  ]);
});

Deno.test("target-tracking: two of three readings are enough where the alarm says so", () => {
  follow(targetTracking({ outDatapoints: 2, outPeriods: 3 }), [
    [1, 1, 0, 10, 5, 1, "one above"],
    [2, 1, 0, 1, 5, 1, "one of two"],
    [3, 1, 0, 10, 5, 2, "two of three"],
  ]);
  follow(targetTracking({ outDatapoints: 2, outPeriods: 3 }), [
    [1, 1, 0, 10, 5, 1, "one above"],
    [2, 1, 0, 10, 5, 2, "two of two"],
  ]);
});

Deno.test("target-tracking: a reading at the target is not above it, one at 90 % not below it", () => {
  const policy = targetTracking({
    outDatapoints: 1,
    outPeriods: 1,
    inDatapoints: 1,
    inPeriods: 1,
    inCooldownSeconds: 0,
  });
  follow(policy, [
    [1, 2, 0, 10, 5, 2, "5 each: not above"],
    [2, 2, 0, 9, 5, 2, "4.5 each: not below"],
    [3, 2, 0, 10.01, 5, 3, "above"],
    [4, 2, 0, 4.99, 5, 1, "below, and one is enough"],
  ]);
});

Deno.test("target-tracking takes nothing away within the cooldown of any change", () => {
  const settings = { outDatapoints: 1, outPeriods: 1, inDatapoints: 1, inPeriods: 1 };
  const low = (minute: number, instances: number, desired: number, why: string): Tick => [
    minute,
    instances,
    0,
    1,
    1,
    desired,
    why,
  ];
  follow(targetTracking(settings), [
    [1, 1, 0, 15, 5, 3, "out"],
    ...[2, 3, 4, 5].map((minute) => low(minute, 3, 3, "since the scale-out")),
    low(6, 3, 1, "five minutes after it"),
  ]);
  follow(targetTracking(settings), [
    [1, 0, 0, 0, 1, 1, "from no instance"],
    ...[2, 3, 4, 5].map((minute): Tick => [minute, 1, 0, 0, 0, 1, "since it was started"]),
    [6, 1, 0, 0, 0, 0, "five minutes after it"],
  ]);
});

Deno.test("target-tracking reads arrivals a minute where it is told to", () => {
  const policy = targetTracking({
    metric: "invocations",
    target: 60,
    outDatapoints: 1,
    outPeriods: 1,
    periodSeconds: 30,
  });
  // 50 arrivals in half a minute on one instance: 100 a minute.
  strictEqual(policy.desired(signalsOf({ nowSeconds: 30, ready: 1, arrivals: 50 })), 2);
});

Deno.test("target-tracking: from no instance one copy a minute, however many requests fail", () => {
  const policy = targetTracking({ fromZeroCooldownSeconds: 180 });
  const asked = [1, 2, 3, 4].map((minute) =>
    policy.desired(signalsOf({ nowSeconds: 60 * minute, arrivals: 9 }))
  );
  deepStrictEqual(asked, [1, 0, 0, 1], "a start that is lost is made up for after the cooldown");
});

Deno.test("target-tracking refuses alarms that look at fewer readings than they want", () => {
  throws(() => targetTracking({ outDatapoints: 4 }), {
    name: "RangeError",
    message: /outDatapoints/,
  });
});
