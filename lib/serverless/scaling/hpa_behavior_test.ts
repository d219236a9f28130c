import { deepStrictEqual, strictEqual } from "#assert";
import * as fc from "fast-check";
import { withDefaults } from "../../settings/from_table.ts";
import { hpaPolicy } from "./hpa.ts";
import {
  HPA_SCALE_DOWN,
  HPA_SCALE_UP,
  HpaBehavior,
  type HpaRate,
  type HpaRules,
} from "./hpa_behavior.ts";
import { type HpaBehaviorSettings, hpaRules } from "./hpa_behavior_settings.ts";

type HpaRuleSettings = HpaBehaviorSettings["scaleUp"];

const rates = fc.array(
  fc.record({
    type: fc.constantFrom<HpaRate["type"]>("pods", "percent"),
    value: fc.constantFrom(0, 1, 3, 10, 50, 100),
    periodSeconds: fc.constantFrom(15, 20, 60),
  }),
  { maxLength: 3 },
);
const rules: fc.Arbitrary<HpaRules> = fc.record({
  stabilizationSeconds: fc.constantFrom(0, 15, 40),
  rates,
  select: fc.constantFrom(undefined, "max", "min", "disabled"),
});

interface Tick {
  readonly now: number;
  readonly current: number;
  readonly asked: number;
  /** What was answered. */
  readonly count?: number;
}

/**
 * Instances at the beginning of a rate's period: what the autoscaler's own changes since then leave of
 * today's. What others have done at once is none of them.
 */
function before(past: readonly Tick[], seconds: number): number {
  const { now, current } = past.at(-1)!;
  let count = current;
  past.slice(0, -1).forEach((tick, i) => {
    if (tick.now <= now - seconds) return;
    const asked = tick.count! - tick.current;
    const made = past[i + 1].current - tick.current;
    if (asked * made > 0) count -= Math.sign(asked) * Math.min(Math.abs(asked), Math.abs(made));
  });
  return count;
}

/** What the rules say of all recommendations and counts so far. */
function naive(up: HpaRules, down: HpaRules, past: readonly Tick[]): number {
  const { now, current, asked } = past.at(-1)!;
  const all = [{ now: past[0].now, asked: past[0].current }, ...past];
  const within = (seconds: number) =>
    all.filter((tick) => tick.now > now - seconds).map((tick) => tick.asked);
  const least = Math.min(asked, ...within(up.stabilizationSeconds));
  const greatest = Math.max(asked, ...within(down.stabilizationSeconds));
  const allowed = ({ rates, select }: HpaRules, sign: 1 | -1) => {
    const changes = rates.map(({ type, value, periodSeconds }) => {
      const count = before(past, periodSeconds);
      const to = type === "pods" ? count + sign * value : count * (1 + sign * value / 100);
      // A share of an instance is one more, in either direction.
      return sign * ((sign > 0 ? Math.ceil(to) : Math.trunc(to)) - current);
    });
    if (select === "disabled") return 0;
    if (changes.length === 0) return Infinity;
    return Math.max(0, select === "min" ? Math.min(...changes) : Math.max(...changes));
  };
  if (least > current) return current + Math.min(least - current, allowed(up, 1));
  if (greatest < current) return current - Math.min(current - greatest, allowed(down, -1));
  return current;
}

