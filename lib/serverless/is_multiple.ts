/** Whether a length is a whole number of parts, but for rounding. */
export function isMultiple(whole: number, part: number): boolean {
  return Math.abs(whole / part - Math.round(whole / part)) < 1e-9;
}
