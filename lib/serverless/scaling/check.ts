import type { CheckFacts, Contradiction } from "../../settings/policy.ts";

/** Throws unless `value` is a number within [min, max] (or above `min` when `above`). */
export function checkNumber(
  value: number,
  name: string,
  { min = -Infinity, max = Infinity, above = false }: {
    readonly min?: number;
    readonly max?: number;
    readonly above?: boolean;
  },
): void {
  if (above ? value > min && value <= max : value >= min && value <= max) return;
  const from = above ? `a number > ${min}` : `a number >= ${min}`;
  const to = max < Infinity ? ` and <= ${max}` : "";
  throw new RangeError(`Cannot use ${name} as ${from}${to}: current value is ${value}`);
}

/**
 * What is wrong with a number of instances that a policy is told beyond the most that a function may
 * have: it would be cut to them without a word.
 */
export function checkMost(
  option: string,
  wanted: string,
  counts: readonly (number | null)[],
  { isChosen, maxInstances }: CheckFacts,
): Contradiction[] {
  const most = Math.max(0, ...counts.map((count) => count ?? 0));
  if (!isChosen || !(most > maxInstances)) return [];
  const allowed = `at most scaling.max_instances, which is ${maxInstances}`;
  return [{ option, wanted, value: most, allowed }];
}
