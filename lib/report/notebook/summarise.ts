import { meanInterval } from "../../stats/intervals.ts";
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";
import { isFrame } from "./frame_view.ts";
import { type Frame, loadedPolars } from "./load_polars.ts";

/** Options of {@linkcode summarise}. */
export interface SummariseOptions {
  /** Columns whose combinations are rows; default those before `seed`. */
  readonly by?: readonly string[];
  /** Confidence of the intervals, between 0 and 1; default 0.95. */
  readonly level?: number;
}

/**
 * The mean of figures over seeds, with Student's t interval: one row for each combination of factors,
 * with `seeds`, how many have a value at all, and for each figure its mean and the ends of the interval,
 * `ttft_s.p99`, `ttft_s.p99_low` and `ttft_s.p99_high`, which `chart` draws as a band. A figure with
 * fewer than two values has no ends; where seeds lack a value, `ttft_s.p99_count` says how many have it.
 *
 * @param frame What `sweep` returned, or any frame with rows for seeds.
 * @param figures Columns of numbers: one, or several.
 * @throws {RangeError} If a column is not there.
 *
 * @example
 * ```ts ignore
 * summarise(await sweep({ config, over: { rate: [1, 2, 4] }, seeds: 5 }), "ttft_s.p99");
 * ```
 */
export function summarise(
  frame: Frame,
  figures: string | readonly string[],
  { by, level = 0.95 }: SummariseOptions = {},
): Frame {
  if (!isFrame(frame)) {
    throw new TypeError(
      `Cannot summarise what is no data frame (was it awaited?): current value is ${
        showValue(frame)
      }`,
    );
  }
  const names = [figures].flat() as readonly string[];
  const factors = by ?? factorsOf(frame.columns);
  for (const name of [...factors, ...names]) checkColumn(frame, name);
  const rows = frame.select(...new Set([...factors, ...names])).toRecords();
  const groups = Map.groupBy(rows, (row) => JSON.stringify(factors.map((name) => row[name])));
  const summaries = [...groups.values()].map((group) => ({
    first: group[0],
    count: group.length,
    figures: names.map((name) => intervalOf(group.map((row) => row[name]), name, level)),
  }));
  const polars = loadedPolars();
  const numbers = (name: string, values: (number | null)[]) =>
    polars.Series(name, values, polars.Float64);
  return polars.DataFrame([
    ...factors.map((name) =>
      polars.Series(name, summaries.map(({ first }) => first[name]), frame.getColumn(name).dtype)
    ),
    polars.Series("seeds", summaries.map(({ count }) => count), polars.Int32),
    ...names.flatMap((name, i) => {
      const own = summaries.map(({ figures }) => figures[i]);
      const areSome = own.some(({ count }, k) => count < summaries[k].count);
      return [
        numbers(name, own.map(({ mean }) => mean)),
        numbers(`${name}_low`, own.map(({ low }) => low)),
        numbers(`${name}_high`, own.map(({ high }) => high)),
        ...(areSome
          ? [polars.Series(`${name}_count`, own.map(({ count }) => count), polars.Int32)]
          : []),
      ];
    }),
  ]);
}

/** The columns before `seed`. */
function factorsOf(columns: readonly string[]): string[] {
  const at = columns.indexOf("seed");
  if (at >= 0) return columns.slice(0, at);
  throw new RangeError(
    `Cannot summarise over seeds without a column "seed", or "by": current value has ${
      columns.slice(0, 10).join(", ")
    }`,
  );
}

function checkColumn({ columns }: Frame, name: string): void {
  if (columns.includes(name)) return;
  const near = suggest(name, columns);
  throw new RangeError(
    `Cannot summarise "${name}" as a column of the frame${
      near === undefined ? ` (${columns.slice(0, 10).join(", ")}, ...)` : ` (did you mean ${near}?)`
    }: current value is "${name}"`,
  );
}

function intervalOf(values: readonly unknown[], name: string, level: number) {
  const wrong = values.find((value) => value !== null && typeof value !== "number");
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot summarise "${name}" as numbers: current value is ${showValue(wrong)}`,
    );
  }
  const present = values.filter((value): value is number =>
    typeof value === "number" && Number.isFinite(value)
  );
  const count = present.length;
  if (count === 0) return { mean: null, low: null, high: null, count };
  const { estimate, lower, upper } = meanInterval(present, level);
  const hasEnds = count > 1;
  return { mean: estimate, low: hasEnds ? lower : null, high: hasEnds ? upper : null, count };
}
