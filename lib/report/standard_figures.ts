import { BILL_PARTS } from "../metrics/figures/cost_figures.ts";
import type { CostSummary, Summary } from "../metrics/run_tables.ts";
import {
  barPanels,
  type CdfRow,
  clusterTimeline,
  coldStartStages,
  type ColumnSpan,
  costBreakdown,
  type CostRow,
  energyTimeline,
  type FigureSpec,
  instanceGantt,
  joinShortStages,
  latencyCdf,
  latencyParts,
  percentileBars,
  type PercentileRow,
  type SloLine,
  type StageRow,
  thinCdf,
} from "../plot/mod.ts";
import { ATTAINMENT_MOST, classAttainmentRows, functionAttainmentRows } from "./attainment_rows.ts";
import { bandRows, PART_GROUPS } from "./explain/bands.ts";
import { coldStartRows } from "./cold_start_rows.ts";
import type { FigureSource } from "./figure_source.ts";
import { energyRows, timelineRows } from "./timeline_rows.ts";

/** Limits that are drawn into the distribution of latencies, seconds; null for none. */
export interface FigureSlo {
  /** Of the time to first token. */
  readonly ttft_s?: number | null;
  /** Of the time per output token. */
  readonly tpot_s?: number | null;
  /** Of the time from arrival to last token. */
  readonly e2e_s?: number | null;
}

/** Options of {@linkcode STANDARD_FIGURES}. */
export interface StandardFigureOptions {
  /** Limits that are drawn. */
  readonly slo?: FigureSlo;
  /** Whether `latency_cdf` shows the shares above each latency on a logarithmic axis: the tails. */
  readonly tail?: boolean;
  /** Columns of a page; default by figure. */
  readonly column?: ColumnSpan;
}

/** Name of a standard figure. */
export type StandardFigure =
  | "latency_cdf"
  | "latency_percentiles"
  | "latency_parts"
  | "timeline"
  | "instances"
  | "cold_starts"
  | "cost"
  | "energy"
  | "attainment_by_class"
  | "attainment_by_function";

/** The figures of every run by name, made when asked for. */
export const STANDARD_FIGURES: Readonly<
  Record<StandardFigure, (source: FigureSource, options: StandardFigureOptions) => FigureSpec>
> = {
  latency_cdf: (source, { slo, tail, column }) =>
    latencyCdf(latencyRows(source, hasLimit(slo?.tpot_s)), { slo: sloLines(slo), tail, column }),
  latency_percentiles: ({ summary }, { column }) =>
    percentileBars(percentileRows(summary), { column }),
  latency_parts: ({ latencyBands }, { column }) =>
    latencyParts(bandRows(latencyBands), { parts: PART_GROUPS, column }),
  timeline: ({ timeSeries }, { column }) => clusterTimeline(timelineRows(timeSeries), { column }),
  instances: ({ phases }, { column }) => instanceGantt(phases, { column }),
  cold_starts: ({ coldStartWaits }, { column }) =>
    coldStarts(coldStartRows(coldStartWaits), column),
  cost: ({ summary }, { column }) => costBreakdown(costRows(summary), { column }),
  energy: ({ timeSeries }, { column }) => energyTimeline(energyRows(timeSeries), { column }),
  attainment_by_class: ({ summary }, { column = 1 }) =>
    barPanels(classAttainmentRows(summary), { most: ATTAINMENT_MOST, column }),
  attainment_by_function: ({ summary }, { column = 1 }) =>
    barPanels(functionAttainmentRows(summary), { most: ATTAINMENT_MOST, column }),
};

/** Figures that not every run has: whether one does, and what a run without it is like. */
const CONDITIONS: Partial<
  Record<
    StandardFigure,
    { readonly isIn: (source: FigureSource) => boolean; readonly else: string }
  >
> = {
  latency_parts: {
    isIn: ({ latencyBands }) => latencyBands.length > 0,
    else: "in which no request completed, or that has not recorded them (metrics.explain)",
  },
  cold_starts: {
    isIn: ({ coldStartWaits }) => coldStartWaits.request.length > 0,
    else: "in which no request waited for a start",
  },
  energy: {
    isIn: ({ summary }) => summary.energy !== null && summary.energy !== undefined,
    else: "that counts no energy (energy.enabled)",
  },
  attainment_by_class: {
    isIn: ({ summary }) => classAttainmentRows(summary).length > 0,
    else: "without service classes that have limits",
  },
  attainment_by_function: {
    isIn: ({ summary }) => functionAttainmentRows(summary).length > 0,
    else: "without several functions that have limits",
  },
};

