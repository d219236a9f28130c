/**
 * Rows that the busiest of some ranks computes, over those of a rank when they are spread evenly.
 *
 * @param ranks Ranks that hold the experts, >= 1.
 * @param skew How unevenly tokens choose experts, 0..1: 0 all ranks alike, 1 all rows on one rank.
 * @returns 1 + skew x (ranks - 1): the step waits for this rank.
 * @throws {RangeError} If the skew is not in 0..1.
 *
 * @example
 * ```ts
 * import { busiestRankLoad } from "simfaasinfer/execution";
 * console.log(busiestRankLoad(8, 0.1)); // 1.7
 * ```
 */
export function busiestRankLoad(ranks: number, skew: number): number {
  if (skew >= 0 && skew <= 1) return 1 + skew * (ranks - 1);
  throw new RangeError(`Cannot use expertSkew as a share in 0..1: current value is ${skew}`);
}
