import type { ArrivalProcess } from "./arrival_process.ts";

/** All requests at the beginning, as load testers send them at an infinite rate. Draws nothing. */
export function atOnce(): ArrivalProcess {
  return {
    meanRatePerSecond: Infinity,
    next: (_stream, previousSeconds) => previousSeconds,
    fill: (target, _stream, previousSeconds) => void target.fill(previousSeconds),
  };
}
