import type { Policy } from "../../settings/policy.ts";
import { quantity } from "../../settings/quantities.ts";
import type { Setting } from "../../settings/setting.ts";
import { LIMITS } from "../../sim/limits.ts";
import type { RandomStream } from "../../sim/random_streams.ts";

/**
 * When requests arrive. A process holds no state: the next instant depends on the previous one and
 * the stream alone, so the same object may serve any number of runs.
 */
export interface ArrivalProcess {
  /** Long-run arrival rate, requests per second. 0 for a curve that ends. */
  readonly meanRatePerSecond: number;
  /** Time after which its rate is what it was, seconds; absent where the rate never changes. */
  readonly periodSeconds?: number;
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

/** An arrival process as its table has it. It is told nothing beyond its settings. */
export interface ArrivalsEntry<Name extends string, Options>
  extends Policy<Name, Options, Readonly<Record<never, never>>, ArrivalProcess> {
  /** Coefficient of variation of its gaps, where that is known. */
  cv?(options: Options): number;
}

/** The mean rate, which processes with one share: to be put among their settings. */
export const ARRIVAL_RATE: Setting<number> = quantity("requests per second", {
  key: "arrival_rate",
  above: 0,
  default: 10,
  describe: "Mean arrival rate of processes that have one, requests per second.",
  aliases: ["rate", "qps"],
});

/** The variation of gaps, which processes of independent gaps share. */
export const GAP_VARIATION: Setting<number> = quantity("number", {
  min: LIMITS.leastVariation.value,
  max: LIMITS.mostVariation.value,
  default: 2,
  describe: "Coefficient of variation of the gaps between arrivals; 1 is Poisson.",
});
