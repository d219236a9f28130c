import { deepEqual, equal, match, ok, throws } from "#assert";
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";
import { meanInterval } from "../../stats/intervals.ts";
import { renderSvg } from "../render.ts";
import type { FigureSpec } from "../spec.ts";
import { chart as chartWith } from "./chart.ts";
import type { ChartData } from "./chart_data.ts";
import { fieldTitle } from "./field_title.ts";

const chart = (data: ChartData) =>
  chartWith(data, { interval: meanInterval, nearest: suggest, shown: showValue });
const POLICIES = ["concurrency", "knative-kpa", "hpa"];
const ROWS = POLICIES.flatMap((policy, k) =>
  [1, 2, 4, 8].flatMap((rate) =>
    [1, 2, 3, 4].map((seed) => ({
      ...{ policy, rate, seed },
      "ttft_s.p99": 0.2 * rate + k + ((seed * 37) % 11) / 30,
      "cost.total_usd": rate * (k + 1) + seed / 100,
    }))
  )
);
const FIRST = ROWS.filter(({ seed }) => seed === 1);

interface Unit {
  readonly mark: { readonly type: string };
  readonly params?: readonly { readonly bind: string }[];
  readonly encoding: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
/** Rows and layers of a chart that is not in panels. */
function partsOf(spec: FigureSpec): { rows: Record<string, unknown>[]; layers: readonly Unit[] } {
  const { data, layer } = spec as unknown as {
    data: { values: Record<string, unknown>[] };
    layer: readonly Unit[];
  };
  return { rows: data.values, layers: layer };
}

Deno.test("each kind of chart is drawn by Vega without a warning", async () => {
  const charts = chart(ROWS);
  const one = chart(FIRST);
  const all = [
    charts.line({ x: "rate", y: "ttft_s.p99", color: "policy", band: true }),
    charts.line({ x: "rate", y: "ttft_s.p99", color: "policy", band: true }).facet("policy"),
    one.line({ x: { field: "rate", log: true }, y: "cost.total_usd", color: "policy" }),
    charts.bar({ x: "policy", y: "ttft_s.p99", band: true }),
    charts.bar({ x: "rate", y: "ttft_s.p99", color: "policy", band: true, column: 2 }),
    one.bar({ x: "rate", y: "cost.total_usd", color: "policy", stack: true, title: "bill" }),
    charts.point({ x: "cost.total_usd", y: "ttft_s.p99", color: "policy" }).facet("rate", 2),
    one.point({ x: "cost.total_usd", y: "ttft_s.p99", label: "rate" }),
    charts.cdf({ x: "ttft_s.p99", color: "policy" }),
    charts.cdf({ x: "ttft_s.p99", color: "policy", facet: "rate" }),
  ];
  const warn = console.warn;
  const said: unknown[] = [];
  console.warn = (...line) => said.push(line);
  try {
    for (const { spec } of all) {
      match(await renderSvg(spec), /<svg/);
    }
  } finally {
    console.warn = warn;
  }
  deepEqual(said, []);
});

Deno.test("a band is Student's interval of the mean over the rows of a point", () => {
  const { rows, layers } = partsOf(
    chart(ROWS).line({ x: "rate", y: "ttft_s.p99", color: "policy", band: true }).spec,
  );
  equal(rows.length, 12);
  for (const row of rows) {
    const values = ROWS.filter(({ policy, rate }) => policy === row.policy && rate === row.rate)
      .map((one) => one["ttft_s.p99"]);
    const { estimate, lower, upper } = meanInterval(values);
    deepEqual([row.ttft_s_p99, row.low, row.high], [estimate, lower, upper]);
  }
  deepEqual(layers.map(({ mark }) => mark.type), ["line", "area", "point"]);
});

Deno.test("a band takes the ends that columns have", () => {
  const rows = [1, 2].map((rate) => ({ rate, y: rate, y_low: rate - 0.5, y_high: rate + 2 }));
  const named = rows.map(({ rate, y, y_low, y_high }) => ({ rate, y, a: y_low, b: y_high }));
  const ends = [[0.5, 3], [1.5, 4]];
  const endsOf = (spec: FigureSpec) => partsOf(spec).rows.map(({ low, high }) => [low, high]);
  deepEqual(endsOf(chart(rows).line({ x: "rate", y: "y", band: true }).spec), ends);
  deepEqual(endsOf(chart(named).bar({ x: "rate", y: "y", band: ["a", "b"] }).spec), ends);
});

Deno.test("a distribution's curve says the share of values at most as large, and what is missing", () => {
  const values = [3, 1, null, 2, 2, 10];
  const { rows, layers } = partsOf(
    chart(values.map((ttft_s) => ({ ttft_s }))).cdf({ x: "ttft_s" }).spec,
  );
  deepEqual(rows, [
    { ttft_s: 1, share: 1 / 5 },
    { ttft_s: 2, share: 3 / 5 },
    { ttft_s: 3, share: 4 / 5 },
    { ttft_s: 10, share: 1 },
  ]);
  equal(layers[0].encoding.y.title, "Share of 5 of 6 rows (%)");
});

Deno.test("points tell what they are, axes of numbers zoom, titles have units", () => {
  const { layers: [points] } = partsOf(
    chart(ROWS).point({ x: "rate", y: "ttft_s.p99", color: "policy" }).spec,
  );
  const told = points.encoding.tooltip as unknown as readonly { field: string; title: string }[];
  deepEqual(told.map(({ title }) => title), ["Rate", "TTFT p99 (s)", "Policy"]);
  deepEqual(points.params, [
    { name: "zoom", select: { type: "interval", encodings: ["x", "y"] }, bind: "scales" },
  ] as unknown);
  deepEqual(
    ["ttft_p99_s", "ttft_s.p99_low", "cost.total_usd", "output_tokens_per_s", "kv_use"].map(
      fieldTitle,
    ),
    [
      ...["TTFT p99 (s)", "TTFT p99 low (s)", "Cost total (US$)", "Output (tokens/s)", "KV use"],
    ],
  );
});

Deno.test("panels share the data and stand in the order of their names", () => {
  const { spec } = chart(ROWS).cdf({ x: "ttft_s.p99" }).facet("rate", 2);
  const { facet, columns } = spec as unknown as { facet: { sort: string[] }; columns: number };
  deepEqual(facet.sort, ["Rate: 1", "Rate: 2", "Rate: 4", "Rate: 8"]);
  equal(columns, 2);
});

Deno.test("what is wrong in a chart is named, with what was probably meant", () => {
  const charts = chart(ROWS);
  const line = { x: "rate", y: "ttft_s.p99", color: "policy", band: true } as const;
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => charts.line({ ...line, x: "ratee" }), /"x".*did you mean rate\?.*"ratee"/],
    [() => charts.line({ ...line, color: { field: "polcy" } }), /"color".*did you mean policy\?/],
    [() => charts.line({ ...line, y: "policy" }), /"y" as numbers.*policy.*"concurrency"/],
    [() => charts.line({ ...line, band: false }), /at rate = 1.*4 rows.*"band: true"/],
    [() => charts.line({ ...line, colour: "x" } as never), /did you mean color\?/],
    [() => charts.line({ x: "rate" } as never), /line chart without y/],
    [() => chart(FIRST).line(line), /columns ttft_s\.p99_low and ttft_s\.p99_high/],
    [() => charts.bar({ ...line, stack: true }), /stand on one another/],
    [() => charts.point({ x: { field: "z", log: true }, y: "rate" }), /"x" as one of the columns/],
    [
      () => chart([{ x: 0, y: 1 }]).point({ x: { field: "x", log: true }, y: "y" }),
      /above 0.*is 0/,
    ],
    [() => charts.line(line).facet("polcy"), /"facet".*did you mean policy/],
    [() => chart([]), /no rows/],
    [() => chart(5 as never), /no data frame and no list of rows/],
  ];
  for (const [make, message] of wrong) throws(make, message);
  ok(charts.line(line).spec);
});
