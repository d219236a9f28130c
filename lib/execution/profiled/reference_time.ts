/**
 * Smooth time of an operator that its measured times are compared with. Measured times follow it
 * within some 5-20 %, so the ratio is a slowly varying surface: good to interpolate and short to store.
 * Times are (compute^p + memory^p)^(1/p) + constant, the soft maximum of the two rooflines.
 */
export interface ReferenceTime {
  /** Share of peak FLOP/s reached by large shapes. */
  readonly computeEfficiency: number;
  /** Share of peak memory bandwidth reached by large shapes. */
  readonly memoryEfficiency: number;
  /** Sharpness of the maximum, >= 0.5. */
  readonly sharpness: number;
  /** Seconds of the smallest shape. */
  readonly constantSeconds: number;
}
