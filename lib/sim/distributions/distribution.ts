import type { RandomStream } from "../random_streams.ts";

/** A law of random numbers. It holds no state: the same object may serve any number of streams. */
export interface Distribution {
  /** Mean of the samples, after truncation and rounding. */
  readonly mean: number;
  /** One sample drawn from `stream`. */
  sample(stream: RandomStream): number;
  /**
   * Fills `target` in order with as many samples as `sample` would give, rounded to the nearest
   * whole number (halves up). Laws made with `integer: true` are whole already.
   */
  fillInt32(target: Int32Array, stream: RandomStream): void;
}

/**
 * Bounds of a law. A value outside [min, max] is drawn again, and the law's scale is solved so that
 * the mean of what remains is the mean asked for: truncation never shifts the mean. The ratio std /
 * mean given is that of the law before truncation; the truncated law's is smaller.
 */
export interface Bounds {
  /** Least value, >= 0. Default 0. */
  readonly min?: number;
  /** Greatest value, > min. Default none. */
  readonly max?: number;
  /**
   * Whether samples are whole numbers (default false). The law then lives on [min - 0.5, max + 0.5)
   * and is rounded to the nearest whole number, so that min and max get a full cell like every other
   * number; `min` and `max` must be whole. The mean asked for is the mean of the whole numbers.
   */
  readonly integer?: boolean;
}
