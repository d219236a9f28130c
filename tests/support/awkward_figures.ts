import { attainmentCurves, bandedCurves } from "../../lib/plot/banded_curves.ts";
import { barPanels } from "../../lib/plot/bar_panels.ts";
import { clusterTimeline, type TimelineRow } from "../../lib/plot/cluster_timeline.ts";
import { coldStartStages } from "../../lib/plot/cold_start_stages.ts";
import { costBreakdown } from "../../lib/plot/cost_breakdown.ts";
import { dotWhisker } from "../../lib/plot/dot_whisker.ts";
import { energyTimeline } from "../../lib/plot/energy_timeline.ts";
import { heatMap } from "../../lib/plot/heat_map.ts";
import { instanceGantt } from "../../lib/plot/instance_gantt.ts";
import { latencyCdf } from "../../lib/plot/latency_cdf.ts";
import { pairedCurves } from "../../lib/plot/paired_curves.ts";
import { paperBars } from "../../lib/plot/paper_bars.ts";
import { paretoFront } from "../../lib/plot/pareto_front.ts";
import { percentileBars } from "../../lib/plot/percentile_bars.ts";
import { pointPanels } from "../../lib/plot/point_panels.ts";
import { predictedScatter } from "../../lib/plot/predicted_scatter.ts";
import { roofline } from "../../lib/plot/roofline.ts";
import type { FigureSpec } from "../../lib/plot/spec.ts";
import { startGraph } from "../../lib/plot/start_graph.ts";
import type { ColumnSpan } from "../../lib/plot/theme.ts";

/** Numbers by series, from which the rows of every figure are made. */
export interface AwkwardData {
  readonly names: readonly string[];
  /** Values of each series, the same number for each. */
  readonly values: readonly (readonly number[])[];
}

const many = (
  count: number,
  name: (i: number) => string,
  value: (i: number, k: number) => number,
) => ({
  names: Array.from({ length: count }, (_, i) => name(i)),
  values: Array.from({ length: count }, (_, i) => Array.from({ length: 5 }, (_, k) => value(i, k))),
});
const spread = (i: number, k: number) => 0.02 * (1 + i) * 3 ** k;
const LONG = "a name of sixty characters, as a user of a fleet may have it ";

/** Data that figures are not made for, and have to bear. */
export const AWKWARD: Readonly<Record<string, AwkwardData>> = {
  plain: many(3, (i) => ["vllm", "sarathi", "orca"][i], spread),
  "one point": { names: ["only"], values: [[0.7]] },
  "all equal": many(3, (i) => `p${i}`, () => 2),
  zeros: many(3, (i) => `p${i}`, () => 0),
  "40 series": many(40, (i) => `policy ${i}`, spread),
  "long names": many(3, (i) => `${i} ${LONG}`.slice(0, 60), spread),
  markup: many(3, (i) => `<b>${i}</b>&amp;"\\n$x^2$'`, spread),
  "wide range": many(3, (i) => `s${i}`, (i, k) => 10 ** (3 * k - 6 + i)),
};

/** A row for each value. */
function rowsOf<Row>(
  { names, values }: AwkwardData,
  row: (name: string, value: number, k: number, i: number) => Row,
): Row[] {
  return names.flatMap((name, i) => values[i].map((value, k) => row(name, value, k, i)));
}

const share = (value: number) => value / (1 + value);

function timeline(data: AwkwardData): TimelineRow[] {
  return data.values[0].map((value, i) => ({
    timeSeconds: 60 * (i + 1),
    arrivalsPerSecond: value,
    completionsPerSecond: value / 2,
    queued: 100 * value,
    running: value,
    starting: share(value),
    idle: value,
    busy: 2 * value,
    draining: value / 10,
    busyFraction: share(value),
    kvUtilization: share(value) / 10,
    mfu: share(value) / 100,
  }));
}

/** Every figure of the catalogue, made of such data. */
export const FIGURES_OF: Readonly<
  Record<string, (data: AwkwardData, column: ColumnSpan) => FigureSpec>
