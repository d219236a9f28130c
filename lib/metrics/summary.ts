import type { WeightCacheCounts } from "../serverless/cold_start/weight_cache.ts";
import { asleepSeconds, upSeconds } from "../serverless/life_phases.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import { describe } from "../stats/quantiles.ts";
import { divideByOutput, fillDifference, fillTpot, measuredRequests } from "./latency_columns.ts";
import { attainment } from "./attainment.ts";
import { coldStartStages } from "./cold_start_stages.ts";
import { coldStartWaits } from "./cold_start_waits.ts";
import { type CostDivisors, costFields, unpricedFunctions } from "./cost_fields.ts";
import { billInstances } from "./cost_summary.ts";
import { phaseSeconds, poolFields, sleepFields } from "./elastic_summary.ts";
import type { FunctionFacts } from "./function_facts.ts";
import { functionSummaries } from "./function_summaries.ts";
import { prefixCacheUse } from "./prefix_cache_use.ts";
import { countRequests, measuredFields } from "./request_counts.ts";
import type { RunRecord } from "./run_record.ts";
import {
  type ClassSummary,
  type ColdStartWaits,
  type LatencySummary,
  type Summary,
} from "./run_tables.ts";
import { hasLimits, type SloLimits } from "./slo.ts";
import { allFinite } from "./all_finite.ts";
import { undefinedFigures } from "./undefined_figures.ts";
import { billStorage, storedGbHours, type StoredWeights } from "./storage_summary.ts";

export type { FunctionFacts } from "./function_facts.ts";

/** A service class: its name and what its requests have to keep. */
export interface ClassFacts {
  /** Name in the results. */
  readonly name: string;
  /** Limits of its requests. */
  readonly slo: SloLimits;
}

/** Settings of the summary. */
export interface SummaryOptions {
  /** Facts by function id. */
  readonly functions: readonly FunctionFacts[];
  /** How starts found their weights; absent without machines that keep any. */
  readonly weightCache?: WeightCacheCounts;
  /** Weights kept, and their price; absent: none. */
  readonly stored?: StoredWeights;
  /** The run's waits for starts, where they have been split already. */
  readonly coldStartWaits?: ColdStartWaits;
  /** Names by function id; absent: no rows by function. */
  readonly functionNames?: readonly string[];
  /** Percentiles of each latency, 0..100. */
  readonly percentiles: readonly number[];
  /** Requests that arrive before are left out of latencies and rates, seconds. */
  readonly warmupSeconds: number;
  /** Limits of all requests when there are no classes; absent: none. */
  readonly slo?: SloLimits;
  /** Service classes by id; absent or empty: all requests are alike. */
  readonly classes?: readonly ClassFacts[];
}

const NO_LIMITS: SloLimits = {
  ttftSeconds: Infinity,
  tpotSeconds: Infinity,
  e2eSeconds: Infinity,
};

/** Everything but the digest, which takes an asynchronous hash. */
export type SummaryWithoutDigest = Omit<Summary, "digest">;

