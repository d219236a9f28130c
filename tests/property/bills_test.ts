import { equal, ok } from "#assert";
import fc from "fast-check";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { naiveBill, naiveUse } from "../support/naive_bill.ts";

/** Prices of keeping weights where no provider is named. */
const NOTHING = { dram: 0, ssd: 0, remote: 0 };
/** The same of providers, dollars per 10^9 bytes and 30 days, from their pages. */
const STORAGE = {
  aws: { dram: 0, ssd: 0.08, remote: 0.023 },
  runpod: { dram: 0, ssd: 0.1, remote: 0.07 },
  // 0.00000222 dollars per 2^30 bytes and second.
  modal: { dram: 2.22e-6 * 30 * 24 * 3600 / (2 ** 30 / 1e9), ssd: 0, remote: 0 },
};

const settings = fc.record({
  billing: fc.oneof(
    fc.record({
      preset: fc.constantFrom(
        "per-second-from-start",
        "per-second-ready",
        "per-second-busy",
        "instance-hours",
      ),
    }),
    fc.record({
      from: fc.constantFrom("start", "load", "ready"),
      granularity: fc.constantFrom("0s", "1s", "60s", "1h"),
      minimum: fc.constantFrom("0s", "30s", "600s"),
    }),
  ),
  compute_cost: fc.constantFrom(true, true, false),
  idle_cost: fc.constantFrom(true, true, false),
  idle_factor: fc.constantFrom(1, 0.3, 0),
  sleep_factor: fc.constantFrom(0, 0.25, 1),
  pool_factor: fc.constantFrom(null, null, 0, 0.5),
  // H100: the newest on-demand price of all lists; A100-80GB likewise.
  gpu: fc.constantFrom(["H100", null], ["A100-80GB", null], ["H100", 3.6], ["H100", 0.9]),
  storage: fc.constantFrom(null, "aws", "modal", "runpod"),
  remote: fc.constantFrom(null, null, 0.5),
  tensor_parallel: fc.constantFrom(1, 2),
  functions: fc.constantFrom(1, 1, 2),
  machines: fc.boolean(),
  pool: fc.constantFrom(null, null, "container", "engine"),
  pool_size: fc.integer({ min: 1, max: 2 }),
  keep_alive: fc.constantFrom("1s", "20s"),
  sleep: fc.constantFrom(0, 0, 1, 2),
  cold_start: fc.constantFrom("simple", "vllm-v1"),
  rate: fc.constantFrom(0.02, 0.2, 2),
  seed: fc.integer({ min: 0, max: 99 }),
});

/** Dollars per GPU-hour of the newest on-demand price of data/prices, from the pages that it cites. */
const NEWEST: Readonly<Record<string, number>> = { "H100": 6.88, "A100-80GB": 3.4309 };

function configured(test: typeof settings extends fc.Arbitrary<infer T> ? T : never) {
  const [gpu, price] = test.gpu;
  return loadConfig(JSON.stringify({
    simulation: { random_seed: test.seed },
    workload: {
      type: "poisson",
      arrival_rate: test.rate,
      num_requests: 15,
    },
    model: { name: "llama-3.1-8b" },
    ...(test.functions > 1 && { functions: [{ name: "f", count: test.functions }] }),
    cluster: {
      gpu_type: gpu,
      ...(test.machines && { nodes: [{ count: 2, gpus: 4 }] }),
    },
    parallelization: { tensor_parallel_size: test.tensor_parallel },
    cold_start: { preset: test.cold_start },
    scaling: {
      keep_alive: {
        policy: "fixed",
        seconds: test.keep_alive,
        sleep: { level: test.sleep },
      },
      prewarmed_pool: { of: test.pool, size: test.pool_size },
    },
    cost: {
      ...(price !== null && { gpu_cost_per_hour: { [gpu!]: price } }),
      compute_cost: test.compute_cost,
      idle_cost: test.idle_cost,
      idle_factor: test.idle_factor,
      sleep_factor: test.sleep_factor,
      pool_factor: test.pool_factor,
      billing: test.billing,
      storage: { provider: test.storage, remote: test.remote },
    },
  }));
}

Deno.test("a bill is what the table of instances, the prices and the terms come to", async () => {
  await fc.assert(
    fc.asyncProperty(settings, async (test) => {
      const config = configured(test);
      const result = await simulate(config);
      const [gpu, price] = test.gpu as [string, number | null];
      const prices = test.storage === null ? NOTHING : STORAGE[test.storage as "aws"];
      const bill = naiveBill(result, config, {
        usdPerGpuHour: price ?? NEWEST[gpu],
        gpus: test.tensor_parallel,
        usdPerGbMonth: { ...prices, ...(test.remote !== null && { remote: test.remote }) },
      });
      const { cost, functions, gpu_hours, instance_seconds } = result.summary;
      const same = (what: string, said: number, naive: number) =>
        ok(Math.abs(said - naive) <= 1e-9 * (1 + naive), `${what}: ${said}, not ${naive}`);
      for (const [use, usd] of Object.entries(bill)) {
        if (use !== "byFunction") same(use, cost[use as "total_usd"]!, usd as number);
      }
      functions.forEach(({ name, cost_usd }, id) => same(name, cost_usd!, bill.byFunction[id]));
      const use = naiveUse(result, test.tensor_parallel, test.pool === "engine");
      same("gpu_hours", gpu_hours, use.gpuHours);
      same("instance_seconds", instance_seconds, use.instanceSeconds);
      equal(functions.length, test.functions > 1 ? test.functions : 0);
    }),
    { numRuns: 120, seed: 20261104 },
  );
});
