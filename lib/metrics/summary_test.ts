import { deepEqual, equal, ok } from "#assert";
import {
  fixed,
  FROM_ZERO,
  type HandMadeRequest,
  runSmall,
  type SmallClusterChanges,
} from "../../tests/support/small_cluster.ts";
import { linearTime } from "../execution/linear_time.ts";
import { BILLING_PRESETS, type BillingPlan } from "../serverless/cost/mod.ts";
import { instancePhases } from "./instance_phases.ts";
import type { LatencySummary, Summary } from "./run_tables.ts";
import { summarize } from "./summary.ts";

// A step takes 1 s and 0.25 s per prompt token. By hand:
//
//  | step          | who                                   | KV blocks (4 tokens) |
//  |---------------|---------------------------------------|----------------------|
//  | 0    .. 3 s   | request 0 prefills 8 tokens           | 2                    |
//  | 3    .. 5.5 s | 0 decodes (context 9), 1 prefills 6   | 3 + 2                |
//  | 5.5  .. 6.5 s | 0 (context 10) and 1 (7) decode, end  | 3 + 2                |
//  | 6.5  .. 8 s   | idle                                  |                      |
//  | 8    .. 10 s  | request 2 prefills 4 tokens, ends     | 1                    |
const REQUESTS: readonly HandMadeRequest[] = [[0, 8, 3], [0.5, 6, 2], [8, 4, 1]];

const EXECUTION = linearTime({
  baseSeconds: 1,
  perPrefillTokenSeconds: 0.25,
  perContextTokenSeconds: 0,
  perDecodeSequenceSeconds: 0,
});

/** 50 cents per GPU and second, from the beginning of the start, to the moment. */
const BILLING: BillingPlan = {
  ...BILLING_PRESETS["per-second-from-start"],
  usdPerGpuSecond: 0.5,
  granularitySeconds: 0,
};

function summaryOf(
  changes: SmallClusterChanges = {},
  { billing = BILLING, warmupSeconds = 0 } = {},
): Omit<Summary, "digest"> {
  const run = runSmall(REQUESTS, { ...changes, engine: { execution: EXECUTION } });
  return summarize(run, {
    functions: [{
      gpus: 2,
      peakFlops: 1000,
      peakBytesPerSecond: 500,
      kvBlocks: 1000,
      fixedMemoryShare: 0.3,
      kvMemoryShare: 0.6,
      billing,
    }],
    percentiles: [0, 50, 90, 100],
    warmupSeconds,
  });
}

function near(found: number | null, expected: number): void {
  ok(
    found !== null && Math.abs(found - expected) <= 1e-12 * Math.abs(expected) + 1e-15,
    `${found}`,
  );
}

/** Compares a latency with its values; percentiles interpolate between neighbours. */
function isOf(latency: LatencySummary, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => {
    const place = q * (sorted.length - 1);
    const low = Math.floor(place);
    return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
  };
  near(latency.mean, values.reduce((sum, value) => sum + value, 0) / values.length);
  near(latency.max, sorted[sorted.length - 1]);
  near(latency.p0, sorted[0]);
  near(latency.p50, at(0.5));
  near(latency.p90, at(0.9));
  near(latency.p100, sorted[sorted.length - 1]);
}

Deno.test("three requests by hand: instants", () => {
  const { columns } = runSmall(REQUESTS, { engine: { execution: EXECUTION } });
  deepEqual([...columns.scheduledAtSeconds], [0, 3, 8]);
  deepEqual([...columns.firstTokenAtSeconds], [3, 5.5, 10]);
  deepEqual([...columns.completedAtSeconds], [6.5, 6.5, 10]);
  deepEqual([...columns.maxTbtSeconds], [2.5, 1, NaN]);
});

Deno.test("three requests by hand: latencies", () => {
  const summary = summaryOf();
  isOf(summary.ttft_s, [3, 5, 2]);
  isOf(summary.tpot_s, [3.5 / 2, 1]);
  isOf(summary.e2e_s, [6.5, 6, 2]);
  isOf(summary.normalized_latency_s, [6.5 / 3, 6 / 2, 2 / 1]);
  isOf(summary.scheduling_delay_s, [0, 2.5, 0]);
  // Gaps: 3 .. 5.5 and 5.5 .. 6.5 s of request 0, 5.5 .. 6.5 s of request 1.
  near(summary.tbt_s.mean, (2.5 + 1 + 1) / 3);
  near(summary.tbt_s.max, 2.5);
  ok(Math.abs(summary.tbt_s.p50! - 1) < 0.005);
});

Deno.test("three requests by hand: counts and rates", () => {
  const summary = summaryOf();
  deepEqual(summary.requests, {
    arrived: 3,
    completed: 3,
    rejected: 0,
    timed_out: 0,
    failed: 0,
    execution_limit: 0,
    drain_limit: 0,
    client_deadline: 0,
    unfinished: 0,
    reasons: {},
  });
  near(summary.throughput_rps, 3 / 10);
  near(summary.output_tokens_per_s, (3 + 2 + 1) / 10);
  near(summary.total_tokens_per_s, (8 + 6 + 4 + 3 + 2 + 1) / 10);
  equal(summary.preemptions, 0);
});

