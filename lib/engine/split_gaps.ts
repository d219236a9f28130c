import type { GapSketch } from "../stats/gap_sketch.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { StepClock } from "./step_clock.ts";
import type { TokenGaps } from "./token_gaps.ts";

/**
 * Moves the gaps of the steps that have ended by `now` in a leap in progress into `apart`.
 *
 * @param gainedTokens Tokens that the decode batch has gained in them.
 */
export function splitGaps(
  { shape: { decodeSequences } }: BatchBuilder,
  clock: StepClock,
  gaps: TokenGaps,
  now: number,
  gainedTokens: number,
  apart: GapSketch,
): void {
  const ended = clock.ahead(now);
  gaps.addBegun(clock.leap, ended, apart);
  const together = gainedTokens - ended * decodeSequences;
  if (together > 0) gaps.addBegunTogether(together, apart);
}
