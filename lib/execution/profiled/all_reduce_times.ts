import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { findTables, type OperatorProfile } from "./operator_profile.ts";
import { axisValues } from "./operator_table.ts";

/**
 * Seconds of an all-reduce over `ranks` GPUs of a node by bytes: linear between measured sizes, and
 * continued along the last slope. Without a table for so many ranks, a ring over the link of the data
 * sheet: each GPU sends 2 (ranks - 1) / ranks of the bytes.
 */
export function allReduceSecondsOf(
  profile: OperatorProfile,
  ranks: number,
): (bytes: number) => number {
  if (ranks === 1) return () => 0;
  const { linkBytesPerSecond, linkLatencySeconds } = profile.peaks;
  const [table] = findTables(profile, "all_reduce", {});
  const row = table === undefined ? -1 : axisValues(table, 0).indexOf(ranks);
  const ring = (bytes: number) =>
    linkLatencySeconds + 2 * (ranks - 1) / ranks * bytes / linkBytesPerSecond;
  if (row < 0) return ring;
  const sizes = axisValues(table, 1);
  const known: number[] = [];
  const seconds: number[] = [];
  for (let i = 0; i < sizes.length; i++) {
    const value = table.seconds[row * sizes.length + i];
    if (Number.isNaN(value)) continue;
    known.push(sizes[i]);
    seconds.push(value);
  }
  const place: KnotPlace = { index: 0, weight: 0 };
  const last = known.length - 1;
  return (bytes) => {
    if (bytes > known[last]) return seconds[last] * bytes / known[last];
    placeAmong(known, bytes, place);
    const next = Math.min(place.index + 1, last);
    return seconds[place.index] + place.weight * (seconds[next] - seconds[place.index]);
  };
}
