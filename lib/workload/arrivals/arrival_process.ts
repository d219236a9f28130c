import type { RandomStream } from "../../sim/random_streams.ts";

/**
 * When requests arrive. A process holds no state: the next instant depends on the previous one and
 * the stream alone, so the same object may serve any number of runs.
 */
export interface ArrivalProcess {
  /** Long-run arrival rate, requests per second. 0 for a curve that ends. */
  readonly meanRatePerSecond: number;
  /**
   * The first arrival after `previousSeconds` (0 at the start), which is itself an arrival or the
   * start. Not before `previousSeconds`; Infinity if there is none.
   */
  next(stream: RandomStream, previousSeconds: number): number;
  /**
   * Fills `target` with successive arrivals after `previousSeconds`, the same numbers that repeated
   * `next` gives.
   */
  fill(target: Float64Array, stream: RandomStream, previousSeconds: number): void;
}
