import { deepEqual, equal, ok } from "#assert";
import { attainmentCurves, bandedCurves } from "./banded_curves.ts";
import { barPanels } from "./bar_panels.ts";
import { coldStartStages } from "./cold_start_stages.ts";
import { dotWhisker } from "./dot_whisker.ts";
import { heatMap } from "./heat_map.ts";
import { intervalPoints } from "./interval_points.ts";
import { joinShortStages } from "./join_short_stages.ts";
import { paperBars } from "./paper_bars.ts";
import { paretoFront, paretoRows } from "./pareto_front.ts";
import { predictedScatter } from "./predicted_scatter.ts";
import { pointPanels } from "./point_panels.ts";
import { renderFigure, renderSvg } from "./render.ts";
import { roofline } from "./roofline.ts";
import type { FigureSpec } from "./spec.ts";
import { startGraph, type StartStageRow } from "./start_graph.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";
import { tornado } from "./tornado.ts";

const attainment = ["vllm", "sarathi", "orca", "fastertransformer", "vllm-v0"].flatMap((
  series,
  k,
) =>
  [1, 2, 4, 6, 8].map((ratePerSecond) => {
    const share = 1 / (1 + Math.exp(ratePerSecond - 6 + k));
    return {
      series,
      ratePerSecond,
      attainment: share,
      lower: Math.max(0, share - 0.05),
      upper: Math.min(1, share + 0.05),
    };
  })
);
const stages = ["vLLM", "Medusa"].flatMap((panel, k) =>
  ["Qwen-0.5B", "Llama-13B"].flatMap((series, i) =>
    ["model init", "weights", "KV profile", "graph capture"].map((stage, j) => ({
      panel,
      series,
      stage,
      seconds: (1 + i + 0.3 * j) / (1 + k),
    }))
  )
);
const totals = [{ panel: "vLLM", series: "Qwen-0.5B", seconds: 5.5 }];
const choices = [
  { series: "fixed", label: "60 s", x: 1, y: 5 },
  { series: "fixed", label: "600 s", x: 3, y: 2 },
  { series: "fixed", label: "", x: 4, y: 3 },
  { series: "hybrid", label: "hybrid", x: 2, y: 1.5 },
];
const heat = [1, 2, 4].flatMap((x) =>
  ["a", "b"].map((y, i) => ({ x, y, value: x * (i + 1) * 1.5 }))
);
const policies = ["vllm", "sarathi", "orca"].flatMap((label, i) =>
  ["busy", "quiet"].map((series, k) => ({
    ...{ label, series, value: (1 + i) / (1 + k), lower: 0.8 * (1 + i) / (1 + k) },
    upper: 1.3 * (1 + i) / (1 + k),
  }))
);
const pairs = ["vLLM", "ServerlessLLM"].flatMap((panel, k) =>
  ["OPT-2.7B", "Llama2-13B"].map((label, i) => ({ panel, label, paper: 10 + i - k, ours: 9.5 + i }))
);
const bars = ["oracle", "knative-kpa", "hpa"].flatMap((label, i) => [
  { panel: "Attainment (%)", label, value: 100 - 9 * i },
  { panel: "GPU hours", label, value: 0.7 + 0.3 * i },
  { panel: "TTFT p99\n(s)", label, value: 3 + 6 * i },
  { panel: "Cost (US$)", label, value: 1400 * i },
]);
const points = [0, 1, 2, 3, 4, 5].map((i) => ({
  series: ["A100", "H100"][i % 2],
  measured: 2 ** i,
  predicted: 2 ** i * (0.9 + i / 20),
}));
const panels = ["gemm", "decode"].map((title) => ({
  title,
  xTitle: "tokens",
  yTitle: "n x k",
  points: [1, 16, 256, 4096].map((x) => ({ x, y: 1e5 * x })),
}));
const rates = points.map(({ series, measured, predicted }) => ({
  series,
  flopsPerByte: 30 * measured,
  flopsPerSecond: 3e13 * predicted,
}));
const roofs = [
  { label: "bf16", flopsPerSecond: 989e12, bytesPerSecond: 3.35e12 },
  { label: "fp8", flopsPerSecond: 1979e12, bytesPerSecond: 3.35e12 },
];

