import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { ArrivalProcess } from "./arrival_process.ts";
import { withFill } from "./with_fill.ts";

/** Arrivals with independent gaps, in seconds, of one law. */
export function renewal(gapSeconds: Distribution): ArrivalProcess {
  return withFill({
    meanRatePerSecond: 1 / gapSeconds.mean,
    next: (stream, previousSeconds) => previousSeconds + gapSeconds.sample(stream),
  });
}
