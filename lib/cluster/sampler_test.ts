import { deepEqual, equal, ok, throws } from "#assert";
import { fixed, FROM_ZERO, impatient, runSmall as run } from "../../tests/support/small_cluster.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { MovingInstances } from "./fleet/moving_instances.ts";
import { Sampler } from "./sampler.ts";

// Steps take one second, starts two, samples come every second.

Deno.test("time series: states are means over the interval, the last one may be short", () => {
  // Starts from 0.25 s on, serves from 2.25 s for three steps, and is over.
  const { timeSeries, endAtSeconds } = run([[0.25, 1, 3]], {
    scaling: { ...FROM_ZERO, maxInstances: 1 },
  });
  equal(endAtSeconds, 5.25);
  deepEqual([...timeSeries.timeSeconds], [1, 2, 3, 4, 5, 5.25]);
  deepEqual([...timeSeries.intervalSeconds], [1, 1, 1, 1, 1, 0.25]);
  deepEqual([...timeSeries.starting], [0.75, 1, 0.25, 0, 0, 0]);
  deepEqual([...timeSeries.busy], [0, 0, 0.75, 1, 1, 1]);
  deepEqual([...timeSeries.queued], [0.75, 1, 0.25, 0, 0, 0]);
  deepEqual([...timeSeries.running], [0, 0, 0.75, 1, 1, 1]);
  deepEqual([...timeSeries.busyFraction], [0, 0, 1, 1, 1, 1]);
});

Deno.test("time series: idle and draining time is told apart from work", () => {
  const { timeSeries } = run([[0, 1, 1], [2.5, 1, 1]], {
    scaling: { ...fixed(1), minInstances: 0 },
    keepAliveSeconds: 0.5,
  });
  // Busy to 1 s, idle to 1.5 s, then gone; nobody starts another.
  deepEqual([...timeSeries.busy].slice(0, 2), [1, 0]);
  deepEqual([...timeSeries.idle].slice(0, 2), [0, 0.5]);
});

Deno.test("time series: who has given up waits no more", () => {
  const { timeSeries } = run([[0, 1, 5], [0, 1, 1]], { fn: impatient(1.5) });
  deepEqual([...timeSeries.queued].slice(0, 3), [1, 0.5, 0]);
});

Deno.test("time series: a run that ends at the instant of a sample has no interval without length", () => {
  const { timeSeries, endAtSeconds } = run([[0, 1, 2]]);
  equal(endAtSeconds, 2);
  deepEqual([...timeSeries.timeSeconds], [1, 2]);
  for (const [name, values] of Object.entries(timeSeries)) {
    // Nobody counts energy here.
    if (/energy|watts|joules|power/i.test(name)) continue;
    if (typeof values !== "number") ok(values.every(Number.isFinite), name);
  }
});

/** A fleet without instances. */
const NOBODY = { moving: new MovingInstances([]), functions: [] } as unknown as Fleet;

Deno.test("Sampler keeps every row, whatever room it had at first", () => {
  const sampler = new Sampler(NOBODY, 2);
  for (let i = 1; i <= 5000; i++) {
    sampler.sample(2 * i, { arrived: i * i, completed: i, requestSeconds: 2 * i * i, of: () => 0 });
  }
  const columns = sampler.columns();
  equal(columns.count, 5000);
  for (const [name, column] of Object.entries(columns)) {
    if (name !== "count") equal((column as Float64Array).length, 5000, name);
  }
  deepEqual(columns.timeSeconds, Float64Array.from({ length: 5000 }, (_, i) => 2 * (i + 1)));
  deepEqual(columns.arrivals, Int32Array.from({ length: 5000 }, (_, i) => 2 * i + 1));
  deepEqual(columns.queued, Float64Array.from({ length: 5000 }, (_, i) => 2 * i + 1));
});

Deno.test("Sampler refuses rows beyond the most that a run can have", () => {
  const sampler = new Sampler(NOBODY, 2, 3);
  const sample = (now: number) =>
    sampler.sample(now, { arrived: 0, completed: 0, requestSeconds: 0, of: () => 0 });
  for (const now of [2, 4, 6]) sample(now);
  throws(
    () => sample(8),
    /^RangeError: Cannot take a sample at 8 s as one of at most 3 rows .*collect_interval 2 s/,
  );
  equal(sampler.columns().count, 3);
});