const swings = [
  {
    factor: "tensor_parallel_size",
    least: 120,
    leastLevel: "4",
    greatest: 900,
    greatestLevel: "1",
  },
  { factor: "gpu", least: 200, leastLevel: "H100", greatest: 610, greatestLevel: "a100-pcie-80gb" },
  { factor: "inert", least: 250, leastLevel: "a", greatest: 250, greatestLevel: "a" },
];
const shares = swings.flatMap(({ factor }, i) =>
  ["First order", "Total effect"].map((series, k) => ({
    ...{ label: factor, series, value: (0.5 + 0.1 * k) / (i + 1) },
    ...{ lower: 0.4 / (i + 1), upper: 0.8 / (i + 1) },
  }))
);

const starts = ["plain", "beside"].flatMap((panel, k): StartStageRow[] => [
  { panel, stage: "image pull", startSeconds: 0, endSeconds: 2, critical: true, after: [] },
  {
    ...{ panel, stage: "weights fetch", startSeconds: k === 0 ? 2 : 0, endSeconds: 5 },
    ...{ critical: k === 0, after: k === 0 ? ["image pull"] : [], note: "16.1 GB" },
  },
  {
    ...{ panel, stage: "container create", startSeconds: 5 - 3 * k, endSeconds: 8 },
    ...{ critical: true, after: ["image pull", "weights fetch"].slice(0, 2 - k) },
  },
  {
    ...{ panel, stage: "register", startSeconds: 8, endSeconds: 8 },
    ...{ critical: true, after: ["container create"] },
  },
]);

const FIGURES: Readonly<Record<string, (column?: ColumnSpan) => FigureSpec>> = {
  attainmentCurves: (column) => attainmentCurves(attainment, { target: 0.9, column }),
  coldStartStages: (column) => coldStartStages(stages, { totals, column }),
  dotWhisker: (column) =>
    dotWhisker(policies, {
      title: "TTFT p99 (s)",
      whiskers: "95 % intervals of 10 seeds",
      reference: { value: 2, label: "SLO 2 s" },
      column,
    }),
  heatMap: (column) =>
    heatMap(heat, { xTitle: "Rate (1/s)", yTitle: "Policy", valueTitle: "TTFT (s)", column }),
  paperBars: (column) => paperBars(pairs, { title: "TTFT (s)", column }),
  paretoFront: (column) =>
    paretoFront(choices, { xTitle: "Cost (US$)", yTitle: "p99 TTFT (s)", column }),
  barPanels: (column) => barPanels(bars, { most: { "Attainment (%)": 100 }, column }),
  startGraph: (column) => startGraph(starts, { column }),
  predictedScatter: (column) => predictedScatter(points, { title: "TTFT (ms)", column }),
  pointPanels: (column) => pointPanels(panels, { column }),
  roofline: (column) => roofline(rates, roofs, { column }),
  tornado: (column) => tornado(swings, { xTitle: "p99 TTFT (ms)", reference: 250, column }),
  intervalPoints: (column) => intervalPoints(shares, { xTitle: "Share", least: [0, 1], column }),
};

