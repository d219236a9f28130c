import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import type { FunctionSeriesColumns, TimeSeriesColumns } from "../../lib/metrics/run_tables.ts";
import { everythingParts } from "../support/everything_parts.ts";
import { type EverythingCase, everythingCases } from "../support/random_everything.ts";

const COUNTS = ["arrivals", "completions"] as const;
const MEANS = ["queued", "running", "starting", "idle", "busy", "draining"] as const;

/** A run, with a series of each function or without; undefined where it cannot go on. */
function attempt(test: EverythingCase, samplesFunctions: boolean): RunRecord | undefined {
  try {
    return simulateCluster({ ...everythingParts(test, "leap"), samplesFunctions });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Values of a column of the functions' series, added up by interval. */
function added(
  series: FunctionSeriesColumns,
  { count, timeSeconds }: TimeSeriesColumns,
  column: typeof COUNTS[number] | typeof MEANS[number] | "coldStarts",
): Float64Array {
  const sums = new Float64Array(count);
  let interval = 0;
  for (let row = 0; row < series.count; row++) {
    while (series.timeSeconds[row] > timeSeconds[interval]) interval++;
    equal(series.timeSeconds[row], timeSeconds[interval], "a row is of an interval of the run");
    sums[interval] += series[column][row];
  }
  return sums;
}

function lawsHold(test: EverythingCase, run: RunRecord): void {
  const { timeSeries, functionSeries: series } = run;
  ok(series !== undefined);
  if (timeSeries.count === 0) return equal(series.count, 0, "a run that ends as it begins");
  for (const column of COUNTS) {
    deepEqual([...added(series, timeSeries, column)], [
      ...timeSeries[column],
    ]);
  }
  for (const column of MEANS) {
    added(series, timeSeries, column).forEach((sum, row) => {
      const { [row]: whole } = timeSeries[column];
      ok(Math.abs(sum - whole) < 1e-8 * (1 + whole), `${column}: ${sum}, not ${whole}`);
    });
  }
  const starts = added(series, timeSeries, "coldStarts").reduce((sum, count) => sum + count, 0);
  // What begins as the run ends may be in no interval.
  const begun =
    run.lives.filter(({ createdAtSeconds: at, madeOf }) =>
      at < run.endAtSeconds && madeOf !== "sleeper" && run.coldStarts > 0
    ).length;
  ok(starts <= run.coldStarts, `${starts} of ${run.coldStarts} starts`);
  if (begun === run.lives.length) equal(starts, run.coldStarts);
  const seen = new Set<string>();
  for (let row = 0; row < series.count; row++) {
    const key = `${series.timeSeconds[row]} ${series.functionId[row]}`;
    ok(!seen.has(key), `two rows of ${key}`);
    seen.add(key);
    ok(series.functionId[row] < test.functions.length);
  }
  // Of one function alone by another way: its arrivals are those of its requests. Who comes as the run
  // ends is in no interval.
  if (timeSeries.arrivals.reduce((sum, one) => sum + one, 0) < run.arrived) return;
  const { functionId, arrivalAtSeconds, count } = run.columns;
  for (let fn = 0; fn < test.functions.length; fn++) {
    let arrivals = 0, own = 0;
    for (let i = 0; i < count; i++) {
      if (functionId[i] === fn && arrivalAtSeconds[i] <= run.endAtSeconds) arrivals++;
    }
    for (let row = 0; row < series.count; row++) {
      if (series.functionId[row] === fn) own += series.arrivals[row];
    }
    equal(own, arrivals);
  }
}

Deno.test("series of functions add up to the run's, and asking for them changes nothing else", () => {
  let ran = 0;
  fc.assert(
    fc.property(everythingCases, (test) => {
      const run = attempt(test, true);
      const plain = attempt(test, false);
      equal(run === undefined, plain === undefined);
      if (run === undefined || plain === undefined) return;
      ran++;
      lawsHold(test, run);
      equal(plain.functionSeries, undefined);
      deepEqual(run.timeSeries, plain.timeSeries);
      deepEqual(run.columns, plain.columns);
    }),
    { seed: 20261130, numRuns: 60 },
  );
  ok(ran > 30, `${ran} runs`);
});
