import { equal, ok } from "#assert";
import fc from "fast-check";
import { addStepEnergy, type StepPower, type StepSeries } from "./step_energy.ts";

const energyOf = (power: StepPower, series: StepSeries) => {
  const sum = { joules: 0, limitedSeconds: 0 };
  addStepEnergy(power, series, sum);
  return sum;
};

/** Step by step, each by itself: the law that the closed form has to keep. */
function naive(power: StepPower, series: StepSeries) {
  let joules = 0, limitedSeconds = 0;
  const gap = Math.min(
    series.firstSeconds,
    power.gapSeconds + power.gapSecondsPerSequence * series.sequences,
  );
  for (let k = 0; k < series.steps; k++) {
    const seconds = series.firstSeconds + k * series.moreSeconds;
    const wanted = power.idleWatts * seconds + power.activeWatts * (seconds - gap) +
      power.joulesPerFlop * (series.firstFlops + k * series.moreFlops) +
      power.joulesPerByte * (series.firstBytes + k * series.moreBytes);
    const most = power.limitWatts * seconds;
    joules += Math.min(wanted, most);
    if (wanted > most) limitedSeconds += seconds;
  }
  return { joules, limitedSeconds };
}

const amount = (max: number) => fc.double({ min: 0, max, noNaN: true });

Deno.test("addStepEnergy() of many steps is the sum of each by itself, the limit crossed or not", () => {
  let crossed = 0;
  fc.assert(
    fc.property(
      fc.record({
        idleWatts: amount(200),
        limitWatts: fc.double({ min: 250, max: 700, noNaN: true }),
        activeWatts: amount(200),
        joulesPerFlop: fc.constantFrom(0.5, 1),
        joulesPerByte: fc.constantFrom(0, 0.5),
        gapSeconds: amount(0.05),
        gapSecondsPerSequence: amount(0.01),
      }),
      fc.record({
        steps: fc.integer({ min: 1, max: 60 }),
        firstSeconds: fc.double({ min: 0.2, max: 1, noNaN: true }),
        moreSeconds: amount(0.05),
        sequences: fc.integer({ min: 1, max: 9 }),
        firstFlops: amount(600),
        moreFlops: amount(30),
        firstBytes: amount(300),
        moreBytes: amount(30),
      }),
      (power, series) => {
        const [whole, single] = [energyOf(power, series), naive(power, series)];
        ok(Math.abs(whole.joules - single.joules) <= 1e-9 * (1 + single.joules), "joules");
        // Where a step is at the limit to the last bit, either side of it is right.
        const { steps, firstSeconds, moreSeconds } = series;
        const total = steps * firstSeconds + moreSeconds * (steps * (steps - 1) / 2);
        ok(Math.abs(whole.limitedSeconds - single.limitedSeconds) <= 1e-9 * total, "seconds");
        if (single.limitedSeconds > 0 && single.limitedSeconds < total * (1 - 1e-9)) crossed++;
      },
    ),
    { numRuns: 1000 },
  );
  ok(crossed > 50, `only ${crossed} cases cross the limit`);
});

Deno.test("addStepEnergy() at the limit is flat: more arithmetic in the same time takes no more", () => {
  const power = {
    idleWatts: 100,
    limitWatts: 700,
    activeWatts: 250,
    joulesPerFlop: 1e-12,
    joulesPerByte: 1e-10,
    gapSeconds: 0,
    gapSecondsPerSequence: 0,
  };
  const step = (firstFlops: number) =>
    energyOf(power, {
      steps: 1,
      firstSeconds: 1,
      moreSeconds: 0,
      sequences: 1,
      firstFlops,
      moreFlops: 0,
      firstBytes: 0,
      moreBytes: 0,
    });
  equal(step(1e14).joules, 450);
  equal(step(1e14).limitedSeconds, 0);
  equal(step(4e14).joules, 700);
  equal(step(8e14).joules, 700);
  equal(step(8e14).limitedSeconds, 1);
});