for (const [name, make] of Object.entries(FIGURES)) {
  Deno.test(`${name}() fits its columns, with text of 7 or 8 points in the one font`, async () => {
    for (const column of [1, 2] as const) {
      const svg = await renderSvg(make(column));
      const width = Number(/ width="([\d.]+)pt"/.exec(svg)?.[1]);
      ok(width <= FIGURE_WIDTH[column] + 2, `${width} points of ${FIGURE_WIDTH[column]}`);
      ok(width >= 0.85 * FIGURE_WIDTH[column], `${width} points of ${FIGURE_WIDTH[column]}`);
      const sizes = new Set([...svg.matchAll(/font-size="([\d.]+)px"/g)].map((m) => Number(m[1])));
      for (const size of sizes) ok(size === 8 || size === 7, `text of ${size} points`);
      const fonts = new Set([...svg.matchAll(/font-family="([^"]+)"/g)].map((m) => m[1]));
      deepEqual([...fonts], ["DejaVu Sans"]);
    }
  });

  Deno.test(`${name}() has the same bytes when drawn again, in every format`, async () => {
    for (const format of ["svg", "png", "pdf"] as const) {
      deepEqual(await renderFigure(make(), format), await renderFigure(make(), format));
    }
  });

  Deno.test(`${name}() looks as it did`, async (t) => {
    await t.assertSnapshot(await renderSvg(make()));
  });
}

Deno.test("figures without rows are drawn empty", async () => {
  const axes = { xTitle: "x", yTitle: "y" };
  const empty = [
    bandedCurves([], axes),
    barPanels([]),
    coldStartStages([]),
    dotWhisker([], { title: "x", whiskers: "y" }),
    heatMap([], { ...axes, valueTitle: "z" }),
    paperBars([], { title: "x" }),
    paretoFront([], axes),
    predictedScatter([], { title: "x" }),
    pointPanels([]),
    tornado([], { xTitle: "x" }),
    intervalPoints([], { xTitle: "x", least: [] }),
    pointPanels([{ title: "", xTitle: "x", yTitle: "y", points: [] }]),
    roofline([], []),
    startGraph([]),
  ];
  for (const spec of empty) ok((await renderSvg(spec)).startsWith("<svg"));
});

Deno.test("paretoRows() leaves out what another row betters", () => {
  deepEqual(paretoRows(choices).map((row) => row.label), ["60 s", "hybrid"]);
  deepEqual(paretoRows([{ x: 1, y: 1 }, { x: 1, y: 1 }, { x: 2, y: 1 }]), [{ x: 1, y: 1 }]);
});

Deno.test("paretoFront() draws a line for each interval that is known, and says what they are", async () => {
  const axes = { xTitle: "x", yTitle: "y", intervals: "lines: 95 % intervals" };
  const rules = async (rows: typeof choices, ...intervals: object[]) => {
    const svg = await renderSvg(
      paretoFront(rows.map((row, i) => ({ ...row, label: "", ...intervals[i] })), axes),
    );
    ok(svg.includes(">lines: 95 % intervals<"));
    return [...svg.matchAll(/aria-roledescription="rule mark"/g)].length;
  };
  equal(await rules(choices), 0);
  equal(await rules(choices, { xInterval: [1, 2] }, { xInterval: [1, 2], yInterval: [1, 2] }), 3);
  // An end that a logarithmic axis has no place for ends where the axis does.
  const svg = await renderSvg(
    paretoFront([{ ...choices[0], yInterval: [-1, 2 * choices[0].y] }], { ...axes, yLog: true }),
  );
  ok(!/NaN|Infinity/.test(svg));
});

Deno.test("a key is set in as few lines as hold it, each entry once and none beyond the width", async () => {
  for (const column of [1, 2] as const) {
    const svg = await renderSvg(attainmentCurves(attainment, { column }));
    const keyed = [...svg.matchAll(
      /aria-label="label: ([^"]+)"[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"/g,
    )].map(([, name, x, y]) => ({ name, x: Number(x), y: Number(y) }));
    deepEqual(
      keyed.map(({ name }) => name),
      ["vllm", "sarathi", "orca", "fastertransformer", "vllm-v0"],
    );
    equal(new Set(keyed.map(({ y }) => y)).size, column === 1 ? 2 : 1);
    ok(keyed.every(({ y }) => y < 0), "the key is above the frame");
    for (const [i, { x, y, name }] of keyed.entries()) {
      const next = keyed[i + 1];
      const end = x + 0.55 * 8 * name.length;
      ok(next?.y === y ? end < next.x : end < FIGURE_WIDTH[column] - 20, name);
    }
  }
});

