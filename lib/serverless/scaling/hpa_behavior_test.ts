import { strictEqual } from "#assert";
import * as fc from "fast-check";
import { HpaBehavior, type HpaRate, type HpaRules } from "./hpa_behavior.ts";

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
  select: fc.constantFrom(undefined, "max", "min"),
});

interface Tick {
  readonly now: number;
  readonly current: number;
  readonly asked: number;
}

/** Instances at the beginning of a rate's period: what the changes since then leave of today's. */
function before(past: readonly Tick[], seconds: number): number {
  const { now, current } = past.at(-1)!;
  let count = current;
  past.slice(0, -1).forEach((tick, i) => {
    if (tick.now > now - seconds) count -= past[i + 1].current - tick.current;
  });
  return count;
}

/** What the rules say of all recommendations and counts so far. */
function naive(up: HpaRules, down: HpaRules, past: readonly Tick[]): number {
  const { now, current, asked } = past.at(-1)!;
  const within = (seconds: number) =>
    past.filter((tick) => tick.now > now - seconds).map((tick) => tick.asked);
  const least = Math.min(asked, ...within(up.stabilizationSeconds));
  const greatest = Math.max(asked, ...within(down.stabilizationSeconds));
  const allowed = ({ rates, select }: HpaRules, sign: 1 | -1) => {
    const changes = rates.map(({ type, value, periodSeconds }) => {
      const count = before(past, periodSeconds);
      const to = type === "pods" ? count + sign * value : count * (1 + sign * value / 100);
      // A share of an instance is one more, in either direction.
      return sign * ((sign > 0 ? Math.ceil(to) : Math.trunc(to)) - current);
    });
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
      }
    }),
    { numRuns: 1000, seed: 20261106 },
  );
});
