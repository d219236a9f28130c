import { equal, ok } from "#assert";
import fc from "fast-check";
import { loadConfig } from "./load.ts";
import { sampleIntervalSeconds } from "./sample_interval.ts";

const interval = (seconds: number, text = "{}") => sampleIntervalSeconds(loadConfig(text), seconds);

Deno.test("an interval that is not set follows the time for which requests arrive", () => {
  equal(interval(0), 1);
  equal(interval(5000), 1);
  equal(interval(5000.1), 2);
  equal(interval(86_400), 20);
  equal(interval(30 * 86_400), 600);
  equal(interval(4e9), 10 * 86_400);
  equal(interval(1e6, "metrics: { collect_interval: 7 }"), 7);
  equal(interval(60, "simulation: { duration: 1d, end: duration }"), 20);
  equal(interval(60, "simulation: { duration: 1d, drain: false }"), 1);
});

Deno.test("there are at most 5,000 rows, and more than 1,600 where a run is longer than that", () => {
  fc.assert(fc.property(fc.double({ min: 1, max: 1e10, noNaN: true }), (seconds) => {
    const rows = seconds / interval(seconds);
    ok(rows <= 5000);
    // The longest step between two round intervals is from 20 to 60, that of days from 1 to 2.
    ok(rows >= Math.min(seconds, 1600));
  }));
});