Deno.test("the name of a wanted value stands where no curve is", async () => {
  const place = async (y: (x: number) => number) => {
    const svg = await renderSvg(bandedCurves(
      [0, 1, 2, 3, 4].map((x) => ({ series: "a", x, y: y(x), lower: y(x), upper: y(x) })),
      { xTitle: "x", yTitle: "y", target: 10 },
    ));
    return /text-anchor="(start|end)" [^>]*>target 10</.exec(svg)?.[1];
  };
  // Flat near the line at the left, far from it at the right; and the other way round.
  equal(await place((x) => [10.5, 9.5, 10.5, 2, 0][x]), "end");
  equal(await place((x) => [0, 2, 10.5, 9.5, 10.5][x]), "start");
});

Deno.test("joinShortStages() keeps every second, and at most nine stages beside the others", () => {
  const bars = ["a", "b"].flatMap((series, i) =>
    Array.from({ length: 12 }, (_, k) => ({
      panel: "",
      series,
      stage: `s${k}`,
      seconds: k === 3 ? 0.01 : (i + 1) * (k + 1),
    }))
  );
  const { rows, stages } = joinShortStages(bars);
  deepEqual(stages, ["s2", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "other stages"]);
  const sum = (of: typeof bars) => of.reduce((all, { seconds }) => all + seconds, 0);
  for (const series of ["a", "b"]) {
    const ofBar = (row: typeof bars[number]) => row.series === series;
    ok(Math.abs(sum(rows.filter(ofBar)) - sum(bars.filter(ofBar))) < 1e-12);
  }
  ok(rows.every((row) => stages.includes(row.stage)));
  equal(rows.filter((row) => row.stage === "other stages").length, 2, "one of each bar");
  deepEqual(joinShortStages([]), { rows: [], stages: ["other stages"] });
});

Deno.test("barPanels() writes every number, of three digits or those before the point", async () => {
  const numbers = [["1234.4", "1234"], ["100", "100"], ["38.59", "38.6"], [
    "0.00271828",
    "0.00272",
  ]];
  const rows = numbers.map(([value], i) => ({ panel: "x", label: `${i}`, value: Number(value) }));
  const svg = await renderSvg(barPanels(rows));
  for (const [, number] of numbers) ok(svg.includes(`>${number}<`), number);
});

Deno.test("predictedScatter() fills the points beyond its dashed lines and no others", async () => {
  const counts = async (within: number) => {
    const svg = await renderSvg(predictedScatter(points, { title: "x", within }));
    const found = [...svg.matchAll(/<path [^>]*aria-roledescription="point"[^>]*>/g)];
    return [found.length, found.filter(([mark]) => mark.includes(' fill="#')).length];
  };
  const off = points.map(({ measured, predicted }) => Math.abs(predicted / measured - 1));
  // Each has its value and, below it, its error.
  deepEqual(await counts(0.2), [2 * points.length, 0]);
  const beyond = off.filter((error) => error > 0.06).length;
  deepEqual(await counts(0.06), [2 * points.length + beyond, 2 * beyond]);
});

Deno.test("dotWhisker() draws a whisker for each row with an interval, and says what it is", async () => {
  const options = { title: "TTFT (s)", whiskers: "95 % intervals" };
  const rules = (svg: string) => [...svg.matchAll(/aria-roledescription="rule mark"/g)].length;
  const svg = await renderSvg(dotWhisker(policies, options));
  equal(rules(svg), policies.length);
  ok(svg.includes(">95 % intervals<"));
  const exact = policies.map((row) => ({ ...row, lower: row.value, upper: row.value }));
  const plain = await renderSvg(dotWhisker(exact, options));
  equal(rules(plain), 0);
  ok(!plain.includes("95 % intervals"));
});

Deno.test("heatMap() writes every value in its place, with as many decimals as the others", async () => {
  const svg = await renderSvg(FIGURES.heatMap());
  for (const { value } of heat) ok(svg.includes(`>${value.toFixed(1)}<`), String(value));
  const axes = { xTitle: "x", yTitle: "y", valueTitle: "z" };
  const far = [0.0001, 250].map((value, x) => ({ x, y: "a", value }));
  ok((await renderSvg(heatMap(far, axes))).includes(">0.0001<"), "the least does not vanish");
});

