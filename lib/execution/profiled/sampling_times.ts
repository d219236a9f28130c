import { log } from "../../stats/elementary/mod.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import { findTables, type OperatorProfile } from "./operator_profile.ts";
import { axisValues } from "./operator_table.ts";

/** How the next token is chosen, as tables of operator "sampling" name it. */
export type SamplingMethod = "greedy" | "random" | "top-k" | "top-p";

/**
 * Seconds in which a token is chosen for each of some places from logits of `vocabSize` numbers: linear
 * between the measured numbers of places of the vocabulary that is nearest, in proportion to its size.
 * Zero where the profile holds no such table: its times are those of the kernels before.
 */
export function samplingSecondsOf(
  profile: OperatorProfile,
  vocabSize: number,
  method: SamplingMethod = "greedy",
): (places: number) => number {
  const [table] = findTables(profile, "sampling", { method });
  if (table === undefined) return () => 0;
  const [sizes, places] = [axisValues(table, 0), axisValues(table, 1)];
  const distance = (size: number) => Math.abs(log(size / vocabSize));
  const rowOf = (size: number) => {
    const first = sizes.indexOf(size) * places.length;
    return table.seconds.slice(first, first + places.length);
  };
  const nearest = sizes.filter((size) => rowOf(size).some((seconds) => !Number.isNaN(seconds)))
    .reduce((best, size) => distance(size) < distance(best) ? size : best);
  const cells = rowOf(nearest);
  const known = places.filter((_, i) => !Number.isNaN(cells[i]));
  const seconds = cells.filter((value) => !Number.isNaN(value));
  makeNonDecreasing(seconds);
  const share = vocabSize / nearest;
  const last = known.length - 1;
  const place: KnotPlace = { index: 0, weight: 0 };
  return (b) => {
    if (b > known[last]) return share * seconds[last] * b / known[last];
    placeAmong(known, b, place);
    const next = Math.min(place.index + 1, last);
    const rise = seconds[next] - seconds[place.index];
    return share * (seconds[place.index] + place.weight * rise);
  };
}
