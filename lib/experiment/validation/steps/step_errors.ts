import type { ExecutionTimeModel } from "../../../execution/execution_time_model.ts";
import { percentiles } from "../../../stats/quantiles.ts";
import type { LoggedStep } from "./step_log.ts";

/** Errors of the steps of one kind. */
export interface StepErrors {
  /** "decodes", "prompts", "mixed", and how they were launched where the log says it. */
  readonly kind: string;
  readonly steps: number;
  /** Median of predicted over logged time less 1. */
  readonly median: number;
  /** Mean of its absolute value. */
  readonly meanAbsolute: number;
  /** Its 90th percentile by absolute value. */
  readonly p90Absolute: number;
  /** Predicted seconds of all over logged seconds of all, less 1. */
  readonly total: number;
  /** Median seconds of the host; null where the log does not say. */
  readonly hostSeconds: number | null;
}

/** What the times that are logged beyond the predicted ones come to, see {@link hostTimeOf}. */
export interface HostTime {
  /** Seconds of each step. */
  readonly stepSeconds: number;
  /** Seconds per sequence of a step. */
  readonly sequenceSeconds: number;
}

/** Predicted seconds of each step, in their order. */
export function predictedSeconds(
  model: ExecutionTimeModel,
  steps: readonly LoggedStep[],
  meanContext: number | undefined,
): Float64Array {
  return Float64Array.from(steps, ({ decodes, contextTokens, longestTokens, chunks }) => {
    const context = contextTokens ?? decodes * (meanContext ?? NaN);
    return model.stepSeconds({
      decodeSequences: decodes,
      decodeContextTokens: decodes === 0 ? 0 : context,
      ...(longestTokens !== undefined && decodes > 0 &&
        { decodeLongestContextTokens: longestTokens }),
      chunkCount: chunks.length,
      chunkTokens: Int32Array.from(chunks, ([tokens]) => tokens),
      chunkPastTokens: Int32Array.from(chunks, ([, past]) => past),
      sampledSequences: decodes + chunks.length,
    });
  });
}

function quantile(values: readonly number[], q: number): number {
  return percentiles(Float64Array.from(values), [100 * q])[0];
}

/** Errors by kind of step, in the order in which kinds appear. */
export function stepErrors(
  steps: readonly LoggedStep[],
  predicted: Float64Array,
): StepErrors[] {
  const kinds = new Map<string, number[]>();
  steps.forEach((step, i) => {
    const kind = kindOf(step);
    kinds.set(kind, [...kinds.get(kind) ?? [], i]);
  });
  return [...kinds].map(([kind, places]) => {
    const errors = places.map((i) => predicted[i] / steps[i].seconds - 1);
    const absolute = errors.map(Math.abs);
    const hosts = places.flatMap((i) => steps[i].hostSeconds ?? []);
    const sum = (of: (i: number) => number) => places.reduce((total, i) => total + of(i), 0);
    return {
      kind,
      steps: places.length,
      median: quantile(errors, 0.5),
      meanAbsolute: absolute.reduce((a, b) => a + b, 0) / absolute.length,
      p90Absolute: quantile(absolute, 0.9),
      total: sum((i) => predicted[i]) / sum((i) => steps[i].seconds) - 1,
      hostSeconds: hosts.length === 0 ? null : quantile(hosts, 0.5),
    };
  });
}

function kindOf({ decodes, chunks, how }: LoggedStep): string {
  const work = chunks.length === 0 ? "decodes" : decodes === 0 ? "prompts" : "mixed";
  return how === undefined ? work : `${work}, ${how}`;
}

/**
 * What steps take beyond their prediction, as `execution.overheads` has it: a constant and a part per
 * sequence, the medians of small and of large decode-only steps on a line; neither below 0. The source's
 * own errors are in it as well. Undefined where the log has no decode-only step.
 */
export function hostTimeOf(
  steps: readonly LoggedStep[],
  predicted: Float64Array,
): HostTime | undefined {
  const points = steps.flatMap(({ decodes, chunks, seconds }, i) =>
    chunks.length === 0 ? [{ decodes, more: seconds - predicted[i] }] : []
  ).sort((a, b) => a.decodes - b.decodes);
  if (points.length === 0) return undefined;
  const half = Math.ceil(points.length / 2);
  const middle = (part: typeof points) => ({
    decodes: quantile(part.map(({ decodes }) => decodes), 0.5),
    more: quantile(part.map(({ more }) => more), 0.5),
  });
  const [small, large] = [middle(points.slice(0, half)), middle(points.slice(-half))];
  const all = Math.max(0, middle(points).more);
  if (!(large.decodes > small.decodes)) return { stepSeconds: all, sequenceSeconds: 0 };
  const slope = (large.more - small.more) / (large.decodes - small.decodes);
  const constant = small.more - slope * small.decodes;
  // A line that falls or begins below 0 is no time of a host.
  if (!(slope > 0)) return { stepSeconds: all, sequenceSeconds: 0 };
  if (constant < 0) {
    return { stepSeconds: 0, sequenceSeconds: Math.max(0, large.more / large.decodes) };
  }
  return { stepSeconds: constant, sequenceSeconds: slope };
}
