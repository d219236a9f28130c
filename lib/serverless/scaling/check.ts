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