/** Computes the summary of a run. docs/metrics.md has each figure's formula. */
export function summarize(run: RunRecord, options: SummaryOptions): SummaryWithoutDigest {
  const { endAtSeconds, servedUntilSeconds } = run;
  const { warmupSeconds, percentiles } = options;
  const counts = countRequests(run, warmupSeconds);
  const latencies = requestLatencies(run, percentiles, warmupSeconds);
  const use = instanceUse(run.lives, run, options.functions);
  const bill = billInstances(run.lives, run, options.functions, billStorage(options.stored));
  const measuredSeconds = Math.max(0, servedUntilSeconds - warmupSeconds);
  const rate = (count: number) => measuredSeconds > 0 ? count / measuredSeconds : 0;
  const ratio = (value: number, whole: number) => whole > 0 ? value / whole : 0;
  const unpriced = unpricedFunctions(run, options.functions);
  const isPriced = unpriced.size === 0;
  const throughput = rate(counts.measuredCompleted);
  const divisors: CostDivisors = {
    completed: counts.requests.completed,
    promptTokens: counts.allPromptTokens,
    outputTokens: counts.allOutputTokens,
    ...(isLimited(options) && { limitsOf: requestLimits(options) }),
  };
  const cost = costFields(run, options.functions, bill, divisors, isPriced);
  const summary: Omit<SummaryWithoutDigest, "undefined_figures"> = {
    requests: counts.requests,
    measured: measuredFields(run.columns, warmupSeconds, endAtSeconds),
    ...latencies,
    tbt_s: {
      mean: orNull(run.gaps.mean),
      ...percentileFields(percentiles, (p) => run.gaps.quantile(p / 100)),
      max: orNull(run.gaps.max),
    } as LatencySummary,
    throughput_rps: throughput,
    ...attainmentFields(run, options, rate),
    functions: functionFields(
      run,
      options,
      bill.byFunctionUsd.map((usd, id) => unpriced.has(id) ? null : usd),
    ),
    output_tokens_per_s: rate(counts.measuredOutputTokens),
    total_tokens_per_s: rate(counts.measuredOutputTokens + counts.measuredPromptTokens),
    mfu: ratio(use.flops, use.peakFlops),
    mbu: ratio(use.bytes, use.peakBytes),
    busy_fraction: ratio(use.busySeconds, use.upSeconds),
    memory_utilization: ratio(use.memoryShareSeconds, use.upSeconds),
    kv_utilization: ratio(use.blockSeconds, use.blockCapacitySeconds),
    kv: {
      peak_utilization: run.peakKvUtilization,
      fragmentation: run.kvTokens.room > 0 ? 1 - run.kvTokens.tokens / run.kvTokens.room : null,
    },
    prefix_cache: prefixCacheFields(run, options.functions),
    cold_starts: run.coldStarts,
    cold_start_rate: ratio(counts.waitedForStart, run.arrived),
    cold_start_stages_s: coldStartStages(options.coldStartWaits ?? coldStartWaits(run)),
    weight_cache: weightCacheFields(options.weightCache),
    stored_weights_gb_hours: storedGbHours(options.stored),
    evicted_instances: run.evictions,
    sleep: sleepFields(run),
    prewarmed_pools: poolFields(run, options.functionNames ?? []),
    faults: faultFields(run),
    preemptions: counts.preemptions,
    instance_seconds: use.instanceSeconds,
    phase_seconds: phaseSeconds(run),
    gpu_hours: use.gpuSeconds / 3600,
    cost,
    qps_per_usd: isPriced && bill.total_usd > 0 ? throughput / bill.total_usd : null,
  };
  const facts = { isLimited: isLimited(options), lacksPrice: !isPriced };
  const explained = { ...summary, undefined_figures: undefinedFigures(summary, facts) };
  return allFinite(explained, "summary");
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function percentileFields(
  percentiles: readonly number[],
  of: (percentile: number, index: number) => number,
): Record<string, number | null> {
  return Object.fromEntries(percentiles.map((p, i) => [`p${p}`, orNull(of(p, i))]));
}

/** Attainment and goodput of all requests, and the classes if there are any. */
function attainmentFields(
  run: RunRecord,
  { classes = [], slo = NO_LIMITS, percentiles, warmupSeconds, functions }: SummaryOptions,
  rate: (count: number) => number,
): Pick<Summary, "slo_attainment" | "goodput_rps" | "classes"> {
  const limits = commonLimits({ classes, slo });
  const byFunction = functions.every((facts) => facts.limits !== undefined)
    ? functions.map((facts) => facts.limits!)
    : undefined;
  if (classes.length === 0 && !hasLimits(slo) && byFunction === undefined) {
    return { slo_attainment: null, goodput_rps: null, classes: [] };
  }
  const { arrived, attained, share, completedWithin } = attainment(
    run,
    limits,
    warmupSeconds,
    byFunction,
  );
  return {
    slo_attainment: share,
    goodput_rps: (byFunction?.flat() ?? limits).some(hasLimits) ? rate(completedWithin) : null,
    classes: classes.map(({ name }, id): ClassSummary => {
      const { ttft_s, tpot_s, e2e_s } = requestLatencies(run, percentiles, warmupSeconds, id);
      return {
        name,
        arrived: arrived[id],
        attained: attained[id],
        slo_attainment: arrived[id] > 0 && hasLimits(limits[id])
          ? attained[id] / arrived[id]
          : null,
        ttft_s,
        tpot_s,
        e2e_s,
      };
    }),
  };
}

/** What faults did. */
function faultFields({ faults }: RunRecord): Summary["faults"] {
  if (faults === undefined) return null;
  return {
    failures: faults.failures,
    preemptions: faults.preemptions,
    instances_lost: faults.instancesLost,
    requests_hit: faults.requestsHit,
    requests_failed: faults.requestsFailed,
    lost_tokens: faults.lostTokens,
    failed_starts: faults.failedStarts,
    availability: orNull(faults.availability),
    recovery_s: orNull(faults.recoverySeconds),
  };
}

/** How starts found their weights. */
function weightCacheFields(counts: WeightCacheCounts | undefined): Summary["weight_cache"] {
  if (counts === undefined) return null;
  const { lookups, dramHits, ssdHits, evictions } = counts;
  const share = (hits: number) => lookups > 0 ? hits / lookups : null;
  return {
    lookups,
    dram_hit_rate: share(dramHits),
    ssd_hit_rate: share(ssdHits),
    evictions,
  };
}

/** Limits by class of functions without limits of their own; one entry holds for all classes. */
function commonLimits(
  { classes = [], slo = NO_LIMITS }: Pick<SummaryOptions, "classes" | "slo">,
): SloLimits[] {
  return classes.length > 0 ? classes.map((facts) => facts.slo) : [slo];
}

/** Whether any request could have limits. */
function isLimited(options: SummaryOptions): boolean {
  const common = commonLimits(options);
  return options.functions.some((facts) => (facts.limits ?? common).some(hasLimits));
}

/** Limits of the requests by function and class. */
function requestLimits(options: SummaryOptions) {
  const common = commonLimits(options);
  return (functionId: number, classId: number): SloLimits => {
    const limits = options.functions[functionId].limits ?? common;
    return limits[limits.length === 1 ? 0 : classId];
  };
}

/** The rows by function; none when there is one function. */
function functionFields(
  run: RunRecord,
  options: SummaryOptions,
  costUsd: readonly (number | null)[],
): Summary["functions"] {
  const { functionNames: names = [] } = options;
  if (names.length < 2) return [];
  return functionSummaries(run, {
    names,
    limitsOf: requestLimits(options),
    costUsd,
    percentiles: options.percentiles,
    warmupSeconds: options.warmupSeconds,
  });
}

/** The hits of the functions that use a prefix cache; null when none does. */
function prefixCacheFields(
  { columns }: RunRecord,
  functions: readonly FunctionFacts[],
): Summary["prefix_cache"] {
  const blockTokens = functions.map((facts) => facts.prefixBlockTokens ?? 0);
  if (blockTokens.every((tokens) => tokens === 0)) return null;
  const use = prefixCacheUse(columns, blockTokens);
  return {
    hit_rate_tokens: orNull(use.tokenShare),
    hit_rate_blocks: orNull(use.blockShare),
    cached_tokens: use.cachedTokens,
  };
}

/**
 * Latencies of the completed requests (of one class, if given) that arrived after the warm-up. One
 * buffer serves them all.
 */
function requestLatencies(
  { columns }: RunRecord,
  percentiles: readonly number[],
  warmupSeconds: number,
  classId?: number,
) {
  const measured = measuredRequests(columns, warmupSeconds, classId);
  const buffer = new Float64Array(measured.count);
  const summarizeBuffer = (): LatencySummary => {
    const { mean, max, percentiles: values } = describe(buffer, percentiles);
    return {
      mean: orNull(mean),
      ...percentileFields(percentiles, (_, index) => values[index]),
      max: orNull(max),
    } as LatencySummary;
  };
  const difference = (end: Float64Array): LatencySummary => {
    fillDifference(buffer, measured, end, columns.arrivalAtSeconds);
    return summarizeBuffer();
  };
  const ttft_s = difference(columns.firstTokenAtSeconds);
  const scheduling_delay_s = difference(columns.scheduledAtSeconds);
  fillTpot(buffer, measured, columns);
  const tpot_s = summarizeBuffer();
  const e2e_s = difference(columns.completedAtSeconds);
  fillDifference(buffer, measured, columns.completedAtSeconds, columns.arrivalAtSeconds);
  divideByOutput(buffer, measured, columns);
  return { ttft_s, tpot_s, e2e_s, normalized_latency_s: summarizeBuffer(), scheduling_delay_s };
}

/** Time, work and dollars of all instances. */
function instanceUse(
  lives: readonly InstanceLife[],
  run: RunRecord,
  functions: readonly FunctionFacts[],
) {
  const use = {
    instanceSeconds: 0,
    gpuSeconds: 0,
    upSeconds: 0,
    busySeconds: 0,
    flops: 0,
    peakFlops: 0,
    bytes: 0,
    peakBytes: 0,
    blockSeconds: 0,
    blockCapacitySeconds: 0,
    memoryShareSeconds: 0,
  };
  for (const life of lives) {
    const facts = functions[life.functionId];
    const totals = run.totals[life.instanceId];
    const lifeSeconds = life.stoppedAtSeconds - life.createdAtSeconds;
    const up = upSeconds(life);
    use.instanceSeconds += lifeSeconds;
    use.gpuSeconds += (lifeSeconds - asleepSeconds(life)) * facts.gpus;
    use.upSeconds += up;
    use.busySeconds += totals.busySeconds;
    use.flops += totals.flops;
    use.peakFlops += up * facts.peakFlops;
    use.bytes += totals.bytes;
    use.peakBytes += up * facts.peakBytesPerSecond;
    use.blockSeconds += totals.blockSeconds;
    use.blockCapacitySeconds += up * facts.kvBlocks;
    use.memoryShareSeconds += up * facts.fixedMemoryShare +
      totals.blockSeconds / facts.kvBlocks * facts.kvMemoryShare;
  }
  for (const { members, holdsGpus } of run.pools ?? []) {
    for (const { createdAtSeconds, endAtSeconds, functionId } of members) {
      const seconds = endAtSeconds - createdAtSeconds;
      use.instanceSeconds += seconds;
      if (holdsGpus) use.gpuSeconds += seconds * functions[functionId].gpus;
    }
  }
  return use;
}
