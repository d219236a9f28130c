import { equal } from "#assert";
import fc from "fast-check";
import { GapMaxima } from "./gap_maxima.ts";

Deno.test("GapMaxima knows the longest gap since any run, like a list of all of them", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(gaps, (values) => {
      const maxima = new GapMaxima();
      values.forEach((gap, run) => {
        equal(maxima.nextRun, run);
        maxima.longestSeconds = gap;
        maxima.endRun();
        for (let since = 0; since <= run; since += 1 + (run >> 4)) {
          equal(maxima.longestSince(since), Math.max(...values.slice(since, run + 1)));
        }
        equal(maxima.longestSince(run + 1), 0, "nothing has happened since");
      });
    }),
    { seed: 1 },
  );
});

Deno.test("GapMaxima keeps numbering its runs after it has been cleared", () => {
  const maxima = new GapMaxima();
  maxima.longestSeconds = 9;
  maxima.endRun();
  maxima.clear();
  equal(maxima.nextRun, 1);
  maxima.longestSeconds = 2;
  maxima.endRun();
  equal(maxima.longestSince(1), 2);
});

Deno.test("GapMaxima keeps as many runs as fall one below the other", () => {
  const maxima = new GapMaxima();
  for (let gap = 300; gap > 0; gap--) {
    maxima.longestSeconds = gap;
    maxima.endRun();
  }
  for (let run = 0; run < 300; run++) equal(maxima.longestSince(run), 300 - run);
});
