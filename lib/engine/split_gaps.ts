import type { GapSketch } from "../stats/gap_sketch.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineReadings } from "./engine_readings.ts";
import type { StepClock } from "./step_clock.ts";
import type { TokenGaps } from "./token_gaps.ts";

/** Moves the gaps of the steps that have ended by `now` in a leap in progress into `apart`. */
export function splitGaps(
  { decodes, shape: { decodeSequences } }: BatchBuilder,
  clock: StepClock,
  gaps: TokenGaps,
  readings: EngineReadings,
  now: number,
  apart: GapSketch,
): void {
  if (!clock.isStepping || !decodes) return;
  const ended = clock.ahead(now);
  gaps.addBegun(clock.leap, ended, apart);
  const together = readings.gainedTokens(now) - ended * decodeSequences;
  if (together > 0) gaps.addBegunTogether(together, apart);
}
