import { equal, ok, throws } from "#assert";
import fc from "fast-check";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { allFinite } from "../../lib/metrics/all_finite.ts";
import { InvariantError } from "../../lib/sim/invariant_error.ts";
import { checkReport } from "../support/report_laws.ts";

const CASES = 150;
const SEED = 20261129;

/** Deployments at the edges: next to no requests, none that completes, no price, nothing paid. */
const settings = fc.record({
  simulation: fc.record({
    random_seed: fc.nat(1000),
    duration: fc.constantFrom(0.5, 3, 40),
    warmup_duration: fc.constantFrom(0, 0, 0.4),
    drain: fc.boolean(),
  }),
  workload: fc.record({
    type: fc.constantFrom("poisson", "uniform"),
    arrival_rate: fc.constantFrom(0.01, 0.3, 8),
    num_requests: fc.integer({ min: 1, max: 30 }),
    prompt_length: fc.constantFrom<unknown>({}, { distribution: "constant", value: 9000 }),
    decode_length: fc.constantFrom<unknown>({}, { distribution: "constant", value: 1 }),
    classes: fc.constantFrom<unknown>([], [{ name: "a", share: 0.99 }, {
      name: "b",
      share: 0.01,
      slo: { e2e_s: 1 },
    }]),
    prefix_groups: fc.constantFrom<unknown>({}, { groups: 2 }),
    functions: fc.constantFrom<unknown>({}, { count: 3, zipf: 3 }),
  }),
  model: fc.constantFrom<unknown>({}, { max_model_len: 2000 }, { max_model_len: 300 }),
  cluster: fc.constantFrom<unknown>({}, { gpu_type: "A40" }, {
    nodes: [{ gpus: 1, gpu_type: "H100" }],
  }),
  memory: fc.constantFrom<unknown>({}, { num_gpu_blocks: 8 }),
  scheduler: fc.record({ type: fc.constantFrom("vllm", "orca", "fastertransformer") }),
  gateway: fc.constantFrom<unknown>({}, { on_no_capacity: "reject" }, {
    on_no_capacity: "buffer",
    timeout: 0.1,
  }),
  scaling: fc.constantFrom<unknown>(
    {},
    { enabled: false },
    { activation: "none", policy: "keda" },
    {
      keep_alive: { seconds: 1, sleep: { level: 2 } },
      prewarmed_pool: { of: "container" },
    },
  ),
  faults: fc.constantFrom<unknown>({}, {}, { failures: { mtbf: 60 } }, {
    starts: { failure_probability: 0.5, max_attempts: 2 },
  }),
  cost: fc.constantFrom<unknown>({}, { gpu_cost_per_hour: { H100: 0, A40: 0 } }, {
    compute_cost: false,
    idle_cost: false,
    billing: { from: "ready", granularity: 0 },
  }),
  slo: fc.constantFrom<unknown>({}, { ttft_s: 1e-9 }, { ttft_s: 2 }),
});

Deno.test("every number that a run reports is finite, and every null is explained", async () => {
  let nulls = 0, ran = 0;
  await fc.assert(
    fc.asyncProperty(settings, async (given) => {
      let run;
      try {
        run = await simulate(loadConfig(JSON.stringify(given)));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return;
      }
      checkReport(run);
      ran++;
      nulls += run.summary.undefined_figures.filter(({ isUnused }) => !isUnused).length;
    }),
    { numRuns: CASES, seed: SEED },
  );
  ok(ran > 0.6 * CASES, `only ${ran} of ${CASES} configurations could run`);
  ok(nulls > CASES, `only ${nulls} reasons were needed`);
});

Deno.test("the default run has no null that needs a notice", async () => {
  const run = await simulate(loadConfig("simulation: { duration: 60 }"));
  checkReport(run);
  equal(run.summary.undefined_figures.every(({ isUnused }) => isUnused), true);
});

Deno.test("costs without a price are null, and a notice says so", async () => {
  const yaml = "{ cluster: { gpu_type: A40 }, simulation: { duration: 60 } }";
  const { summary, engine } = await simulate(loadConfig(yaml));
  equal(summary.cost.total_usd, null);
  equal(summary.qps_per_usd, null);
  ok(engine.notices.some((notice) => /cost\.total_usd.* null: no price/.test(notice)));
  const priced = loadConfig([yaml, "cost: { gpu_cost_per_hour: { A40: 1.5 } }"]);
  ok((await simulate(priced)).summary.cost.total_usd! > 0);
});

Deno.test("allFinite() names the figure that is not a finite number", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    throws(
      () => allFinite({ cost: { shares: [1, value] } }, "summary"),
      (error: unknown) =>
        error instanceof InvariantError &&
        error.message ===
          `Cannot report summary.cost.shares[1] as a finite number: current value is ${value}`,
    );
  }
  equal(allFinite({ a: null, b: "NaN" }, "summary").b, "NaN");
});