Deno.test("three requests by hand: use of the GPUs", () => {
  const summary = summaryOf();
  near(summary.busy_fraction, (3 + 2.5 + 1 + 2) / 10);
  // FLOPs: 10 per token, 1 per pair of a token and a KV entry it attends to, 5 per sampled token.
  const flops = (8 * 10 + (8 * 9) / 2 + 5) +
    (7 * 10 + 9 + (6 * 7) / 2 + 2 * 5) +
    (2 * 10 + 10 + 7 + 2 * 5) +
    (4 * 10 + (4 * 5) / 2 + 5);
  near(summary.mfu, flops / (1000 * 10));
  // Bytes: 100 of weights per step, 2 per KV entry in use.
  near(summary.mbu, (4 * 100 + 2 * (8 + (9 + 6) + (10 + 7) + 4)) / (500 * 10));
  const blockSeconds = 2 * 3 + 5 * 2.5 + 5 * 1 + 1 * 2;
  near(summary.kv_utilization, blockSeconds / (1000 * 10));
  near(summary.memory_utilization, 0.3 + 0.6 * blockSeconds / (1000 * 10));
});

Deno.test("three requests by hand: time and cost", () => {
  const summary = summaryOf();
  equal(summary.cold_starts, 0);
  near(summary.instance_seconds, 10);
  near(summary.gpu_hours, 2 * 10 / 3600);
  const perSecond = 2 * 0.5;
  near(summary.cost.total_usd, 10 * perSecond);
  near(summary.cost.busy_usd, 8.5 * perSecond);
  near(summary.cost.idle_usd, 1.5 * perSecond);
  equal(summary.cost.cold_start_usd, 0);
  equal(summary.cost.rounding_usd, 0);
  near(summary.cost.per_request_usd, 10 / 3);
  near(summary.cost.per_million_output_tokens_usd, 10 / 6 * 1e6);
  near(summary.qps_per_usd, 3 / 10 / 10);
});

Deno.test("three requests by hand, billed by begun minutes while busy", () => {
  const billing: BillingPlan = {
    ...BILLING_PRESETS["per-second-busy"],
    usdPerGpuSecond: 0.5,
    granularitySeconds: 60,
  };
  const { cost } = summaryOf({}, { billing });
  near(cost.total_usd, 60);
  near(cost.busy_usd, 8.5);
  equal(cost.idle_usd, 0);
  near(cost.rounding_usd, 60 - 8.5);
});

Deno.test("three requests by hand, from zero instances: a start of 2 s delays the first two", () => {
  const summary = summaryOf({ scaling: FROM_ZERO, startSeconds: 2 });
  // Requests 0 and 1 are there when the instance is: one step of 14 tokens from 2 to 6.5 s, then
  // both decode, request 1 until 7.5 s and request 0 until 8.5 s, beside which request 2 waits.
  isOf(summary.scheduling_delay_s, [2, 1.5, 0.5]);
  isOf(summary.ttft_s, [6.5, 6, 8.5 + 2 - 8]);
  isOf(summary.e2e_s, [8.5, 7, 2.5]);
  equal(summary.cold_starts, 1);
  near(summary.cold_start_rate, 2 / 3);
  near(summary.instance_seconds, 10.5);
  near(summary.cost.cold_start_usd, 2);
  near(summary.cost.busy_usd, 8.5);
  near(summary.cost.idle_usd, 0);
  near(summary.cost.total_usd, 10.5);
});

Deno.test("three requests by hand, 6 s of warm-up: arrivals, completions and gaps after it", () => {
  const summary = summaryOf({ cluster: { warmupSeconds: 6 } }, { warmupSeconds: 6 });
  isOf(summary.ttft_s, [2]);
  isOf(summary.e2e_s, [2]);
  near(summary.tbt_s.mean, 1);
  near(summary.tbt_s.max, 1);
  equal(summary.requests.completed, 3);
  near(summary.throughput_rps, 3 / 4);
  // Bills and the use of the GPUs know no warm-up.
  near(summary.cost.total_usd, 10);
  near(summary.busy_fraction, 8.5 / 10);
});

Deno.test("three requests by hand: phases of the instance that serves them", () => {
  const run = runSmall(REQUESTS, {
    scaling: FROM_ZERO,
    startSeconds: 2,
    engine: { execution: EXECUTION },
    keepAliveSeconds: 1,
  });
  const { count, phase, phaseNames, startAtSeconds, endAtSeconds } = instancePhases(run);
  const rows = Array.from(
    { length: count },
    (_, i) => [phaseNames[phase[i]], startAtSeconds[i], endAtSeconds[i]],
  );
  deepEqual(rows, [["starting", 0, 2], ["start:all", 0, 2], ["ready", 2, 10.5]]);
});

Deno.test("two instances that share three requests: means over time weigh every second alike", () => {
  const summary = summaryOf({ scaling: fixed(2) });
  // Request 0 alone: 3 s + 1 + 1; request 1 alone: 2.5 + 1; request 2 alone: 2.
  near(summary.busy_fraction, (5 + 3.5 + 2) / (2 * 10));
  isOf(summary.ttft_s, [3, 2.5, 2]);
  near(summary.instance_seconds, 20);
});