> = {
  latencyCdf: (data, column) =>
    latencyCdf(
      rowsOf(data, (series, seconds, k) => ({ series, seconds, share: (k + 1) / 5 })),
      {
        column,
        tail: column === 2,
        slo: data.names.map((series, i) => ({ series, seconds: data.values[i][0] * 2 })),
      },
    ),
  percentileBars: (data, column) =>
    percentileBars(
      rowsOf(data, (series, seconds, k) => ({ series, percentile: `p${50 + 10 * k}`, seconds })),
      { column },
    ),
  clusterTimeline: (data, column) => clusterTimeline(timeline(data), { column }),
  energyTimeline: (data, column) =>
    energyTimeline(
      timeline(data).map(({ timeSeconds, arrivalsPerSecond: watts }) => ({
        ...{ timeSeconds, busyWatts: watts, idleWatts: 2 * watts, startingWatts: 0 },
        hostWatts: watts,
      })),
      { column },
    ),
  instanceGantt: (data, column) =>
    instanceGantt(
      rowsOf(data, (_, value, k, i) => ({
        instance: i,
        phase: ["starting", "ready", "draining", "asleep", "warming"][k],
        startSeconds: k * value,
        endSeconds: (k + 1) * value,
      })),
      { column },
    ),
  costBreakdown: (data, column) =>
    costBreakdown(rowsOf(data, (series, usd, k) => ({ series, use: `use ${k}`, usd })), { column }),
  attainmentCurves: (data, column) =>
    attainmentCurves(
      rowsOf(data, (series, value, k) => ({
        series,
        ratePerSecond: k + 1,
        attainment: share(value),
        lower: share(value) / 2,
        upper: Math.sqrt(share(value)),
      })),
      { column, target: 0.9 },
    ),
  bandedCurves: (data, column) =>
    bandedCurves(
      rowsOf(data, (series, y, k) => ({ series, x: 10 ** k, y, lower: y / 2, upper: 2 * y })),
      { xTitle: "Rate (1/s)", yTitle: "TTFT (s)", xLog: true, target: 1, column },
    ),
  barPanels: (data, column) =>
    barPanels(rowsOf(data, (label, value, k) => ({ panel: `Panel ${k} (s)`, label, value })), {
      column,
    }),
  coldStartStages: (data, column) =>
    coldStartStages(
      rowsOf(data, (series, seconds, k) => ({ panel: "", series, stage: `stage ${k}`, seconds })),
      { column, split: column === 2 },
    ),
  dotWhisker: (data, column) =>
    dotWhisker(
      rowsOf(data, (label, value, k) => ({
        ...{ label, series: `load ${k}`, value, lower: 0.8 * value, upper: 1.3 * value },
      })),
      {
        title: "TTFT p99 (s)",
        whiskers: "95 % intervals of 10 seeds",
        reference: { value: data.values[0][0] || 1, label: data.names[0] },
        isLog: data.values[0][0] > 0 && column === 2,
        column,
      },
    ),
  heatMap: (data, column) =>
    heatMap(rowsOf(data, (y, value, k) => ({ x: k, y, value })), {
      ...{ xTitle: "Rate (1/s)", yTitle: "Policy", valueTitle: "TTFT (s)", column },
    }),
  pairedCurves: (data, column) =>
    pairedCurves(
      rowsOf(data, (series, value, k) => ({ panel: "Running", series, timeSeconds: k, value })),
      { column },
    ),
  paperBars: (data, column) =>
    paperBars(
      rowsOf(data, (label, paper, k) => ({ panel: `system ${k}`, label, paper, ours: paper / 2 }))
        .filter(({ panel }) => panel < "system 3"),
      { title: "TTFT (s)", column },
    ),
  paretoFront: (data, column) =>
    paretoFront(
      rowsOf(data, (series, x, k) => ({
        ...{ series, label: `${series} ${k}`, x, y: 1 / (0.01 + x) },
        ...(k > 2 && { xInterval: [0.9 * x, 1.2 * x], yInterval: [0, 2 / (0.01 + x)] }),
      })),
      { xTitle: "Cost (US$)", yTitle: "p99 TTFT (s)", intervals: "lines: 95 % intervals", column },
    ),
  pointPanels: (data, column) =>
    pointPanels(
      data.names.slice(0, 4).map((title, i) => ({
        title,
        xTitle: "tokens",
        yTitle: "n x k",
        points: data.values[i].map((x, k) => ({ x, y: 1e5 * 4 ** k })),
      })),
      { column },
    ),
  predictedScatter: (data, column) =>
    predictedScatter(
      rowsOf(
        data,
        (series, measured, k, i) => ({
          ...{ series, measured, predicted: measured * (0.2 + k / 4) },
          ...(column === 2 && { panel: `panel ${i % 3}` }),
        }),
      ),
      { title: "TTFT (ms)", column },
    ),
  roofline: (data, column) =>
    roofline(
      rowsOf(data, (series, value) => ({
        series,
        flopsPerByte: 30 * value,
        flopsPerSecond: 3e13 * value,
      })),
      [
        { label: "bf16", flopsPerSecond: 989e12, bytesPerSecond: 3.35e12 },
        { label: "fp8", flopsPerSecond: 1979e12, bytesPerSecond: 3.35e12 },
      ],
      { column },
    ),
  startGraph: (data, column) =>
    startGraph(
      rowsOf(data, (panel, value, k) => ({
        panel,
        stage: `${k} ${panel}`,
        startSeconds: k * value,
        endSeconds: (k + 1) * value,
        critical: k % 2 === 0,
        after: k === 0 ? [] : [`${k - 1} ${panel}`],
        note: "16.1 GB",
      })).slice(0, 20),
      { column },
    ),
};
