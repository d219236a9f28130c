import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { checkReport } from "../support/report_laws.ts";
import { ROUTING_POLICIES } from "../../lib/scheduling/routing/mod.ts";
import { namesOf } from "../../lib/settings/from_table.ts";

/** Configurations per run of the suite, and where they begin; `deno task test:soak` has more. */
const CASES = Math.ceil(Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 2000) / 10);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20260901);
/** Bound on the relative difference of a figure that is summed in another order. */
const TOLERANCE = 1e-9;
/** Figures are differences of instants, which stand on ticks of 15 ps: below this they count as it. */
const LEAST_FIGURE = 0.1;
/** Bound on that of a quantile of the token gaps, by the sketch's buckets. */
const SKETCH_TOLERANCE = 0.0101;

/** Greatest relative difference of a figure so far. */
let worst = 0;

const settings = fc.record({
  simulation: fc.record({
    random_seed: fc.nat(1000),
    duration: fc.constantFrom(60, 3600),
    warmup_duration: fc.constantFrom(0, 2),
    drain: fc.constantFrom(true, true, false),
  }),
  workload: fc.record({
    type: fc.constantFrom("poisson", "uniform", "gamma", "synthetic"),
    arrival_rate: fc.constantFrom(2, 20, 60),
    num_requests: fc.integer({ min: 50, max: 500 }),
    prompt_length: fc.constantFrom<unknown>(
      { distribution: "exponential", mean: 512, max: 4000 },
      { distribution: "lognormal", mean: 900, std: 900, max: 3000 },
      { distribution: "constant", value: 256 },
    ),
    decode_length: fc.constantFrom<unknown>(
      { distribution: "exponential", mean: 150, min: 1, max: 900 },
      { distribution: "uniform", min: 1, max: 300 },
      { distribution: "constant", value: 1 },
    ),
    prefix_groups: fc.constantFrom<unknown>({}, { groups: 5, tokens: 200 }),
    sessions: fc.constantFrom<unknown>({}, {}, { mean_turns: 3, think_time: 1 }),
    closed_loop: fc.constantFrom<unknown>({}, {}, {}, { concurrency: 12, think_time: 0.2 }),
  }),
  model: fc.constantFrom<unknown>(
    { name: "Llama-3.1-8B" },
    { name: "Qwen3-30B-A3B" },
    { name: "Llama-2-7B" },
    // One layer in six sees everything, the others the last 512 tokens.
    {
      name: "windowed",
      num_layers: 24,
      hidden_size: 2048,
      num_attention_heads: 16,
      num_kv_heads: 4,
      vocab_size: 32_000,
      sliding_window: 512,
      sliding_window_pattern: 6,
    },
  ),
  cluster: fc.record({
    gpu_type: fc.constantFrom("H100", "A100-80GB"),
    num_replicas: fc.integer({ min: 1, max: 4 }),
    routing: fc.record({
      policy: fc.constantFrom(...namesOf(ROUTING_POLICIES)),
    }),
  }),
  parallelization: fc.constantFrom<unknown>({}, {}, { tp: 2 }),
  scheduler: fc.record({
    type: fc.constantFrom("vllm", "vllm", "vllm-v0", "sarathi", "orca", "fastertransformer"),
    max_num_seqs: fc.constantFrom(4, 32, 256),
    max_num_batched_tokens: fc.constantFrom(512, 8192),
    prefix_caching: fc.boolean(),
    scheduling_policy: fc.constantFrom("fcfs", "fcfs", "shortest-prompt"),
  }),
  memory: fc.record({ num_gpu_blocks: fc.constantFrom(null, 400, 1500) }),
  gateway: fc.constantFrom<unknown>(
    {},
    { concurrency_per_instance: 6 },
    { on_no_capacity: "reject", concurrency_per_instance: 6 },
    { on_no_capacity: "buffer", limit: 20, timeout: 4, concurrency_per_instance: 4 },
  ),
  scaling: fc.oneof(
    fc.constant({ enabled: false }),
    fc.record({
      enabled: fc.constant(true),
      min_instances: fc.constantFrom(0, 1),
      max_instances: fc.constantFrom(2, 6),
      period: fc.constantFrom(1, 5),
      prewarmed_pool: fc.constantFrom<unknown>(
        {},
        {},
        { of: "container", size: 2 },
        { of: "engine", policy: "littles-law", size: 0, window: 20 },
      ),
      cooldown_period: fc.constantFrom(0, 10),
      actuation_delay: fc.constantFrom(0, 0.7),
      activation: fc.constantFrom("first", "each", "join"),
      keep_alive: fc.constantFrom<unknown>(
        { seconds: 1 },
        { seconds: 60 },
        { policy: "always" },
        { seconds: 1, sleep: { level: 1, ttl: 5 } },
        { seconds: 0, sleep: { level: 2 } },
      ),
    }),
  ),
  cold_start: fc.constantFrom<unknown>({}, { enabled: false }, { jitter: 0.3 }),
  metrics: fc.record({ collect_interval: fc.constantFrom(1, 10) }),
});

