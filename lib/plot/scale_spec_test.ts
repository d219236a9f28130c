import { deepEqual, equal, ok } from "#assert";
import { meanInterval } from "../stats/intervals.ts";
import { chart } from "./chart/chart.ts";
import { clusterTimeline } from "./cluster_timeline.ts";
import { coldStartStages } from "./cold_start_stages.ts";
import { costBreakdown } from "./cost_breakdown.ts";
import { latencyCdf } from "./latency_cdf.ts";
import { renderSvg } from "./render.ts";
import { scaleSpec } from "./scale_spec.ts";
import type { FigureSpec } from "./spec.ts";

const times = [60, 120, 180];
const rows = times.map((timeSeconds, i) => ({
  ...{ timeSeconds, arrivalsPerSecond: i, completionsPerSecond: 1, queued: 0, running: 2 },
  ...{
    starting: 1,
    idle: 1,
    busy: i,
    draining: 0,
    busyFraction: 0.5,
    kvUtilization: 0.2,
    mfu: 0.3,
  },
}));
const FIGURES: Readonly<Record<string, FigureSpec>> = {
  cdf: latencyCdf([1, 2, 4].map((seconds) => ({ series: "TTFT", seconds, share: seconds / 4 })), {
    slo: [{ series: "TTFT", seconds: 2 }],
  }),
  timeline: clusterTimeline(rows),
  cost: costBreakdown([{ series: "all", use: "busy", usd: 5 }, {
    series: "all",
    use: "idle",
    usd: 2,
  }]),
  stages: coldStartStages(
    ["a", "b"].map((stage, i) => ({ panel: "p", series: "s", stage, seconds: i + 1 })),
  ),
  bars: chart(rows, { interval: meanInterval }).bar({ x: "timeSeconds", y: "running" }).spec,
};

const sizeOf = (svg: string) =>
  /width="([\d.]+)pt" height="([\d.]+)pt"/.exec(svg)!.slice(1).map(Number);
const fonts = (
  svg: string,
) => [...new Set(Array.from(svg.matchAll(/font-size="([\d.]+)px"/g), ([, px]) => Number(px)))];

Deno.test("a figure that is scaled is as much larger, with its text, and tells the same", async () => {
  for (const [name, spec] of Object.entries(FIGURES)) {
    const [small, large] = [await renderSvg(spec), await renderSvg(scaleSpec(spec, 2))];
    const [size, twice] = [sizeOf(small), sizeOf(large)];
    for (const side of [0, 1]) {
      ok(Math.abs(twice[side] / size[side] - 2) < 0.03, `${name}: ${size} and ${twice}`);
    }
    deepEqual(fonts(large), fonts(small).map((px) => 2 * px), name);
    const titles = (svg: string) =>
      Array.from(svg.matchAll(/Title text for axis '([^']*)'|title '([^']*)'/g), ([all]) => all);
    deepEqual(titles(large), titles(small), name);
  }
});

Deno.test("data, domains and shares of bands are no lengths", () => {
  const spec = {
    data: { values: [{ width: 5, x: 7 }] },
    mark: { type: "bar", size: 10, width: { band: 0.7 } },
    encoding: {
      x: {
        field: "x",
        scale: { type: "band", padding: 0.2, domain: [1, 2] },
        axis: { values: [3], tickSize: 4 },
      },
      y: { field: "x", scale: { padding: 4 }, axis: { tickCount: 5, offset: 6 } },
      size: { value: 9 },
      strokeDash: { field: "x", scale: { range: [[1, 2], [3, 4]] } },
    },
  } as unknown as FigureSpec;
  deepEqual(scaleSpec(spec, 2) as unknown, {
    data: { values: [{ width: 5, x: 7 }] },
    mark: { type: "bar", size: 20, width: { band: 0.7 } },
    encoding: {
      x: {
        field: "x",
        scale: { type: "band", padding: 0.2, domain: [1, 2] },
        axis: { values: [3], tickSize: 8 },
      },
      y: { field: "x", scale: { padding: 8 }, axis: { tickCount: 5, offset: 12 } },
      size: { value: 36 },
      strokeDash: { field: "x", scale: { range: [[2, 4], [6, 8]] } },
    },
  });
  equal(JSON.stringify(scaleSpec(spec, 1)), JSON.stringify(spec));
});
