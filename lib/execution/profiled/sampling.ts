import { samplingSecondsOf } from "../../hardware/sampling.ts";
import type { ProfiledOptions } from "./profiled_options.ts";

/** Seconds of choosing tokens by the method of the options, by samples; nothing where there is none. */
export function samplingOf(
  { sampling, profile, shape }: ProfiledOptions,
): (samples: number) => number {
  if (sampling === undefined) return () => 0;
  const seconds = samplingSecondsOf(sampling, profile.peaks.memoryBytesPerSecond);
  return (samples) => seconds(samples * shape.vocabSize);
}
