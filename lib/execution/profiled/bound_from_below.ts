import type { DecodeLine } from "../execution_time_model.ts";

/** Turns a line into the greater one of itself and slope x context, as far as that is one line. */
export function boundFromBelow(line: DecodeLine, contextTokens: number, slope: number): void {
  const { baseSeconds, slopeSecondsPerToken } = line;
  const isBelow = baseSeconds + slopeSecondsPerToken * contextTokens < slope * contextTokens;
  const meetAt = baseSeconds / (slope - slopeSecondsPerToken);
  if (isBelow) {
    line.baseSeconds = 0;
    line.slopeSecondsPerToken = slope;
  }
  if (meetAt > contextTokens && meetAt < line.contextEndTokens) line.contextEndTokens = meetAt;
}
