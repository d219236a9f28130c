import { deepEqual, equal, ok } from "#assert";
import { coldStartStages } from "./cold_start_stages.ts";
import { predictedScatter } from "./predicted_scatter.ts";
import { renderSvg } from "./render.ts";
import type { FigureSpec } from "./spec.ts";

Deno.test("coldStartStages() splits bars by a quarter of the longest, each group with an axis of its own", () => {
  const bar = (series: string, seconds: number) => [
    { panel: "", series, stage: "weights", seconds: 0.6 * seconds },
    { panel: "", series, stage: "compile", seconds: 0.4 * seconds },
  ];
  const rows = [...bar("a", 4), ...bar("b", 100), ...bar("c", 24), ...bar("d", 26)];
  type Panel = {
    layer: {
      encoding: { x: { scale: { domain: number[] } }; y: { scale: { domain: string[] } } };
    }[];
  };
  const panelsOf = (spec: FigureSpec) => {
    const { hconcat, vconcat } = spec as unknown as { hconcat?: Panel[]; vconcat?: Panel[] };
    return (vconcat ?? hconcat ?? []).map(({ layer: [{ encoding: { x, y } }] }) => ({
      ...{ bars: y.scale.domain, end: Math.floor(x.scale.domain[1]) },
    }));
  };
  deepEqual(panelsOf(coldStartStages(rows, { split: true })), [
    { bars: ["b", "d"], end: 103 },
    { bars: ["a", "c"], end: 24 },
  ]);
  deepEqual(panelsOf(coldStartStages(rows)), [{ bars: ["a", "b", "c", "d"], end: 103 }]);
  // Nothing to split where all are alike.
  equal(panelsOf(coldStartStages(rows.slice(4), { split: true })).length, 1);
  equal(panelsOf(coldStartStages(bar("a", 1), { split: true })).length, 1);
});

Deno.test("predictedScatter() has axes of its own for each panel, and says what lies at the edge", async () => {
  const far = { series: "a", measured: 1, predicted: 2, panel: "far" };
  const near = { series: "a", measured: 100, predicted: 104, panel: "near" };
  const svg = await renderSvg(predictedScatter([far, near], { title: "TTFT (s)", column: 2 }));
  deepEqual(
    [...svg.matchAll(
      /Y-axis titled 'Predicted TTFT \(s\)' for a log scale with values from (\S+)/g,
    )]
      .map((match) => Number(match[1])),
    [0.8, 80],
  );
  // Twice as much is beyond three times 20 %: at the edge, where the axis ends, not where it is.
  equal([...svg.matchAll(/>at the edge: beyond ±60 %</g)].length, 1);
  ok(/Error \(%\): 0\.6\b/.test(svg) && !/Error \(%\): 1;/.test(svg));
  ok(/Error \(%\): 0\.04/.test(svg));
});
