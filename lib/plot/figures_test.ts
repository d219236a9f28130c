import { deepEqual, equal, ok } from "#assert";
import { compile } from "npm:vega-lite@6.5.0";
import { parse, View } from "npm:vega@6.4.0";
import { clusterTimeline, type TimelineRow } from "./cluster_timeline.ts";
import { energyTimeline } from "./energy_timeline.ts";
import { costBreakdown } from "./cost_breakdown.ts";
import { latencyParts } from "./latency_parts.ts";
import { instanceGantt } from "./instance_gantt.ts";
import { latencyCdf } from "./latency_cdf.ts";
import { percentileBars } from "./percentile_bars.ts";
import { convertSvg, renderFigure, renderSvg } from "./render.ts";
import type { FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";
import { timeUnit } from "./time_axis.ts";

const cdfRows = ["TBT", "TTFT"].flatMap((series, k) =>
  [1, 2, 3, 4].map((i) => ({ series, seconds: 10 ** (k - 2) * i, share: i / 4 }))
);
const phaseRows = [0, 1, 2].flatMap((instance) => [
  { instance, phase: "starting", startSeconds: 10 * instance, endSeconds: 10 * instance + 5 },
  { instance, phase: "ready", startSeconds: 10 * instance + 5, endSeconds: 100 },
]);
const costRows = ["busy", "idle"].map((use, i) => ({ series: "all", use, usd: 2 - i }));
const partRows = ["Time to first token", "End-to-end latency"].flatMap((panel) =>
  ["all", "p99 to p100"].flatMap((band, k) =>
    ["engine queue", "start", "prefill"].map((part, i) => ({
      panel,
      band,
      part,
      seconds: 0.02 + 30 * k * (i + 1),
    }))
  )
);
const percentileRows = ["TTFT", "E2E"].flatMap((series, k) =>
  ["p50", "p99"].map((percentile, i) => ({ series, percentile, seconds: 0.2 + i + 10 * k }))
);
const timelineRows = Array.from({ length: 12 }, (_, i): TimelineRow => ({
  timeSeconds: 60 * (i + 1),
  arrivalsPerSecond: 4 + i % 3,
  completionsPerSecond: 4 - i % 2,
  queued: i,
  running: 20 + i,
  starting: i % 2,
  idle: 1,
  busy: 3,
  draining: 0,
  busyFraction: 0.7,
  kvUtilization: 0.4,
  mfu: 0.2,
}));

const energyRows = timelineRows.map(({ timeSeconds }, i) => ({
  ...{ timeSeconds, busyWatts: 400 + 10 * i, idleWatts: 100, startingWatts: 50 * (i % 2) },
  hostWatts: 300,
}));

const FIGURES: Readonly<Record<string, (column?: ColumnSpan) => FigureSpec>> = {
  latencyCdf: (column) => latencyCdf(cdfRows, { column, slo: [{ series: "TTFT", seconds: 0.25 }] }),
  percentileBars: (column) => percentileBars(percentileRows, { column }),
  clusterTimeline: (column) => clusterTimeline(timelineRows, { column }),
  energyTimeline: (column) => energyTimeline(energyRows, { column }),
  instanceGantt: (column) => instanceGantt(phaseRows, { column }),
  costBreakdown: (column) => costBreakdown(costRows, { column }),
  latencyParts: (column) => latencyParts(partRows, { column }),
};

/** Rows of all marks of a kind in a rendered figure: [data values behind each mark]. */
async function marks(spec: FigureSpec, kind: string): Promise<Record<string, unknown>[]> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  await view.runAsync();
  const found: Record<string, unknown>[] = [];
  const visit = (node: Mark) => {
    if (node.marktype === kind && node.role === "mark") {
      for (const item of node.items ?? []) if (item.datum) found.push(item.datum);
    }
    for (const item of node.items ?? []) {
      for (const child of item.items ?? []) visit(child);
    }
  };
  visit((view.scenegraph() as unknown as { root: Mark }).root);
  view.finalize();
  return found;
}

