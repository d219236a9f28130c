import { samplingSecondsOf } from "../../hardware/sampling.ts";
import { findTables } from "./operator_profile.ts";
import type { ProfiledOptions } from "./profiled_options.ts";
import { samplingSecondsOf as measuredSeconds } from "./sampling_times.ts";

/**
 * Seconds of choosing tokens, by samples: as the profile measured the method of the options, else by the
 * law; without a method what the profile holds.
 */
export function samplingOf(
  { sampling, profile, shape }: ProfiledOptions,
): (samples: number) => number {
  if (sampling === undefined || findTables(profile, "sampling", { method: sampling }).length > 0) {
    return measuredSeconds(profile, shape.vocabSize, sampling);
  }
  const seconds = samplingSecondsOf(sampling, profile.peaks.memoryBytesPerSecond);
  return (samples) => seconds(samples * shape.vocabSize);
}
