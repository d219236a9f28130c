import {
  type ChartRow,
  type ChartTable,
  plainValue,
  type ResolvedField,
  resolveField,
} from "./chart_data.ts";

/** What is drawn at each point of an interval: `true` finds or computes it, or the two columns. */
export type Band = boolean | readonly [low: string, high: string];

/** Names of the ends of intervals in a figure's data. */
export const LOW = "low";
/** Name of the upper end. */
export const HIGH = "high";

/** A point of a chart. */
export type ChartPoint = Readonly<Record<string, number | string | null>>;

/**
 * The points of a chart, one for each combination of its channels, with the ends of their intervals:
 * those in columns (`band` names them, or they are called as `y` with `_low` and `_high`), or Student's
 * 95 % intervals of the mean over the rows of a point, such as one per seed.
 *
 * @throws {RangeError} If a point has several rows and no interval is asked for, or an interval is asked
 * for and every point has one row.
 */
export function intervalPoints(
  table: ChartTable,
  y: ResolvedField,
  others: readonly ResolvedField[],
  band: Band,
): { readonly points: readonly ChartPoint[]; readonly hasBand: boolean } {
  const groups = Map.groupBy(
    table.rows,
    (row) => JSON.stringify(others.map(({ field }) => plainValue(row[field]))),
  );
  const largest = Math.max(...[...groups.values()].map((rows) => rows.length));
  const ends = endColumns(table, y, band);
  if (largest > 1 && (band === false || ends !== undefined)) {
    const [first] = [...groups.values()].find((rows) => rows.length > 1)!;
    const where = others.map(({ field }) => `${field} = ${plainValue(first[field])}`).join(", ");
    throw new RangeError(
      `Cannot draw one value of ${y.field} at ${where}: current value is ${largest} rows; ` +
        `"band: true" draws their mean and its interval, "color" or "facet" tells them apart`,
    );
  }
  if (largest === 1 && band === true && ends === undefined) {
    throw new RangeError(
      `Cannot draw the interval of ${y.field} from one row a point: current value has no columns ` +
        `${y.field}_low and ${y.field}_high`,
    );
  }
  const points = [...groups.values()].map((rows): ChartPoint => {
    const own = Object.fromEntries(
      others.map(({ key, field }) => [key, plainValue(rows[0][field])]),
    );
    return { ...own, ...valueOf(table, rows, y, ends, band !== false) };
  });
  return { points, hasBand: band !== false };
}

/** The columns of an interval's ends; undefined where they are to be computed, or none is asked for. */
function endColumns(
  table: ChartTable,
  { field }: ResolvedField,
  band: Band,
): readonly [ResolvedField, ResolvedField] | undefined {
  if (band === false) return undefined;
  const names = band === true ? [`${field}_low`, `${field}_high`] : band;
  if (band === true && !names.every((name) => table.names.includes(name))) return undefined;
  const [low, high] = names.map((name) => resolveField(table, "band", name, "quantitative"));
  return [low, high];
}

function valueOf(
  { tools }: ChartTable,
  rows: readonly ChartRow[],
  y: ResolvedField,
  ends: readonly [ResolvedField, ResolvedField] | undefined,
  isBanded: boolean,
): ChartPoint {
  if (!isBanded) return { [y.key]: plainValue(rows[0][y.field]) };
  if (ends !== undefined) {
    const value = plainValue(rows[0][y.field]);
    // An end that is not known is no interval, rather than one from 0.
    const [low, high] = ends.map(({ field }) => plainValue(rows[0][field]) ?? value);
    return { [y.key]: value, [LOW]: low, [HIGH]: high };
  }
  const values = rows.map((row) => plainValue(row[y.field]))
    .filter((value): value is number => typeof value === "number");
  if (values.length === 0) return { [y.key]: null, [LOW]: null, [HIGH]: null };
  const { estimate, lower, upper } = tools.interval(values);
  const isBounded = Number.isFinite(lower);
  return {
    [y.key]: estimate,
    [LOW]: isBounded ? lower : estimate,
    [HIGH]: isBounded ? upper : estimate,
  };
}
