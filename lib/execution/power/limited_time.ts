import type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
  StepWork,
} from "../execution_time_model.ts";
import type { StepPower } from "./step_energy.ts";

/**
 * Step times under a lower power limit. A step takes the energy above idle that it took before, at most at
 * the lower limit, and so long:
 *
 *     t' = max(t, (energy above idle) / (limit - idle))
 *
 * Times of the model are those at the GPUs' own limit, which a step that would draw more has already been
 * stretched by. What a lower voltage saves is not counted: products that were measured in a burst and
 * sustained on one H200 take up to 7 % less than this (clocks.csv of h200-measured).
 *
 * @param power What the GPUs draw, `limitWatts` being their own limit.
 * @param limitWatts The lower limit of all of them, between idle and their own.
 * @throws {RangeError} If the limit is not between those.
 */
export function limitedTime(
  model: ExecutionTimeModel,
  work: StepWork,
  power: StepPower,
  limitWatts: number,
): ExecutionTimeModel {
  const { idleWatts, activeWatts, joulesPerFlop, joulesPerByte } = power;
  if (!(limitWatts > idleWatts && limitWatts <= power.limitWatts)) {
    throw new RangeError(
      `Cannot limit power to watts above ${idleWatts}, idle, and at most ${power.limitWatts}, the ` +
        `limit of the GPUs: current value is ${limitWatts}`,
    );
  }
  const free = limitWatts - idleWatts;
  /** How much longer a step takes that was at the GPUs' own limit. */
  const most = (power.limitWatts - idleWatts) / free;
  const gapOf = (sequences: number) => power.gapSeconds + power.gapSecondsPerSequence * sequences;

  const stepJoules = (step: StepShape, seconds: number) => {
    const { decodeSequences, decodeContextTokens: context } = step;
    const decodes = step.decodeTokens ?? decodeSequences;
    let tokens = decodes, entries = context;
    let pairs = decodeSequences > 0 ? context * (decodes / decodeSequences) : 0;
    for (let i = 0; i < step.chunkCount; i++) {
      const chunk = step.chunkTokens[i], past = step.chunkPastTokens[i];
      tokens += chunk;
      pairs += chunk * past + chunk * (chunk + 1) / 2;
      entries += past + chunk;
    }
    const gap = Math.min(seconds, gapOf(decodeSequences + step.chunkCount));
    const flops = tokens * work.flopsPerToken + pairs * work.flopsPerAttentionPair +
      step.sampledSequences * work.flopsPerSample;
    const bytes = work.weightBytes(tokens) + entries * work.kvBytesPerToken;
    return activeWatts * (seconds - gap) + joulesPerFlop * flops + joulesPerByte * bytes;
  };

  return {
    ...model,
    name: `${model.name} at ${limitWatts} W`,
    stepSeconds(step) {
      const seconds = model.stepSeconds(step);
      return Math.max(seconds, Math.min(most * seconds, stepJoules(step, seconds) / free));
    },
    decodeLine(sequences, contextTokens, line, longest, width) {
      if (!model.decodeLine(sequences, contextTokens, line, longest, width)) return false;
      const { decodeTokens: tokens, sampledSequences: samples } = width ?? plainWidth(sequences);
      const gap = Math.min(line.baseSeconds, gapOf(sequences));
      const base = (activeWatts * (line.baseSeconds - gap) +
        joulesPerFlop * (tokens * work.flopsPerToken + samples * work.flopsPerSample) +
        joulesPerByte * work.weightBytes(tokens)) / free;
      const slope = (activeWatts * line.slopeSecondsPerToken +
        joulesPerFlop * work.flopsPerAttentionPair * (tokens / sequences) +
        joulesPerByte * work.kvBytesPerToken) / free;
      stretch(line, contextTokens, { base, slope, most });
      return true;
    },
  };
}

function plainWidth(sequences: number): Pick<DecodeWidth, "decodeTokens" | "sampledSequences"> {
  return { decodeTokens: sequences, sampledSequences: sequences };
}

/** Puts the line of the time that the energy takes in place of that of the model, as far as it is above. */
function stretch(
  line: DecodeLine,
  contextTokens: number,
  { base, slope, most }: { readonly base: number; readonly slope: number; readonly most: number },
): void {
  const { baseSeconds: own, slopeSecondsPerToken: ownSlope } = line;
  const seconds = own + ownSlope * contextTokens;
  const energy = base + slope * contextTokens;
  if (energy >= most * seconds) {
    line.baseSeconds = most * own;
    line.slopeSecondsPerToken = most * ownSlope;
  } else if (energy > seconds) {
    line.baseSeconds = base;
    line.slopeSecondsPerToken = slope;
  }
  for (const times of [1, most]) {
    // Where the energy crosses the model's time, and that at the GPUs' own limit.
    const crossing = (times * own - base) / (slope - times * ownSlope);
    if (crossing > contextTokens && crossing < line.contextEndTokens) {
      line.contextEndTokens = Math.max(contextTokens, Math.floor(crossing));
    }
  }
}
