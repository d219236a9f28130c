import { equal } from "#assert";
import fc from "fast-check";
import { GapMaxima } from "./gap_maxima.ts";

Deno.test("GapMaxima knows the longest gap since any leap, like a list of all of them", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(gaps, (values) => {
      const maxima = new GapMaxima();
      values.forEach((gap, leap) => {
        equal(maxima.nextLeap, leap);
        maxima.longestSeconds = gap;
        maxima.endLeap();
        for (let since = 0; since <= leap; since += 1 + (leap >> 4)) {
          equal(maxima.longestSince(since), Math.max(...values.slice(since, leap + 1)));
        }
        equal(maxima.longestSince(leap + 1), 0, "nothing has happened since");
      });
    }),
    { seed: 1 },
  );
});

Deno.test("GapMaxima keeps numbering its leaps after it has been cleared", () => {
  const maxima = new GapMaxima();
  maxima.longestSeconds = 9;
  maxima.endLeap();
  maxima.clear();
  equal(maxima.nextLeap, 1);
  maxima.longestSeconds = 2;
  maxima.endLeap();
  equal(maxima.longestSince(1), 2);
});

Deno.test("GapMaxima keeps as many leaps as fall one below the other", () => {
  const maxima = new GapMaxima();
  for (let gap = 300; gap > 0; gap--) {
    maxima.longestSeconds = gap;
    maxima.endLeap();
  }
  for (let leap = 0; leap < 300; leap++) equal(maxima.longestSince(leap), 300 - leap);
});
