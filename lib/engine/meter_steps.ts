import type { ExecutionTimeModel } from "../execution/execution_time_model.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineReadings } from "./engine_readings.ts";
import type { Leap } from "./leap.ts";

/** Writes the decodes of the step that was formed last into its shape. */
export function fillDecodes(
  batch: BatchBuilder,
  { needsLongestContext }: ExecutionTimeModel,
): void {
  const { shape, sequences } = batch;
  const decoding = batch.decodes ? sequences.decoding : 0;
  shape.decodeSequences = decoding;
  shape.decodeContextTokens = decoding > 0 ? sequences.contextTokens : 0;
  if (needsLongestContext) {
    shape.decodeLongestContextTokens = decoding > 0 ? sequences.longestContextTokens() : 0;
  }
  batch.speculation?.fill(shape, decoding > 0 ? batch.decodeTokens : 0);
}

/**
 * Counts the work and the time of the steps that end, before anything of the batch has changed.
 *
 * @param outstanding Requests inside.
 */
export function meterSteps(
  batch: BatchBuilder,
  readings: EngineReadings,
  leap: Leap,
  outstanding: number,
): void {
  const { shape, sequences, pool, lookahead } = batch;
  const { meter } = readings;
  const { steps } = leap;
  if (lookahead === undefined) {
    meter.addSteps(shape, steps);
    sequences.countBlocks(leap, steps, pool.used);
  } else lookahead.countBlocks(leap, steps, pool.used);
  readings.stepsEnd(outstanding);
  let { blockSeconds } = sequences;
  if (batch.endedBlocks > 0) {
    blockSeconds += batch.endedBlocks * (leap.endAtSeconds(1) - leap.startAtSeconds);
    batch.endedBlocks = 0;
  }
  meter.addTime(leap.endsAtSeconds - leap.startAtSeconds, blockSeconds, sequences.count);
}

/** Counts the time of the step that is lost at `now`, and its blocks. */
export function meterLostStep(
  { pool, sequences, endedBlocks }: BatchBuilder,
  { meter }: EngineReadings,
  seconds: number,
  isFirst: boolean,
): void {
  const used = pool.used + (isFirst ? endedBlocks : 0);
  meter.addTime(seconds, seconds * used, sequences.count);
}
