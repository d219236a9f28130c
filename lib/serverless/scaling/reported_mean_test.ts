import { deepEqual, equal } from "#assert";
import { ReportedMean } from "./reported_mean.ts";

Deno.test("ReportedMean: a window, partial at first, in which what is missing between reports is 0", () => {
  const window = new ReportedMean(6);
  equal(window.mean(0), 0);
  window.add(0, 2, 10);
  equal(window.mean(2), 10);
  window.add(2, 4, 4);
  equal(window.mean(4), 7);
  window.add(6, 8, 6);
  // From 2 to 8 s: 4 for two seconds, nothing for two, 6 for two.
  equal(window.mean(8), Math.floor(20 / 6 * 1e6) / 1e6);
  // Without reports it is that of what was reported: from 4 to 8 s, then from 6 to 8 s.
  deepEqual([window.mean(10), window.mean(12), window.mean(14)], [3, 6, 0]);
});

Deno.test("ReportedMean: it begins anew after a window between the seconds of two reports", () => {
  // bucketing.go compares the begins of seconds: one that is reported last begins a second before its end.
  const rows: readonly (readonly [from: number, mean: number])[] = [
    [12, 2],
    [14, 2],
    [14.9, 2],
    [15, 12],
    [20, 12],
  ];
  for (const [from, expected] of rows) {
    const window = new ReportedMean(6);
    window.add(4, 10, 0);
    window.add(from, from + 1, 12);
    // Six seconds back from the end of the report, or the report alone.
    equal(window.mean(from + 1), expected, `from ${from} s`);
  }
});

Deno.test("ReportedMean: it is empty when its last second began more than a window ago", () => {
  const window = new ReportedMean(6);
  equal(window.isEmpty(0), true);
  window.add(0, 2, 5);
  deepEqual([2, 6, 7, 7.5, 9].map((now) => window.isEmpty(now)), [false, false, false, true, true]);
});

Deno.test("ReportedMean: a window shorter than an interval has the mean of the last one", () => {
  const window = new ReportedMean(1);
  window.add(0, 2, 5);
  window.add(2, 4, 8);
  equal(window.mean(4), 8);
  equal(window.mean(4.5), 8);
});
