import type { RandomStream } from "../../sim/random_streams.ts";
import type { RequestTable } from "../request_table.ts";
import { sortByArrival } from "../sort_by_arrival.ts";

/** How calls that are counted by intervals are spread over them. */
export const SPREADS = ["uniform", "even"] as const;

/** How calls that are counted by intervals are spread over them. */
export type Spread = (typeof SPREADS)[number];

/**
 * Moves arrivals that stand at the beginnings of their intervals into them: to an instant drawn
 * uniformly, each by itself, or evenly, those of one function with equal gaps.
 *
 * @param stream Needed where `spread` is "uniform".
 */
export function spreadBins(
  table: RequestTable,
  binSeconds: number,
  spread: Spread,
  stream: RandomStream,
): RequestTable {
  const { count, arrivalAtSeconds: at, functionId } = table;
  const arrivalAtSeconds = new Float64Array(count);
  if (spread === "uniform") {
    for (let i = 0; i < count; i++) arrivalAtSeconds[i] = at[i] + binSeconds * stream.next();
    return sortByArrival({ ...table, arrivalAtSeconds });
  }
  const isAlike = (i: number, k: number) =>
    at[i] === at[k] && (functionId === undefined || functionId[i] === functionId[k]);
  for (let start = 0; start < count;) {
    let end = start + 1;
    while (end < count && isAlike(start, end)) end++;
    for (let i = start; i < end; i++) {
      arrivalAtSeconds[i] = at[i] + binSeconds * (i - start + 0.5) / (end - start);
    }
    start = end;
  }
  return sortByArrival({ ...table, arrivalAtSeconds });
}
