/**
 * Expected number of distinct experts that `tokens` tokens visit when each picks `perToken` of `count`
 * independently and evenly.
 *
 * @source Coupon collector: count (1 - (1 - perToken / count)^tokens).
 */
export function activatedExperts(count: number, perToken: number, tokens: number): number {
  return count * (1 - Math.pow(1 - perToken / count, tokens));
}
