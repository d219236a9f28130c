/** Marks of a logarithmic axis: powers of ten, with 2 and 5 between them where these are few. */
export function logTicks(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0 && value < Infinity);
  if (positive.length === 0) return [];
  const lowest = positive.reduce((least, value) => Math.min(least, value));
  const highest = positive.reduce((most, value) => Math.max(most, value));
  const digits = highest / lowest < 300 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(lowest)); power <= Math.log10(highest); power++) {
    for (const digit of digits) {
      // Read from text: 10 ** -3 is not 0.001 in float64.
      const tick = Number(`${digit}e${power}`);
      if (tick >= lowest && tick <= highest) ticks.push(tick);
    }
  }
  return ticks;
}
