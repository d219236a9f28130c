import { equal, ok } from "#assert";
import fc from "fast-check";
import { Leap, toTick } from "./leap.ts";

const TICK = 2 ** -36;
/** Nine hours: as long as ticks are 2^-36 s. */
const instants = fc.double({ min: 0, max: 32_000, noNaN: true });
const leaps = fc.record({
  start: instants,
  first: fc.double({ min: 1e-4, max: 2, noNaN: true }),
  increment: fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e-3, noNaN: true })),
  steps: fc.integer({ min: 1, max: 3000 }),
});

function runOf(values: { start: number; first: number; increment: number; steps: number }) {
  const leap = new Leap();
  leap.begin(toTick(values.start), values.first, values.increment, values.steps);
  return leap;
}

Deno.test("toTick() is the nearest multiple of the tick, keeps ticks and the order of instants", () => {
  fc.assert(
    fc.property(instants, instants, (a, b) => {
      const tick = toTick(a);
      ok(Number.isInteger(tick / TICK));
      ok(Math.abs(tick - a) <= TICK / 2);
      equal(toTick(tick), tick);
      ok(a > b || toTick(a) <= toTick(b));
    }),
    { seed: 1 },
  );
});

Deno.test("Leap.seconds() is the sum of its steps", () => {
  fc.assert(
    fc.property(leaps, (values) => {
      const leap = runOf(values);
      let sum = 0;
      for (let k = 0; k < values.steps; k++) {
        ok(Math.abs(leap.seconds(k) - sum) <= 1e-12 * (1 + sum) * 10);
        sum += values.first + k * values.increment;
      }
      ok(Math.abs(leap.seconds(values.steps) - sum) <= 1e-12 * (1 + sum) * 10);
    }),
    { seed: 1 },
  );
});

Deno.test("Leap.stepsDoneBy() counts the ends up to an instant, that instant included", () => {
  fc.assert(
    fc.property(leaps, fc.nat(), (values, pick) => {
      const leap = runOf(values);
      const count = pick % (values.steps + 1);
      const end = leap.endAtSeconds(count);
      equal(leap.stepsDoneBy(end), count);
      if (count > 0) equal(leap.stepsDoneBy(end - TICK), count - 1);
      equal(leap.stepsDoneBy(leap.endAtSeconds(values.steps) + 100), values.steps, "never more");
    }),
    { seed: 1 },
  );
});

Deno.test("Leap.stepsDoneBy() is right at any instant", () => {
  fc.assert(
    fc.property(leaps, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const leap = runOf(values);
      const now = leap.startAtSeconds + share * leap.seconds(values.steps);
      const done = leap.stepsDoneBy(now);
      ok(done === 0 || leap.endAtSeconds(done) <= now);
      ok(done === values.steps || leap.endAtSeconds(done + 1) > now);
    }),
    { seed: 1 },
  );
});

Deno.test("Leap.remainingSeconds() sums what is left of the leap at every stride-th step", () => {
  fc.assert(
    fc.property(
      leaps,
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 32 }),
      (values, a, b, stride) => {
        const leap = runOf(values);
        const last = a % values.steps;
        const first = b % (last + 1);
        const total = leap.seconds(values.steps);
        let expected = 0;
        for (let k = first; k <= last; k += stride) expected += total - leap.seconds(k);
        const found = leap.remainingSeconds(first, stride, last, total);
        ok(Math.abs(found - expected) <= 1e-9 * (1 + expected), `${found}, expected ${expected}`);
      },
    ),
    { seed: 1 },
  );
});
