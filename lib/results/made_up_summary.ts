import type { CostSummary, LatencySummary, Summary } from "../metrics/run_tables.ts";

/** Latencies of a made-up run: some percentiles of about that mean. */
function latency(mean: number): LatencySummary {
  return { mean, p50: mean, p90: 2 * mean, p95: 3 * mean, p99: 5 * mean, max: 8 * mean };
}

/** A bill that never was, in US dollars, for tests. */
export function madeUpBill(changes: Partial<CostSummary> = {}): CostSummary {
  return {
    total_usd: 3.2,
    busy_usd: 2.1,
    idle_usd: 0.7,
    cold_start_usd: 0.3,
    asleep_usd: 0,
    pooled_usd: 0,
    rounding_usd: 0.1,
    storage_usd: 0,
    per_request_usd: 0.016,
    per_million_output_tokens_usd: 1.3,
    per_million_total_tokens_usd: null,
    per_slo_good_request_usd: null,
    busy_share: null,
    idle_share: null,
    cold_start_share: null,
    asleep_share: 0,
    pooled_share: 0,
    waste_share: null,
    storage_share: null,
    always_on_usd: null,
    break_even_utilization: null,
    ...changes,
  };
}

/** A summary of a run that never took place, for tests of what is made from summaries. */
export function madeUpSummary(changes: Partial<Summary> = {}): Summary {
  return {
    requests: {
      arrived: 200,
      completed: 198,
      rejected: 2,
      timed_out: 0,
      failed: 0,
      unfinished: 0,
      reasons: { rejected_length: 2 },
    },
    measured: { from_s: 0, completed: 190, censored: 0 },
    ttft_s: latency(0.4),
    tbt_s: latency(0.012),
    tpot_s: latency(0.013),
    e2e_s: latency(3.1),
    normalized_latency_s: latency(0.02),
    scheduling_delay_s: latency(0.3),
    throughput_rps: 9.9,
    slo_attainment: 0.93,
    goodput_rps: 9.2,
    classes: [],
    functions: [],
    output_tokens_per_s: 2000,
    total_tokens_per_s: 22000,
    mfu: 0.21,
    mbu: 0.34,
    busy_fraction: 0.71,
    memory_utilization: 0.62,
    kv_utilization: 0.31,
    kv: { peak_utilization: 0.87, fragmentation: 0.02 },
    prefix_cache: null,
    cold_starts: 6,
    cold_start_rate: 0.1,
    cold_start_stages_s: {},
    weight_cache: null,
    stored_weights_gb_hours: { dram: 0, ssd: 0, remote: 0 },
    evicted_instances: 0,
    sleep: null,
    prewarmed_pools: [],
    faults: null,
    preemptions: 2,
    instance_seconds: 3000,
    phase_seconds: {
      warming: 0,
      pooled: 0,
      starting: 60,
      waking: 0,
      ready: 2940,
      draining: 0,
      asleep: 0,
    },
    gpu_hours: 3000 / 3600,
    cost: madeUpBill(),
    qps_per_usd: 3,
    undefined_figures: [],
    digest: "0".repeat(64),
    ...changes,
  };
}