interface Mark {
  readonly marktype?: string;
  readonly role?: string;
  readonly items?: readonly { readonly datum?: Record<string, unknown>; readonly items?: Mark[] }[];
}

Deno.test("every row of a figure becomes a mark", async () => {
  equal((await marks(FIGURES.latencyCdf(), "line")).length, cdfRows.length);
  equal((await marks(FIGURES.instanceGantt(), "rect")).length, phaseRows.length);
  equal((await marks(FIGURES.costBreakdown(), "rect")).length, costRows.length);
  equal((await marks(FIGURES.latencyParts(), "rect")).length, partRows.length);
  equal((await marks(FIGURES.percentileBars(), "rect")).length, percentileRows.length);
  // One more, where the first interval begins.
  const instants = timelineRows.length + 1;
  equal((await marks(FIGURES.clusterTimeline(), "line")).length, 6 * instants);
  equal((await marks(FIGURES.clusterTimeline(), "area")).length, 4 * instants);
});

Deno.test("latencyCdf() draws seconds, or milliseconds where all are below one second", async () => {
  const values = (await marks(latencyCdf(cdfRows), "line")).map((row) => row.latency as number);
  ok(Math.abs(Math.max(...values) - 400) < 1e-9);
  const slow = cdfRows.map((row) => ({ ...row, seconds: row.seconds * 100 }));
  const inSeconds = (await marks(latencyCdf(slow), "line")).map((row) => row.latency as number);
  ok(Math.abs(Math.max(...inSeconds) - 40) < 1e-9);
});

Deno.test("costBreakdown() writes the total at the end of its bar", async () => {
  const svg = await renderSvg(FIGURES.costBreakdown());
  ok(svg.includes(">$3.00<"));
});

Deno.test("costBreakdown() counts a sliver in the total and leaves it out of the key", async () => {
  const sliver = { series: "all", use: "rounding", usd: 0.006 };
  const svg = await renderSvg(costBreakdown([...costRows, sliver]));
  ok(svg.includes(">$3.01<"));
  ok(svg.includes(">idle<") && !svg.includes(">rounding<"));
});

