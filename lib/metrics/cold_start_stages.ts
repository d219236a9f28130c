import type { ColdStartWaits } from "./run_tables.ts";

/**
 * How the waits for starts split on average: seconds by stage over the requests that waited. The
 * parts add up to the mean wait. In order of first appearance.
 */
export function coldStartStages(waits: ColdStartWaits): Record<string, number> {
  const { count, request, stage, stageNames, waitSeconds } = waits;
  const sums = new Float64Array(stageNames.length);
  let waited = 0;
  for (let row = 0; row < count; row++) {
    if (row === 0 || request[row] !== request[row - 1]) waited++;
    sums[stage[row]] += waitSeconds[row];
  }
  return Object.fromEntries(stageNames.map((name, code) => [name, sums[code] / waited]));
}
