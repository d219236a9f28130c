import { forEachCell } from "../../execution/profiled/for_each_cell.ts";
import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../../execution/profiled/operator_table.ts";
import { rooflineOfCell } from "../../execution/profiled/reference_times.ts";
import type { RandomStreams } from "../../sim/random_streams.ts";
import type { CellSeconds } from "./cell_seconds.ts";
import { forest, type ForestOptions } from "./forest.ts";
import { holdOut } from "./hold_out.ts";
import { interpolation } from "./interpolation.ts";

/** A predictor on the measurements of one operator that it has not seen. */
export interface PredictorScore {
  readonly operator: string;
  /** What is fixed in the table, such as "dtype bf16". */
  readonly attributes: string;
  readonly predictor: "interpolation" | "forest" | "forest of seconds";
  /** Measurements that it saw. */
  readonly seen: number;
  /** Measurements that it had to tell. */
  readonly heldOut: number;
  /** Mean absolute relative error on those, as a share. */
  readonly error: number;
  /** Time to make the predictor and everything that it looks up, seconds. */
  readonly trainSeconds: number;
  /** Time of one prediction, seconds. */
  readonly predictSeconds: number;
}

/**
 * Trains predictors on four fifths of each table that has a smooth time (matrix products, attention) and
 * scores them on the fifth they have not seen: see {@link holdOut}.
 *
 * @param streams Give each forest its rows.
 * @param now A clock in seconds, for the time that predictors take.
 * @param options How forests are grown.
 */
export function* comparePredictors(
  profile: OperatorProfile,
  streams: RandomStreams,
  now: () => number,
  options: Omit<ForestOptions, "target"> = {},
): Generator<PredictorScore> {
  const { peaks } = profile;
  for (const table of profile.tables) {
    if (table.reference === undefined) continue;
    const { rest, cells } = holdOut(table, 0);
    const attributes = Object.entries(table.attributes).map((pair) => pair.join(" ")).join(", ");
    const stream = (target: string) => streams.take(`${table.operator} ${attributes} ${target}`);
    const makers: readonly [PredictorScore["predictor"], () => CellSeconds][] = [
      ["interpolation", () => interpolation(rest, peaks)],
      ["forest", () => forest(rest, peaks, stream("ratio"), options)],
      [
        "forest of seconds",
        () => forest(rest, peaks, stream("seconds"), { ...options, target: "seconds" }),
      ],
    ];
    const { points, seconds } = pointsOf(table, cells);
    const least = points.map((at) => rooflineOfCell(table, at, peaks));
    for (const [predictor, make] of makers) {
      const start = now();
      const predict = make();
      // The first pass builds what is looked up later.
      const predicted = points.map(predict);
      const made = now();
      points.forEach(predict);
      const end = now();
      // Times of short kernels whose data stay in a cache can be below the roofline.
      const errors = predicted.map((value, i) =>
        Math.abs(value / Math.max(seconds[i], least[i]) - 1)
      );
      yield {
        operator: table.operator,
        attributes,
        predictor,
        seen: rest.seconds.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0),
        heldOut: cells.length,
        error: errors.reduce((sum, error) => sum + error, 0) / errors.length,
        trainSeconds: made - start,
        predictSeconds: (end - made) / points.length,
      };
    }
  }
}

function pointsOf(table: OperatorTable, cells: readonly number[]) {
  const wanted = new Set(cells);
  const points: (readonly (readonly number[])[])[] = [];
  forEachCell(table, (cell, at) => {
    if (wanted.has(cell)) points.push([...at]);
  });
  return { points, seconds: cells.map((cell) => table.seconds[cell]) };
}