Deno.test("figures are as wide as their columns, with 8-point text and labelled axes", async () => {
  for (const [name, make] of Object.entries(FIGURES)) {
    for (const column of [1, 2] as const) {
      const svg = await renderSvg(make(column));
      const width = Number(/ width="([\d.]+)pt"/.exec(svg)?.[1]);
      ok(width <= FIGURE_WIDTH[column] + 2, `${name}: ${width} points`);
      ok(width >= 0.9 * FIGURE_WIDTH[column], `${name}: ${width} points`);
      const sizes = new Set([...svg.matchAll(/font-size="([\d.]+)px"/g)].map((m) => Number(m[1])));
      for (const size of sizes) ok(size === 8 || size === 7, `${name}: text of ${size} points`);
      const fonts = new Set([...svg.matchAll(/font-family="([^"]+)"/g)].map((m) => m[1]));
      deepEqual([...fonts], ["DejaVu Sans"]);
    }
  }
});

Deno.test("a figure drawn twice has the same bytes in every format", async () => {
  for (const make of Object.values(FIGURES)) {
    for (const format of ["svg", "png", "pdf"] as const) {
      deepEqual(await renderFigure(make(), format), await renderFigure(make(), format));
    }
  }
});

Deno.test("PNG files have 300 dots per inch, PDF files the figure's size", async () => {
  const svg = await renderSvg(FIGURES.latencyCdf(1));
  const png = new DataView((await convertSvg(svg, "png")).buffer);
  const points = Number(/ width="([\d.]+)pt"/.exec(svg)![1]);
  equal(png.getUint32(16), Math.round(points * 300 / 72));
  equal(new TextDecoder().decode(new Uint8Array(png.buffer, 37, 4)), "pHYs");
  equal(png.getUint32(41), 11811); // 300 / 2.54 cm, per metre.
  const pdf = new TextDecoder("latin1").decode(await convertSvg(svg, "pdf"));
  ok(pdf.startsWith("%PDF-1."));
  const size = /^<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"/.exec(svg)!.slice(1);
  ok(pdf.includes(`/MediaBox [0 0 ${size.join(" ")}]`), size.join(" "));
  ok(pdf.includes("DejaVuSans"), "the font is embedded");
});

Deno.test("figures without rows are drawn empty", async () => {
  const empty = [
    latencyCdf([]),
    percentileBars([]),
    clusterTimeline([]),
    instanceGantt([]),
    costBreakdown([]),
  ];
  for (const spec of empty) ok((await renderSvg(spec)).startsWith("<svg"));
});

Deno.test("latencyCdf() of tails has the share above each latency, and names at the curves", async () => {
  const spec = latencyCdf(cdfRows, { tail: true });
  const drawn = await marks(spec, "line");
  // The largest value has none above it.
  equal(drawn.length, cdfRows.length - 2);
  const shares = drawn.filter((row) => row.series === "TTFT").map((row) => row.share);
  deepEqual(shares, [0.75, 0.5, 0.25]);
  const svg = await renderSvg(spec);
  ok(svg.includes(">TTFT<") && svg.includes(">TBT<"));
  ok(!svg.includes("role-legend-symbol"), "no key");
  ok((await renderSvg(latencyCdf(cdfRows))).includes("role-legend-symbol"));
});

Deno.test("instanceGantt() draws a phase of no length 1.2 points wide, above the others", async () => {
  const drain = { instance: 0, phase: "draining", startSeconds: 100, endSeconds: 100.001 };
  const drawn = await marks(instanceGantt([drain, ...phaseRows]), "rect");
  const last = drawn.at(-1) as { start: number; end: number; phase: string };
  equal(last.phase, "draining");
  const width = (last.end - last.start) * (FIGURE_WIDTH[2] - 34) / 100.001;
  ok(Math.abs(width - 1.2) < 1e-3, String(width));
  ok(last.end <= 100.0011, "no phase goes on after the run");
  const lengths = (rows: typeof drawn) =>
    rows.reduce((sum, { start, end }) => sum + Number(end) - Number(start), 0);
  const long = phaseRows.reduce((sum, row) => sum + row.endSeconds - row.startSeconds, 0);
  ok(Math.abs(lengths(drawn.slice(0, -1)) - long) < 1e-9);
});

Deno.test("timeUnit() gives an axis numbers that read well", () => {
  for (const [seconds, symbol] of [[0.5, "ms"], [60, "s"], [3600, "min"], [86400, "h"]] as const) {
    const unit = timeUnit(seconds);
    equal(unit.symbol, symbol);
    ok(seconds / unit.seconds <= 1000);
  }
});

Deno.test("latencyCdf() looks as it did", async (t) => {
  await t.assertSnapshot(await renderSvg(FIGURES.latencyCdf()));
});

Deno.test("latencyCdf() sets the key of long names in lines, two and two in one column", async () => {
  const names = ["TTFT measured", "TTFT predicted", "TPOT measured", "TPOT predicted"];
  const rows = names.flatMap((series, i) =>
    [0.5, 1].map((share) => ({ series, seconds: (i + 1) * share, share }))
  );
  const svg = await renderSvg(latencyCdf(rows));
  const places = names.map((name) =>
    new RegExp(`transform="translate\\(([-\\d.]+),([-\\d.]+)\\)"[^>]*>${name}<`).exec(svg)!
  );
  const [x, y] = [1, 2].map((group) => places.map((place) => Number(place[group])));
  deepEqual([y[0] === y[1], y[2] === y[3], y[1] < y[2]], [true, true, true]);
  ok(x[0] === x[2] && x[1] > x[0] + 60);
  equal([...svg.matchAll(/class="mark-group role-legend"/g)].length, 0);
});
