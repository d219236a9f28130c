import type { ExecutionTimeModel } from "../../lib/execution/execution_time_model.ts";

/** Coefficients of {@link piecewiseTime}, seconds. */
export interface PiecewiseTime {
  readonly base: number;
  readonly perPrefillToken: number;
  readonly perSequence: number;
  readonly perContextToken: number;
  /** Context at which the slope doubles, tokens; Infinity for a straight line. */
  readonly kneeTokens: number;
  /** Whether the model offers its decode line at all. */
  readonly offersLine: boolean;
}

/** A step time with every feature that leaping has to respect: slopes, a knee, mixed steps. */
export function piecewiseTime(time: PiecewiseTime): ExecutionTimeModel {
  const { base, perPrefillToken, perSequence, perContextToken, kneeTokens, offersLine } = time;
  const context = (tokens: number) => perContextToken * (tokens + Math.max(0, tokens - kneeTokens));
  return {
    name: "piecewise",
    stepSeconds(step) {
      let seconds = base + perSequence * (step.decodeTokens ?? step.decodeSequences) +
        context(step.decodeContextTokens);
      for (let i = 0; i < step.chunkCount; i++) {
        seconds += step.chunkTokens[i] * perPrefillToken *
          (1 + step.chunkPastTokens[i] / 10_000);
      }
      return seconds;
    },
    decodeLine(sequences, contextTokens, line, _longest, width) {
      if (!offersLine) return false;
      const start = base + perSequence * (width?.decodeTokens ?? sequences);
      if (contextTokens <= kneeTokens) {
        line.baseSeconds = start;
        line.slopeSecondsPerToken = perContextToken;
        line.contextEndTokens = kneeTokens;
      } else {
        line.baseSeconds = start - perContextToken * kneeTokens;
        line.slopeSecondsPerToken = 2 * perContextToken;
        line.contextEndTokens = Infinity;
      }
      return true;
    },
  };
}