type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

/** Leaves out what does not go together: swapping with other strategies, sessions in closed loops. */
function completed(given: Settings, preemption: "recompute" | "swap") {
  const { workload, scheduler } = given;
  const swaps = scheduler.type === "vllm-v0" && preemption === "swap";
  const hasSessions = Object.keys(workload.sessions as object).length > 0;
  // A pool holds what takes time to start.
  const { enabled = true } = given.cold_start as { enabled?: boolean };
  return {
    ...given,
    ...(!enabled && { scaling: { ...given.scaling, prewarmed_pool: {} } }),
    workload: { ...workload, ...(hasSessions && { closed_loop: {} }) },
    scheduler: { ...scheduler, preemption_mode: swaps ? "swap" : "recompute" },
  };
}

function close(
  actual: number,
  expected: number,
  what: string,
  tolerance = TOLERANCE,
): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  const difference = Math.abs(actual - expected) / Math.max(Math.abs(expected), LEAST_FIGURE);
  if (tolerance === TOLERANCE && difference > worst) worst = difference;
  ok(difference <= tolerance, `${what}: leap ${actual}, step ${expected}`);
}

/** Compares two values of the summary, whatever they are made of. */
function closeValues(leap: unknown, step: unknown, what: string): void {
  if (typeof leap === "number" && typeof step === "number") {
    const isSketched = /^summary\.tbt_s\.p/.test(what);
    close(leap, step, what, isSketched ? SKETCH_TOLERANCE : TOLERANCE);
  } else if (typeof leap === "object" && leap !== null && typeof step === "object") {
    deepEqual(Object.keys(leap), Object.keys(step!), what);
    for (const [key, value] of Object.entries(leap)) {
      if (key !== "digest") {
        closeValues(value, (step as typeof leap)[key as never], `${what}.${key}`);
      }
    }
  } else {
    equal(leap, step, what);
  }
}

function compare(leap: RunResult, step: RunResult): void {
  equal(step.engine.stepsLeapt, 0);
  equal(leap.engine.stepsLeapt + leap.engine.stepsSingle, step.engine.stepsSingle);
  // Bit by bit: what the digest is made of does not depend on the mode.
  deepEqual(leap.requests, step.requests);
  equal(leap.summary.digest, step.summary.digest);
  deepEqual(leap.instances, step.instances);
  closeValues(leap.summary, step.summary, "summary");
  equal(leap.timeSeries.count, step.timeSeries.count);
  for (
    const key of ["queued", "running", "idle", "busy", "completions", "kvUtilization"] as const
  ) {
    leap.timeSeries[key].forEach((value, row) =>
      close(value, step.timeSeries[key][row], `${key} in interval ${row}`)
    );
  }
}

/** Runs both modes; an error of one has to be that of the other. */
async function outcomes(config: string) {
  const results: (RunResult | string)[] = [];
  for (const stepping of ["leap", "step"]) {
    try {
      results.push(await simulate(loadConfig([config, `simulation: { stepping: ${stepping} }`])));
    } catch (error) {
      ok(error instanceof RangeError, String(error));
      results.push(error.message);
    }
  }
  return results;
}

Deno.test("leap stepping equals step stepping on random configurations", async () => {
  let ran = 0, requests = 0, leapt = 0, steps = 0;
  const preemptions = fc.constantFrom<"recompute" | "swap">("recompute", "swap");
  await fc.assert(
    fc.asyncProperty(settings, preemptions, async (given, preemption) => {
      const [leap, step] = await outcomes(JSON.stringify(completed(given, preemption)));
      if (typeof leap === "string" || typeof step === "string") {
        equal(leap, step);
        return;
      }
      compare(leap, step);
      checkReport(leap);
      ran++;
      requests += leap.summary.requests.completed;
      leapt += leap.engine.stepsLeapt;
      steps += step.engine.stepsSingle;
    }),
    { numRuns: CASES, seed: SEED },
  );
  console.log(
    `${ran} of ${CASES} configurations ran, ${requests} requests completed, ` +
      `${leapt} of ${steps} steps leapt, worst relative difference of a figure ` +
      worst.toExponential(2),
  );
  ok(ran > 0.6 * CASES, `only ${ran} of ${CASES} configurations could run`);
  ok(leapt > 0.3 * steps, `only ${leapt} of ${steps} steps were leapt`);
});