/** The standard figures that a run has. */
export function figuresOf(source: FigureSource): StandardFigure[] {
  const names = Object.keys(STANDARD_FIGURES) as StandardFigure[];
  return names.filter((name) => CONDITIONS[name]?.isIn(source) ?? true);
}

/** What a run without the figure is like, such as "in which no request waited for a start". */
export function runWithout(name: StandardFigure): string {
  return CONDITIONS[name]?.else ?? "of another kind";
}

/** Room for the names of bars of waits, points, and letters that fit there, by the figure's columns. */
const NAME_ROOM: Readonly<Record<ColumnSpan, readonly [points: number, letters: number]>> = {
  1: [90, 13],
  2: [168, 25],
};

/** How the waits for starts split by stage. */
function coldStarts(of: readonly StageRow[], column: ColumnSpan | undefined): FigureSpec {
  const [nameWidth, letters] = NAME_ROOM[column ?? 2];
  const joined = joinShortStages(withShortNames(of, letters));
  return coldStartStages(joined.rows, {
    stages: joined.stages,
    title: column === 1
      ? "Mean wait for a start (s)"
      : "Mean wait of the requests that waited for a start (s)",
    nameWidth,
    column,
  });
}

/** How many waits a bar is the mean of, behind its name. */
const COUNT = /, n = \d+$/;

/** Bars whose names leave out what does not fit in the middle, where names differ least; the count stays. */
function withShortNames(rows: readonly StageRow[], letters: number): StageRow[] {
  const names = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const { series } of rows) {
    const count = COUNT.exec(series)?.[0] ?? "";
    const short = middleCut(series.slice(0, series.length - count.length), letters - count.length);
    if (!taken.has(short)) taken.set(short, series);
    // Two that would be the same stay whole.
    names.set(series, taken.get(short) === series ? short + count : series);
  }
  return rows.map((row) => ({ ...row, series: names.get(row.series)! }));
}

/** A text of at most so many letters: a longer one has an ellipsis in its middle. */
function middleCut(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const kept = Math.max(2, most - 1);
  const tail = letters.slice(letters.length - Math.floor(kept / 2));
  return `${letters.slice(0, Math.ceil(kept / 2)).join("")}…${tail.join("")}`;
}

/**
 * Distributions of TTFT, TBT and E2E latency, thinned to what a curve needs.
 *
 * @param withTpot Whether the time per output token has a curve too, a mean for each request, as a limit
 * on it is one on that mean and not on the gaps between tokens.
 */
export function latencyRows(source: FigureSource, withTpot = false): CdfRow[] {
  const { ttftSeconds, e2eSeconds, tpotSeconds, tbtCdf } = source;
  const rows = (series: string, points: ReturnType<typeof thinCdf>): CdfRow[] =>
    points.map(({ value, share }) => ({ series, seconds: value, share }));
  return [
    ...rows("TBT", thinCdf(tbtCdf.seconds, (i) => tbtCdf.share[i])),
    ...(withTpot ? rows("TPOT", thinCdf(tpotSeconds.filter((s) => s >= 0).sort())) : []),
    ...rows("TTFT", thinCdf(ttftSeconds.toSorted())),
    ...rows("E2E", thinCdf(e2eSeconds.toSorted())),
  ];
}

function sloLines(slo: FigureSlo = {}): SloLine[] {
  return ([["TTFT", slo.ttft_s], ["TPOT", slo.tpot_s], ["E2E", slo.e2e_s]] as const)
    .filter(([, seconds]) => hasLimit(seconds))
    .map(([series, seconds]) => ({ series, seconds: seconds as number }));
}

function hasLimit(seconds: number | null | undefined): boolean {
  return seconds !== null && seconds !== undefined;
}

function percentileRows(summary: Summary): PercentileRow[] {
  return ([["TBT", summary.tbt_s], ["TTFT", summary.ttft_s], ["E2E", summary.e2e_s]] as const)
    .flatMap(([series, latency]) =>
      Object.entries(latency)
        .filter(([key, value]) => /^p[\d.]+$/.test(key) && value !== null)
        .map(([percentile, value]) => ({ series, percentile, seconds: value as number }))
    );
}

/** What a run costs by use, in the order of the summary. */
export function costRows({ cost }: Pick<Summary, "cost">, series = "all"): CostRow[] {
  // Without a price there is nothing to show but what is priced apart from GPUs.
  return BILL_PARTS.flatMap(([key, use]) => {
    const usd = cost[key as keyof CostSummary] ?? null;
    return usd === null ? [] : [{ series, use, usd }];
  });
}