Deno.test("HpaBehavior: every count is what the rules say of all recommendations and changes", () => {
  const ticks = fc.array(
    fc.record({
      gap: fc.constantFrom(15, 15, 5, 30),
      asked: fc.integer({ min: 0, max: 60 }),
      // What others than the autoscaler do to the count.
      change: fc.constantFrom(0, 0, 0, 2, -1),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(rules, rules, ticks, (up, down, list) => {
      const behavior = new HpaBehavior(up, down);
      const past: Tick[] = [];
      let now = 0, count = 5;
      for (const { gap, asked, change } of list) {
        now += gap;
        const current = Math.max(0, count + change);
        past.push({ now, current, asked });
        count = behavior.next(now, current, asked);
        strictEqual(count, naive(up, down, past), `at ${now} s`);
        past[past.length - 1] = { now, current, asked, count };
      }
    }),
    { numRuns: 1000, seed: 20261106 },
  );
});

/** A direction's rules as a file gives them. */
const given = (rules: Partial<HpaRuleSettings>): HpaRuleSettings => ({
  stabilizationWindowSeconds: null,
  selectPolicy: "max",
  policies: [],
  ...rules,
});

const behaviorOf = (
  up: Partial<HpaRuleSettings>,
  down: Partial<HpaRuleSettings>,
): HpaBehaviorSettings => ({ scaleUp: given(up), scaleDown: given(down) });

Deno.test("behavior: what is not given is Kubernetes' own, one by one (autoscaling/v2/defaults.go)", () => {
  const none = withDefaults(hpaPolicy.settings, {}).behavior;
  deepStrictEqual(none, behaviorOf({}, {}));
  deepStrictEqual(hpaRules(none, 300), {
    scaleUp: { ...HPA_SCALE_UP, select: "max" },
    scaleDown: { ...HPA_SCALE_DOWN, select: "max" },
  });
  const pods: HpaRate = { type: "pods", value: 1, periodSeconds: 60 };
  deepStrictEqual(
    hpaRules(
      behaviorOf({ selectPolicy: "min", stabilizationWindowSeconds: 0 }, { policies: [pods] }),
      45,
    ),
    {
      scaleUp: { ...HPA_SCALE_UP, select: "min" },
      scaleDown: { stabilizationSeconds: 45, rates: [pods], select: "max" },
    },
  );
});

/** Counts every 15 s from a first one, when every answer is followed at once. */
function counts(
  { scaleUp, scaleDown }: ReturnType<typeof hpaRules>,
  first: number,
  asked: readonly number[],
): number[] {
  const behavior = new HpaBehavior(scaleUp, scaleDown);
  let count = first;
  return asked.map((one, i) => count = behavior.next(15 * (i + 1), count, one));
}

Deno.test("behavior: policies, selectPolicy and windows, tick by tick (horizontal.go)", () => {
  const pods = (value: number, periodSeconds = 15): HpaRate => ({
    type: "pods",
    value,
    periodSeconds,
  });
  const percent = (value: number, periodSeconds = 15): HpaRate => ({
    type: "percent",
    value,
    periodSeconds,
  });
  const rows: readonly (readonly [
    up: Partial<HpaRuleSettings>,
    down: Partial<HpaRuleSettings>,
    first: number,
    asked: readonly number[],
    counts: readonly number[],
  ])[] = [
    // The greater of 4 instances and 100 %: +4 below four, then doubled.
    [{}, {}, 1, [50, 50, 50, 50], [5, 10, 20, 40]],
    [{ selectPolicy: "min" }, {}, 1, [50, 50, 50, 50], [2, 4, 8, 12]],
    [{ selectPolicy: "disabled" }, {}, 3, [50, 50, 1], [3, 3, 3]],
    [{ policies: [pods(1)] }, {}, 1, [50, 50, 50], [2, 3, 4]],
    // One a minute: the changes of the last 60 s count together.
    [{ policies: [pods(1, 60)] }, {}, 1, [9, 9, 9, 9, 9, 9], [2, 2, 2, 2, 3, 3]],
    // A share is rounded up to a whole instance.
    [{ policies: [percent(10)] }, {}, 1, [9, 9, 9], [2, 3, 4]],
    [{ policies: [percent(50), pods(1)] }, {}, 10, [99, 99], [15, 23]],
    [{ policies: [percent(50), pods(1)], selectPolicy: "min" }, {}, 10, [99, 99], [11, 12]],
    // The least recommendation of the window; the first is the count that there is.
    [{ stabilizationWindowSeconds: 30 }, {}, 2, [9, 9, 9, 9], [2, 2, 6, 9]],
    [{ stabilizationWindowSeconds: 30 }, {}, 2, [9, 9, 4, 9, 9], [2, 2, 4, 4, 8]],
    [{}, { stabilizationWindowSeconds: 0 }, 9, [2, 5, 1], [2, 5, 1]],
    [{}, { stabilizationWindowSeconds: 30 }, 9, [2, 3, 1, 1], [9, 9, 3, 1]],
    [{}, { stabilizationWindowSeconds: 45 }, 9, [2, 2, 2, 2], [9, 9, 9, 2]],
    [{}, { stabilizationWindowSeconds: 0, selectPolicy: "disabled" }, 9, [1, 1, 12], [9, 9, 12]],
    [{}, { stabilizationWindowSeconds: 0, policies: [pods(2)] }, 9, [1, 1, 1], [7, 5, 3]],
    [{}, { stabilizationWindowSeconds: 0, policies: [pods(2, 30)] }, 9, [1, 1, 1], [7, 7, 5]],
    // What a share leaves is cut to a whole instance, so that a tenth of 9 is one.
    [{}, { stabilizationWindowSeconds: 0, policies: [percent(10)] }, 9, [1, 1], [8, 7]],
    [
      {},
      {
        stabilizationWindowSeconds: 0,
        policies: [percent(10, 60), pods(4, 60)],
        selectPolicy: "min",
      },
      80,
      [1, 1, 1, 1, 1],
      [76, 76, 76, 76, 72],
    ],
    // Going up in between: the period began with 4, so that 2 may go from there, not from 8.
    [{}, { stabilizationWindowSeconds: 0, policies: [pods(2, 30)] }, 4, [8, 1, 1], [8, 2, 2]],
  ];
  for (const [up, down, first, asked, expected] of rows) {
    const rules = hpaRules(behaviorOf(up, down), 300);
    deepStrictEqual(counts(rules, first, asked), expected, JSON.stringify([up, down]));
  }
});
