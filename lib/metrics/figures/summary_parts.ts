import { attainment } from "../attainment.ts";
import { coldStartWaits } from "../cold_start_waits.ts";
import { alwaysOn, billInstances, unpricedFunctions } from "../cost_summary.ts";
import { electricityUsd, energySums } from "../energy_summary.ts";
import { functionParts } from "../function_parts.ts";
import { instanceUse } from "../instance_use.ts";
import { type LatencyMeter, latencyMeter } from "../latency_summary.ts";
import { countRequests } from "../request_counts.ts";
import { rowsOf } from "../rows/request_rows.ts";
import type { RunRecord } from "../run_record.ts";
import { hasLimits } from "../slo.ts";
import { billStorage } from "../storage_summary.ts";
import { saturation } from "../saturation.ts";
import { unusedGpusUsd } from "../unused_gpus.ts";
import { commonLimits, isLimited, requestLimits, type SummaryOptions } from "../summary_options.ts";

/** What the figures of a summary are computed from: the run, and what several of them share. */
export type SummaryParts = ReturnType<typeof summaryParts>;

/** Goes through a run once for all figures. */
export function summaryParts(run: RunRecord, options: SummaryOptions) {
  const { warmupSeconds, percentiles, functions, functionNames: names = [] } = options;
  const measuredSeconds = Math.max(0, run.measuredUntilSeconds - warmupSeconds);
  const limitsOf = requestLimits(options);
  const energy = energySums(run, functions, options.energy);
  const bill = billInstances(run.lives, run, functions, {
    storageUsd: billStorage(options.stored),
    unusedGpusUsd: unusedGpusUsd(options.rentedMachines ?? [], run.lives),
    electricityUsd: electricityUsd(energy, options.energy),
  });
  const unpriced = unpricedFunctions(run, functions);
  const rows = rowsOf(run);
  const latencies = latencyMeter(rows, percentiles, warmupSeconds);
  return {
    run,
    options,
    counts: countRequests(run, warmupSeconds),
    latencies,
    attained: attainedParts(run, options),
    /** Whether any request could have limits. */
    isLimited: isLimited(options),
    limitsOf,
    /** Time, work and room of all instances. */
    use: instanceUse(run, functions),
    bill,
    /** What instances draw; undefined where nobody asks. */
    energy,
    /** Whether the GPUs of all instances have a price. */
    isPriced: unpriced.size === 0,
    rent: alwaysOn(run, functions),
    /** The functions; none where there is one. */
    functions: names.length < 2 ? [] : functionParts(run, {
      names,
      limitsOf,
      costUsd: bill.byFunctionUsd.map((usd, id) => unpriced.has(id) ? null : usd),
      ...(energy && { energyJoules: energy.byFunctionJoules }),
      percentiles,
      warmupSeconds,
    }),
    /** How much arrives and is served where that is a trend to ever more; null where it is none. */
    saturation: saturation(rows, warmupSeconds) ?? null,
    waits: options.coldStartWaits ?? coldStartWaits(run),
    /** So many per second of the time after the warm-up. */
    rate: (count: number) => measuredSeconds > 0 ? count / measuredSeconds : 0,
  };
}

/** One service class. */
export interface ClassPart {
  readonly name: string;
  /** Its requests that arrived after the warm-up, and those of them that met every limit. */
  readonly arrived: number;
  readonly attained: number;
  readonly isLimited: boolean;
  readonly latencies: LatencyMeter;
}

/** Which requests met every limit; share and count are null without limits. */
function attainedParts(run: RunRecord, options: SummaryOptions) {
  const { classes = [], percentiles, warmupSeconds, functions } = options;
  const limits = commonLimits(options);
  const byFunction = functions.every((facts) => facts.limits !== undefined)
    ? functions.map((facts) => facts.limits!)
    : undefined;
  if (classes.length === 0 && !limits.some(hasLimits) && byFunction === undefined) {
    return { share: null, completedWithin: null, classes: [] };
  }
  const rows = rowsOf(run);
  const found = attainment(run, limits, warmupSeconds, byFunction);
  const isAnyLimited = (byFunction?.flat() ?? limits).some(hasLimits);
  return {
    share: found.share,
    completedWithin: isAnyLimited ? found.completedWithin : null,
    classes: classes.map(({ name }, id): ClassPart => ({
      name,
      arrived: found.arrived[id],
      attained: found.attained[id],
      isLimited: hasLimits(limits[id]),
      latencies: latencyMeter(rows, percentiles, warmupSeconds, id),
    })),
  };
}

/** A part over a whole; 0 where there is no whole. */
export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
