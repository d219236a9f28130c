import { throws } from "#assert";
import { checkSpec } from "./check_spec.ts";

const values = [{ rate: 1, ttft_s: 2 }];
const view = {
  data: { values },
  mark: "point",
  encoding: { x: { field: "rate", type: "nominal" } },
};

Deno.test("a specification that is right is no mistake", () => {
  for (
    const spec of [
      view,
      { ...view, mark: { type: "line", tooltip: true } },
      { data: { values }, layer: [{ mark: "bar", encoding: { y: { field: "ttft_s" } } }] },
      { ...view, transform: [{ calculate: "1", as: "z" }], encoding: { x: { field: "z" } } },
      { ...view, transform: [{ fold: ["rate"] }], encoding: { x: { field: "key" } } },
      {
        ...view,
        transform: [{ aggregate: [{ op: "mean", as: "m" }] }],
        encoding: { y: { field: "m" } },
      },
      { ...view, data: { url: "rows.csv" }, encoding: { x: { field: "whatever" } } },
      { ...view, data: { values: [{ "a.b": 1 }] }, encoding: { x: { field: "a\\.b" } } },
      { ...view, data: { values: [{ a: { b: 1 } }] }, encoding: { x: { field: "a.b" } } },
      { data: { values }, facet: { row: { field: "rate" } }, spec: { mark: "bar" } },
      { $schema: "https://vega.github.io/schema/vega/v6.json", marks: [] },
    ]
  ) checkSpec(spec);
});

Deno.test("a wrong specification says which field is wrong, and what was probably meant", () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [null, /no specification: current value is null/],
    [{ data: { values } }, /view with one of mark, layer/],
    [{ ...view, mark: "pointt" }, /"mark" with a mark.*"point"\?.*"pointt"/],
    [{ ...view, mark: { type: "lin" } }, /"mark\.type".*"line"\?/],
    [{ ...view, encodng: {} }, /property of a view.*"encoding"\?/],
    [{ ...view, encoding: { colour: { field: "rate" } } }, /"encoding" with a channel.*"color"\?/],
    [{ ...view, encoding: { x: { field: "ratee" } } }, /"encoding\.x\.field".*"rate"\?.*"ratee"/],
    [
      { ...view, encoding: { x: { field: "rate", type: "numeric" } } },
      /"encoding\.x\.type".*"numeric"/,
    ],
    [
      { ...view, encoding: { tooltip: [{ field: "tft_s" }] } },
      /"encoding\.tooltip\.field".*"ttft_s"\?/,
    ],
    [
      {
        data: { values },
        layer: [{ mark: "bar" }, { mark: "bar", encoding: { y: { field: "q" } } }],
      },
      /"layer\[1\]\.encoding\.y\.field"/,
    ],
    [{ hconcat: "x" }, /"hconcat" as a list of views/],
    [{ data: { values }, facet: { field: "nope" }, spec: { mark: "bar" } }, /"facet\.field"/],
  ];
  for (const [spec, message] of wrong) throws(() => checkSpec(spec), message);
});
