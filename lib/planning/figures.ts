import {
  attainmentCurves,
  bandedCurves,
  type BandRow,
  type FigureSpec,
  paretoFront,
  type ParetoRow,
  paretoRows,
} from "../plot/mod.ts";
import { shownName } from "./answer.ts";
import type { Plan, PlanRow, PlanStatus } from "./plan_result.ts";

/** States of candidates that keep the limits. */
const KEEPS: readonly PlanStatus[] = ["winner", "runner-up", "frontier", "meets", "close"];
/** Labels of a frontier at most: more are no longer read. */
const MOST_LABELS = 24;

/**
 * The figures of a plan by name: `frontier` (dollars per hour against the first limited latency, the
 * chosen points labelled) where two candidates or more were run, `attainment` (against the rate, the
 * capacity marked) of a plan that asked for capacities.
 */
export function planFigures(plan: Plan): Record<string, FigureSpec> {
  const frontier = frontierFigure(plan);
  const attainment = curveFigure(plan);
  return { ...(frontier && { frontier }), ...(attainment && { attainment }) };
}

/** The chosen candidate against the rate, its capacity as a mark on the axis of rates. */
function curveFigure({ curve, rows, slo }: Plan): FigureSpec | undefined {
  if (curve === null) return undefined;
  const capacity = rows[curve.index].capacity_rps;
  const series = rows[curve.index].label;
  const isShare = curve.points.every(({ attainment }) => attainment !== null);
  const latency = slo.find(({ unit }) => unit === "s");
  if (!isShare && latency === undefined) return undefined;
  const points = curve.points.flatMap(({ rate_rps: x, attainment, figures }): BandRow[] => {
    const interval = isShare ? attainment : figures[latency!.name];
    if (interval === null) return [];
    const factor = isShare ? 1 : 1000;
    const { mean, lower, upper } = interval;
    const bound = (value: number) => isShare ? Math.min(1, Math.max(0, value)) : Math.max(0, value);
    return [{
      ...{ series, x, y: factor * mean },
      lower: bound(factor * (lower ?? mean)),
      upper: bound(factor * (upper ?? mean)),
    }];
  });
  if (points.length < 2) return undefined;
  // Beyond the capacity a latency grows without bound: by ratios, both sides are to be seen.
  const values = points.map(({ y }) => y);
  const isWide = !isShare && Math.min(...values) > 0 &&
    Math.max(...values) > 20 * Math.min(...values);
  const shown = isWide
    ? points.map((row) => ({ ...row, lower: Math.max(row.lower, Math.min(...values) / 2) }))
    : points;
  const marked = capacity === null ? [] : [capacity.mean];
  const wanted = slo.find(({ path }) => path === "slo_attainment")?.limit;
  return isShare
    ? attainmentCurves(
      shown.map(({ x, y, ...row }) => ({ ...row, ratePerSecond: x, attainment: y })),
      { ...(wanted !== undefined && { target: wanted }), marks: marked },
    )
    : bandedCurves(shown, {
      yLog: isWide,
      xTitle: "Arrival rate (requests/s)",
      yTitle: `${shownName(latency!.name)} (ms)`,
      target: 1000 * latency!.limit,
      marks: marked,
    });
}

function frontierFigure({ rows, slo, frontier }: Plan): FigureSpec | undefined {
  const own = frontier ?? slo.find(({ unit }) => unit === "s");
  if (own === undefined) return undefined;
  const points = rows.flatMap((row): (ParetoRow & { readonly row: PlanRow })[] => {
    const y = row.figures[own.name]?.mean;
    const x = row.usd_per_hour?.mean;
    // What misses the limits is no choice: the line is the front of those that keep them.
    if (x === undefined || y === undefined || !KEEPS.includes(row.status)) return [];
    return [{ series: "Keeps the limits", label: "", x, y: 1000 * y, row }];
  });
  if (points.length < 2) return undefined;
  // Those that no other one betters have the first choice of room for their labels.
  const front = paretoRows(points);
  const others = points.filter((one) => !front.includes(one)).toSorted((a, b) => a.x - b.x);
  const ordered = [...front, ...others];
  const isWide = (of: (point: ParetoRow) => number) =>
    Math.max(...points.map(of)) > 10 * Math.min(...points.map(of));
  return paretoFront(
    ordered.map(({ row, ...point }, i) => ({
      ...point,
      label: i < Math.max(MOST_LABELS, front.length) ? shortLabel(row) : "",
    })),
    {
      xTitle: "Cost (USD/h)",
      yTitle: `${shownName(own.name)} (ms)`,
      xLog: isWide(({ x }) => x),
      yLog: isWide(({ y }) => y),
      column: 2,
    },
  );
}

/** The first part of a label: the others are in the table. */
function shortLabel({ label }: PlanRow): string {
  return label.split(",")[0];
}
