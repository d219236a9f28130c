/**
 * Statistics: exact percentiles, sketches of gaps, confidence intervals, warm-up cuts, sequential
 * stopping, and the closed forms of queueing theory.
 *
 * @module
 */
export { type GapRun, GapSketch } from "../lib/stats/gap_sketch.ts";
export { incompleteBeta } from "../lib/stats/incomplete_beta.ts";
export { type IncompleteGamma, incompleteGamma } from "../lib/stats/incomplete_gamma.ts";
export {
  type Interval,
  meanInterval,
  pairedInterval,
  quantileInterval,
  wilsonInterval,
} from "../lib/stats/intervals.ts";
export { logGamma } from "../lib/stats/log_gamma.ts";
export { mdc, mgc, mgcWaitAtLeast, mgcWaitQuantile } from "../lib/stats/multiserver_waits.ts";
export { normalCdf, normalQuantile } from "../lib/stats/normal.ts";
export { orderStatistics } from "../lib/stats/order_statistics.ts";
export { describe, type Description, percentiles } from "../lib/stats/quantiles.ts";
export {
  erlangB,
  erlangC,
  littlesLaw,
  md1,
  mg1,
  mm1,
  mmc,
  mmcWaitQuantile,
  type QueueMeans,
} from "../lib/stats/queueing_theory.ts";
export {
  replicateUntilPrecise,
  type SequentialResult,
  type StoppingRule,
} from "../lib/stats/sequential.ts";
export { studentCdf, studentQuantile } from "../lib/stats/student.ts";
export { mser5, type WarmupCut } from "../lib/stats/warmup.ts";
