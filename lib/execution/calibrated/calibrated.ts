import type { ExecutionTimeModel } from "../execution_time_model.ts";
import type { Overhead } from "./overhead.ts";

/** A source of execution times and the overhead to add to it. */
export interface CalibratedOptions {
  /** Times without the overhead. */
  readonly source: ExecutionTimeModel;
  /** What the framework adds. */
  readonly overhead: Overhead;
  /** Collectives of one step: twice the layers with tensor parallelism; default 0. */
  readonly collectivesPerStep?: number;
}

/**
 * Another source's times plus the overhead of a serving framework, which operator tables do not hold.
 * Overhead is linear in sequences, so runs of decode steps stay on the source's lines.
 *
 * @throws RangeError if a constant is negative.
 *
 * @example
 * ```ts
 * import { calibrated, constantTime, NO_OVERHEAD } from "simfaasinfer/execution";
 * const source = constantTime(0.02);
 * const model = calibrated({ source, overhead: { ...NO_OVERHEAD, stepSeconds: 0.002 } });
 * ```
 */
export function calibrated(options: CalibratedOptions): ExecutionTimeModel {
  const { source, overhead, collectivesPerStep = 0 } = options;
  for (const [name, value] of Object.entries(overhead)) {
    if (!(value >= 0)) {
      throw new RangeError(
        `Cannot use overhead ${name} as non-negative seconds: current value is ${value}`,
      );
    }
  }
  const { stepSeconds, sequenceSeconds, samplerSeconds, collectiveSeconds } = overhead;
  const fixed = stepSeconds + collectivesPerStep * collectiveSeconds;
  return {
    name: `calibrated ${source.name}`,
    needsLongestContext: source.needsLongestContext,
    stepSeconds(step) {
      return source.stepSeconds(step) + fixed +
        (step.decodeSequences + step.chunkCount) * sequenceSeconds +
        step.sampledSequences * samplerSeconds;
    },
    decodeLine(sequences, contextTokens, line, longest, width) {
      if (!source.decodeLine(sequences, contextTokens, line, longest, width)) return false;
      line.baseSeconds += width === undefined
        ? fixed + sequences * (sequenceSeconds + samplerSeconds)
        : fixed + sequences * sequenceSeconds + width.sampledSequences * samplerSeconds;
      return true;
    },
  };
}
