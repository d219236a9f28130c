import { log } from "../../stats/elementary/mod.ts";
import { activatedExperts } from "../../models/activated_experts.ts";
import type { ExpertFeedForward } from "../../models/transformer.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import {
  findTables,
  type GpuPeaks,
  type OperatorProfile,
  type ProfileDtype,
} from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import { dtypeBytes } from "./reference_times.ts";

/** How tokens spread over experts. */
export type ExpertRouting = "balanced" | "skewed";

/** Which routing names of the measurements stand for ours, best first. */
const ROUTINGS: Readonly<Record<ExpertRouting, readonly string[]>> = {
  balanced: ["balanced", "power_law_1.01", "power_law_1.2"],
  skewed: ["power_law_1.2", "power_law_1.01", "balanced"],
};

/** Experts of one layer on one GPU. */
export interface ExpertPart {
  readonly hiddenSize: number;
  readonly experts: ExpertFeedForward;
  readonly dtype: ProfileDtype;
  /** GPUs that share each expert's width. */
  readonly tensorParallel: number;
  /** GPUs that share the experts. */
  readonly expertParallel: number;
  readonly routing: ExpertRouting;
}

/**
 * Seconds of the routed experts of one layer by tokens: linear between measured token counts of the
 * same configuration or, where it was not measured, of the nearest one times the ratio of the two
 * rooflines. Never below the roofline of the experts that the tokens activate.
 */
export function expertSecondsOf(
  profile: OperatorProfile,
  part: ExpertPart,
): (tokens: number) => number {
  const { peaks } = profile;
  const wanted = [
    part.hiddenSize,
    part.experts.width,
    part.experts.perToken,
    part.experts.count,
    part.tensorParallel,
    part.expertParallel,
  ];
  const table = routedTable(profile, part);
  const configurations = table.axes[0].points;
  let row = 0;
  for (let i = 1; i < configurations.length; i++) {
    if (distance(configurations[i], wanted) < distance(configurations[row], wanted)) row = i;
  }
  const exact = distance(configurations[row], wanted) === 0;
  const tokenKnots = axisValues(table, 1);
  const known: number[] = [];
  const seconds: number[] = [];
  for (let i = 0; i < tokenKnots.length; i++) {
    const value = table.seconds[row * tokenKnots.length + i];
    if (Number.isNaN(value)) continue;
    const scale = exact ? 1 : smoothSeconds(wanted, tokenKnots[i], part.dtype, peaks) /
      smoothSeconds(configurations[row], tokenKnots[i], part.dtype, peaks);
    known.push(tokenKnots[i]);
    seconds.push(
      Math.max(value * scale, rooflineSeconds(wanted, tokenKnots[i], part.dtype, peaks)),
    );
  }
  const last = known.length - 1;
  const place: KnotPlace = { index: 0, weight: 0 };
  return (tokens) => {
    if (tokens > known[last]) return seconds[last] * tokens / known[last];
    placeAmong(known, tokens, place);
    const next = Math.min(place.index + 1, last);
    return seconds[place.index] + place.weight * (seconds[next] - seconds[place.index]);
  };
}

function routedTable(profile: OperatorProfile, part: ExpertPart): OperatorTable {
  for (const routing of ROUTINGS[part.routing]) {
    const [table] = findTables(profile, "experts", { dtype: part.dtype, routing });
    if (table !== undefined) return table;
  }
  throw new RangeError(
    `Cannot compose experts of ${part.dtype} from the profile of ${profile.gpu}: it has no such table`,
  );
}

function distance(a: readonly number[], b: readonly number[]): number {
  // A wrong split over GPUs is worse than a wrong size: different kernels and imbalance.
  const weights = [1, 1, 1, 1, 3, 3];
  return weights.reduce((sum, weight, i) => sum + weight * Math.abs(log(a[i] / b[i])), 0);
}

function work(configuration: readonly number[], tokens: number, dtype: ProfileDtype) {
  const [hidden, intermediate, perToken, count, tensorParallel, expertParallel] = configuration;
  const matrixElements = 3 * hidden * intermediate / tensorParallel;
  const active = activatedExperts(count, perToken, tokens) / expertParallel;
  return {
    flops: 2 * tokens * perToken * matrixElements / expertParallel,
    bytes: active * matrixElements * dtypeBytes(dtype) + 4 * tokens * hidden,
  };
}

/**
 * Least time of the experts that balanced tokens activate. Skewed routing activates fewer, so the
 * bytes that bound a measured time are those of `perToken` experts.
 */
function rooflineSeconds(
  configuration: readonly number[],
  tokens: number,
  dtype: ProfileDtype,
  peaks: GpuPeaks,
): number {
  const [hidden, intermediate, perToken, , tensorParallel, expertParallel] = configuration;
  const peak = dtype === "fp8" ? peaks.fp8FlopsPerSecond : peaks.bf16FlopsPerSecond;
  const bytes = 3 * hidden * intermediate / tensorParallel * dtypeBytes(dtype) *
    Math.min(perToken, perToken * tokens / expertParallel);
  return Math.max(
    work(configuration, tokens, dtype).flops / peak,
    bytes / peaks.memoryBytesPerSecond,
  );
}

function smoothSeconds(
  configuration: readonly number[],
  tokens: number,
  dtype: ProfileDtype,
  peaks: GpuPeaks,
): number {
  const { flops, bytes } = work(configuration, tokens, dtype);
  const peak = dtype === "fp8" ? peaks.fp8FlopsPerSecond : peaks.bf16FlopsPerSecond;
  return flops / (0.6 * peak) + bytes / (0.8 * peaks.memoryBytesPerSecond) + 20e-6;
}
