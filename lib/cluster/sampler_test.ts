import { deepEqual, equal, throws } from "@std/assert";
import type { Fleet } from "./fleet.ts";
import { Sampler } from "./sampler.ts";

/** A fleet without instances. */
const NOBODY = { state: [], stoppedAtSeconds: [], functions: [] } as unknown as Fleet;

Deno.test("Sampler keeps every row, whatever room it had at first", () => {
  const sampler = new Sampler(NOBODY, 2);
  for (let i = 1; i <= 5000; i++) {
    sampler.sample(2 * i, { arrivals: i * i, completions: i, queued: 5000 - i });
  }
  const columns = sampler.columns();
  equal(columns.count, 5000);
  for (const [name, column] of Object.entries(columns)) {
    if (name !== "count") equal((column as Float64Array).length, 5000, name);
  }
  deepEqual(columns.timeSeconds, Float64Array.from({ length: 5000 }, (_, i) => 2 * (i + 1)));
  deepEqual(columns.arrivals, Int32Array.from({ length: 5000 }, (_, i) => 2 * i + 1));
  deepEqual(columns.queued, Int32Array.from({ length: 5000 }, (_, i) => 4999 - i));
});

Deno.test("Sampler refuses rows beyond the most that a run can have", () => {
  const sampler = new Sampler(NOBODY, 2, 3);
  const sample = (now: number) => sampler.sample(now, { arrivals: 0, completions: 0, queued: 0 });
  for (const now of [2, 4, 6]) sample(now);
  throws(
    () => sample(8),
    /^RangeError: Cannot take a sample at 8 s as one of at most 3 rows .*collect_interval 2 s/,
  );
  equal(sampler.columns().count, 3);
});
