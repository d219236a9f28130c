import { equal, ok, throws } from "#assert";
import fc from "fast-check";
import { CARBON_REGIONS, meanCarbon, regionCarbon } from "./carbon.ts";

const hours = fc.array(fc.double({ min: 0, max: 900, noNaN: true }), {
  minLength: 24,
  maxLength: 24,
});

Deno.test("meanCarbon() is the mean of the hours that a span touches, as long as it is in each", () => {
  fc.assert(
    fc.property(
      hours,
      fc.double({ min: 0, max: 24, noNaN: true }),
      fc.double({ min: 0, max: 2e5, noNaN: true }),
      fc.double({ min: 60, max: 2e5, noNaN: true }),
      (gramsPerKwh, startHour, from, seconds) => {
        const mean = meanCarbon({ gramsPerKwh, startHour }, from, from + seconds);
        // Minute by minute, at its middle.
        const steps = 4000;
        let sum = 0;
        for (let i = 0; i < steps; i++) {
          const hour = startHour + (from + seconds * (i + 0.5) / steps) / 3600;
          sum += gramsPerKwh[Math.floor(hour) % 24];
        }
        // One step may straddle each change of the hour.
        const slack = 900 * (seconds / 3600 + 2) / steps;
        ok(Math.abs(mean - sum / steps) <= slack + 1e-6, `${mean}, ${sum / steps}`);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("meanCarbon() of whole days is that of the day, wherever they begin", () => {
  const gramsPerKwh = Array.from({ length: 24 }, (_, hour) => 100 + 10 * hour);
  for (const startHour of [0, 0.5, 13.25, 24]) {
    const mean = meanCarbon({ gramsPerKwh, startHour }, 777, 777 + 3 * 86_400);
    ok(Math.abs(mean - 215) < 1e-9, String(mean));
  }
  equal(meanCarbon({ gramsPerKwh: [42], startHour: 0 }, 5, 9), 42);
});

Deno.test("regionCarbon() knows the regions of its list, and names the nearest of others", () => {
  ok(CARBON_REGIONS.length > 40);
  for (const region of CARBON_REGIONS) {
    const { gramsPerKwh, place } = regionCarbon(region);
    ok(gramsPerKwh > 0 && gramsPerKwh < 1000 && place !== "", region);
  }
  throws(() => regionCarbon("us-centrl1"), /did you mean "us-central1"/);
});