Deno.test("startGraph() has an arrow for each stage that waits, dashed before it if its turn is late", async () => {
  const count = (svg: string, what: RegExp) => [...svg.matchAll(what)].length;
  const marks = async (rows: readonly StartStageRow[]) => {
    const svg = await renderSvg(startGraph(rows));
    return [count(svg, /aria-roledescription="point"/g), count(svg, /stroke-dasharray="2,2"/g)];
  };
  const [plain, beside] = ["plain", "beside"].map((panel) =>
    starts.filter((row) => row.panel === panel)
  );
  // The container of the plain start waits for the image, which was there early.
  deepEqual(await marks(plain), [4, 1]);
  deepEqual(await marks(beside), [2, 0]);
});

Deno.test("startGraph() ends the axis of each start at a mark, with the ends of all bars before it", async () => {
  for (const times of [0.0031, 0.07, 1, 3.9, 9.99, 94.2, 1234]) {
    const rows = starts.filter((row) => row.panel === "plain").map((row) => ({
      ...{ ...row, startSeconds: row.startSeconds * times, endSeconds: row.endSeconds * times },
    }));
    const { vconcat: [{ layer }] } = startGraph(rows) as unknown as {
      vconcat: {
        layer: { encoding: { x: { scale: { domain: number[] }; axis: { values: number[] } } } }[];
      }[];
    };
    const { x: { scale: { domain }, axis: { values } } } = layer[0].encoding;
    equal(values.at(-1), domain[1]);
    ok(values.length >= 4 && values.length <= 12, String(values));
    const ready = Math.max(...rows.map((row) => row.endSeconds));
    ok(domain[1] > ready && domain[1] < 2.5 * ready, `${ready} of ${domain[1]}`);
  }
  const several = await renderSvg(startGraph(starts));
  equal([...several.matchAll(/: ready after [\d.]+ s/g)].length >= 2, true);
});

Deno.test("attainmentCurves() has a band for each series that has intervals, none without", async () => {
  const areas = async (rows: typeof attainment) =>
    [...(await renderSvg(attainmentCurves(rows))).matchAll(/aria-roledescription="area mark"/g)]
      .length;
  equal(await areas(attainment), 5);
  equal(
    await areas(attainment.map((r) => ({ ...r, lower: r.attainment, upper: r.attainment }))),
    0,
  );
});

Deno.test("roofline() draws each roof level above its ridge and along the memory's slope below", () => {
  const { layer } = roofline(rates, roofs) as unknown as {
    layer: {
      data: { values: { flopsPerByte: number; teraflops: number }[] };
      mark: { type: string };
    }[];
  };
  const lines = layer.filter(({ mark }) => mark.type === "line");
  equal(lines.length, roofs.length);
  lines.forEach(({ data: { values: [from, ridge, to] } }, i) => {
    const { flopsPerSecond, bytesPerSecond } = roofs[i];
    ok(Math.abs(1e12 * from.teraflops / (from.flopsPerByte * bytesPerSecond) - 1) < 1e-12);
    ok(Math.abs(ridge.flopsPerByte * bytesPerSecond / flopsPerSecond - 1) < 1e-12);
    equal(to.teraflops, flopsPerSecond / 1e12);
  });
});

Deno.test("tornado() has room for the levels beside its bars, and no more", async () => {
  const svg = await renderSvg(
    tornado(swings, { xTitle: "p99 TTFT (ms)", reference: 250, column: 2 }),
  );
  for (const level of ["4", "1", "H100", "a100-pcie-80gb"]) ok(svg.includes(`>${level}<`), level);
  // What moves nothing has no levels to tell.
  ok(!svg.includes(">a<"));
  // The axis begins just below the least value: no level is far from its bar.
  ok(svg.includes(">200<") && !svg.includes(">0<") && !svg.includes(">-"), svg);
});
