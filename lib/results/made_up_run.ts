import type { LatencySummary, RunResult } from "../metrics/run_tables.ts";

/** Latencies of a made-up run. */
function latency(mean: number): LatencySummary {
  return { mean, p50: mean, p90: 2 * mean, p95: 3 * mean, p99: 5 * mean, max: 8 * mean };
}

/**
 * A run that never took place, for tests of what is made from runs: about every 100th request is
 * rejected, every 50th has one output token, instances start, serve and stop.
 *
 * @param count Requests, 0 or more.
 */
export function madeUpRun(count: number): RunResult {
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const floats = () => new Float64Array(count);
  const requests = {
    count,
    arrivalAtSeconds: floats(),
    promptTokens: new Int32Array(count),
    outputTokens: new Int32Array(count),
    functionId: new Uint16Array(count),
    classId: new Uint8Array(count),
    instanceId: new Int32Array(count).fill(-1),
    scheduledAtSeconds: floats().fill(NaN),
    firstTokenAtSeconds: floats().fill(NaN),
    completedAtSeconds: floats().fill(NaN),
    maxTbtSeconds: floats().fill(NaN),
    coldStartWaitSeconds: floats(),
    preemptions: new Uint16Array(count),
    cachedTokens: new Int32Array(count),
    outcome: new Uint8Array(count),
  };
  let now = 0;
  for (let i = 0; i < count; i++) {
    now -= Math.log(next()) / 10;
    requests.arrivalAtSeconds[i] = now;
    requests.promptTokens[i] = 1 + Math.floor(next() * 4000);
    requests.outputTokens[i] = next() < 0.02 ? 1 : 2 + Math.floor(next() * 400);
    requests.functionId[i] = next() < 0.3 ? 1 : 0;
    if (next() < 0.01) {
      requests.outcome[i] = 2;
      continue;
    }
    const output = requests.outputTokens[i];
    const wait = next() < 0.1 ? 20 * next() : 0.02 * next();
    const stepSeconds = 0.008 + 0.01 * next();
    requests.instanceId[i] = Math.floor(next() * 6);
    requests.scheduledAtSeconds[i] = now + wait;
    requests.firstTokenAtSeconds[i] = now + wait + 0.03 + requests.promptTokens[i] * 4e-5;
    requests.completedAtSeconds[i] = requests.firstTokenAtSeconds[i] + (output - 1) * stepSeconds;
    if (output > 1) requests.maxTbtSeconds[i] = stepSeconds * (1 + 4 * next());
    requests.coldStartWaitSeconds[i] = wait > 0.02 ? wait : 0;
    requests.preemptions[i] = next() < 0.01 ? 1 : 0;
    requests.outcome[i] = 1;
  }
  return {
    requests,
    functionNames: ["llama-3.1-8b", 'say "hi", twice'],
    timeSeries: madeUpSeries(120, next),
    instances: madeUpPhases(6),
    coldStartWaits: madeUpWaits(requests),
    tbtCdf: {
      seconds: Float64Array.from({ length: 300 }, (_, i) => 0.005 * 1.015 ** i),
      share: Float64Array.from({ length: 300 }, (_, i) => 1 - (1 - (i + 1) / 300) ** 3),
    },
    engine: { stepping: "leap", stepsLeapt: 10 * count, stepsSingle: count, notices: ["made up"] },
    summary: {
      requests: {
        arrived: count,
        completed: requests.outcome.filter((code) => code === 1).length,
        rejected: requests.outcome.filter((code) => code === 2).length,
        timed_out: 0,
        failed: 0,
        unfinished: 0,
        reasons: { rejected_window: requests.outcome.filter((code) => code === 2).length },
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
      preemptions: requests.preemptions.reduce((sum, n) => sum + n, 0),
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
      cost: {
        total_usd: 3.2,
        busy_usd: 2.1,
        idle_usd: 0.7,
        cold_start_usd: 0.3,
        asleep_usd: 0,
        pooled_usd: 0,
        rounding_usd: 0.1,
        storage_usd: 0,
        per_request_usd: 3.2 / Math.max(1, count),
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
      },
      qps_per_usd: 3,
      undefined_figures: [],
      digest: "0".repeat(64),
    },
  };
}

function madeUpSeries(count: number, next: () => number): RunResult["timeSeries"] {
  const shares = (top: number) => Float64Array.from({ length: count }, () => top * next());
  const counts = (top: number) =>
    Int32Array.from({ length: count }, () => Math.floor(top * next()));
  return {
    count,
    timeSeconds: Float64Array.from({ length: count }, (_, i) => 10 * (i + 1)),
    intervalSeconds: new Float64Array(count).fill(10),
    arrivals: counts(100),
    completions: counts(100),
    queued: Float64Array.from(counts(40)),
    running: Float64Array.from(counts(200)),
    starting: Float64Array.from(counts(2)),
    idle: Float64Array.from(counts(2)),
    busy: Float64Array.from(counts(6)),
    draining: Float64Array.from(counts(2)),
    kvUtilization: shares(0.8),
    mfu: shares(0.4),
    busyFraction: shares(1),
    promptTokensPerSecond: shares(20000),
    outputTokensPerSecond: shares(4000),
  };
}

/** Waits for starts of the requests that have one: a quarter in one stage, the rest in another. */
function madeUpWaits(
  { coldStartWaitSeconds, instanceId }: RunResult["requests"],
): RunResult["coldStartWaits"] {
  const waiting = Array.from(coldStartWaitSeconds.keys()).filter((i) =>
    coldStartWaitSeconds[i] > 0
  );
  const rows = waiting.flatMap((i) => {
    const container = coldStartWaitSeconds[i] / 4;
    return [[i, 0, container], [i, 1, coldStartWaitSeconds[i] - container]];
  });
  return {
    count: rows.length,
    request: Int32Array.from(rows, (row) => row[0]),
    instanceId: Int32Array.from(rows, (row) => instanceId[row[0]]),
    stage: Uint16Array.from(rows, (row) => row[1]),
    stageNames: ["container", "weights"],
    waitSeconds: Float64Array.from(rows, (row) => row[2]),
  };
}

/** Instances that start one after the other: stages of a start, then serving, then draining. */
function madeUpPhases(instances: number): RunResult["instances"] {
  const phaseNames = ["starting", "ready", "draining", "start:container", "start:weights"];
  const rows: [number, number, number, number][] = [];
  for (let i = 0; i < instances; i++) {
    const start = 100 * i;
    const ready = start + 25 + i;
    rows.push([i, 0, start, ready], [i, 3, start, start + 5], [i, 4, start + 5, ready]);
    rows.push([i, 1, ready, 900 + 40 * i], [i, 2, 900 + 40 * i, 903 + 40 * i]);
  }
  return {
    count: rows.length,
    instanceId: Int32Array.from(rows, (row) => row[0]),
    functionId: Uint16Array.from(rows, (row) => row[0] % 2),
    phase: Uint16Array.from(rows, (row) => row[1]),
    startAtSeconds: Float64Array.from(rows, (row) => row[2]),
    endAtSeconds: Float64Array.from(rows, (row) => row[3]),
    phaseNames,
  };
}
