import { deepEqual, equal, ok } from "#assert";
import { defineExperiment } from "../define_experiment.ts";
import { designCells } from "../design_cells.ts";
import type { Cell, ExperimentRow } from "../experiment.ts";
import type { WrittenDesign } from "../read_result.ts";
import { experimentSensitivity, measuresOf } from "./experiment_sensitivity.ts";
import { matchedLevels } from "./matched_levels.ts";
import { sensitivityFigures } from "./sensitivity_figures.ts";

const FACTORS = { a: [0, 1, 2, 3], b: [true, false], c: ["x", "y", "z"], inert: [1, 2] };

const effect = (cell: Cell) =>
  5 * Number(cell.a) + (cell.b ? 3 : 0) + Number(cell.a) * (cell.c === "z" ? 2 : 0);

/** The rows of a design, with the measure of `effect` and one that has no value in some rows. */
function sensitivity(design?: object, replications = 3) {
  const experiment = defineExperiment({
    ...{ id: "sensed", version: 1, seed: 11, question: "Which?", factors: FACTORS, replications },
    design: design as never,
    run: () => ({}),
  });
  const rows = designCells(experiment).flatMap(({ cell }) =>
    Array.from({ length: replications }, (_, replication): ExperimentRow => ({
      ...cell,
      replication,
      y: effect(cell) + 0.01 * (replication - 1) * Number(cell.a),
      flat: 4,
      text: "t",
    }))
  );
  const written = design !== undefined && "cells" in design
    ? { cells: rows.length / replications }
    : design;
  const result = {
    ...{ seed: 11, factors: FACTORS, rows },
    design: written as WrittenDesign | undefined,
  };
  return { result, ...experimentSensitivity(result) };
}

const of = (rows: ReturnType<typeof sensitivity>["rows"], measure = "y") =>
  Object.fromEntries(
    rows.filter((row) => row.measure === measure).map((row) => [row.factor, row]),
  );

function near(got: number | null, wanted: number, tolerance: number, what: string): void {
  ok(got !== null && Math.abs(got - wanted) <= tolerance, `${what} is ${got}, not ${wanted}`);
}

Deno.test("the full grid gives swings and exact shares; numbers alone are measures", () => {
  const { result, rows, notices } = sensitivity();
  deepEqual([measuresOf(result), notices], [["y", "flat"], []]);
  const { a, b, c, inert } = of(rows);
  // Over a third of the cells c adds 2 a: means by a are 5 a + 3/2 + 2 a / 3.
  near(a.swing, 17, 1e-9, "the swing of a");
  near(b.swing, 3, 1e-9, "the swing of b");
  near(c.swing, 3, 1e-9, "the swing of c");
  near(inert.swing, 0, 1e-12, "the swing of inert");
  near(inert.total_effect, 0, 1e-12, "the share of inert");
  ok(a.swing_lower! < 17 && a.swing_upper! > 17 && a.swing_upper! < 17.1);
  const first = rows.filter(({ measure }) => measure === "y")
    .reduce((sum, row) => sum + row.first_order!, 0);
  ok(first < 1 && first > 0.9, `${first}`);
  ok(c.total_effect! > c.first_order! + 0.01, "a interacts with c");
  near(b.total_effect! - b.first_order!, 0, 1e-12, "b does not interact");
  equal(rows[0].factor, "a");
  deepEqual(of(rows, "flat").a.first_order, null);
  equal(of(rows, "flat").a.swing, 0);
});

Deno.test("one at a time: swings around the basis, which is the reference", () => {
  const { rows } = sensitivity({ oneAtATime: { a: 1, b: false, c: "z", inert: 1 } });
  const { a, b, c, inert } = of(rows);
  deepEqual([a.reference, b.reference], [7, 7]);
  near(a.swing, 21, 1e-9, "the swing of a");
  deepEqual([b.swing, b.least_level, b.greatest_level], [3, "false", "true"]);
  deepEqual([c.swing, c.greatest_level, inert.swing], [2, "z", 0]);
  equal(a.first_order, null);
});

Deno.test("Sobol's design comes near the shares of the full grid, an inert factor is exactly 0", () => {
  const exact = of(sensitivity().rows);
  const { result, rows, notices } = sensitivity({ sobol: 512 });
  equal(result.rows.length / 3, 48, "all cells of the small grid are met");
  equal(notices.length, 0);
  const found = of(rows);
  for (const factor of ["a", "b", "c", "inert"]) {
    near(found[factor].first_order, exact[factor].first_order!, 0.03, `first order of ${factor}`);
    near(found[factor].total_effect, exact[factor].total_effect!, 0.03, `total of ${factor}`);
    ok(found[factor].total_effect_lower! <= found[factor].total_effect!);
    near(found[factor].swing, exact[factor].swing!, 1e-9, `swing of ${factor}`);
  }
  deepEqual([found.inert.total_effect, found.inert.total_effect_upper], [0, 0]);
  // Cells that are few are not balanced: the swing of what does nothing is 0 nevertheless.
  const few = of(sensitivity({ sobol: 4 }).rows);
  near(few.inert.swing, 0, 1e-9, "the swing of inert");
});

Deno.test("listed cells are compared where they differ in one factor, not by confounded means", () => {
  const cells = [
    { a: 0, b: true, c: "x", inert: 1 },
    { a: 1, b: true, c: "x", inert: 1 },
    { a: 1, b: false, c: "x", inert: 1 },
    { a: 3, b: true, c: "x", inert: 2 },
  ];
  const { rows, notices } = sensitivity({ cells });
  const { a, b, c, inert } = of(rows);
  deepEqual([a.method, a.swing, a.greatest_level], ["matched-cells", 5, "1"]);
  deepEqual([b.swing, c.swing, inert.swing], [3, null, null]);
  ok(notices.some((one) => /no cells differ in c, inert alone/.test(one)), notices.join());
});

Deno.test("effects of levels are those of an additive model, whatever cells there are", () => {
  const effects = { p: 0, q: 4, r: -2 } as const;
  const rows = [["p", 1], ["q", 1], ["q", 2], ["r", 2], ["r", 3], ["p", 3]].map(([f, g]) => ({
    ...{ f, g, replication: 0 },
    y: effects[f as "p"] + 100 * Number(g),
  })) as ExperimentRow[];
  const means = matchedLevels(rows, "y", "f", ["g"]);
  const at = (level: string) => means.find((one) => one.level === level)!.mean;
  near(at("q") - at("p"), 4, 1e-9, "q over p");
  near(at("p") - at("r"), 2, 1e-9, "p over r");
});

Deno.test("rows without a value are counted, cells without one leave the shares out", () => {
  const { result } = sensitivity();
  const holes = result.rows.map((row, i) =>
    i === 5 ? { ...row, y: null as unknown as number } : row
  );
  const { rows, notices } = experimentSensitivity({ ...result, rows: holes }, ["y"]);
  ok(notices.some((one) => one === "y: 1 of 144 rows have no value"), notices.join("\n"));
  ok(notices.some((one) => /no shares of the variance/.test(one)));
  ok(rows.every((row) => row.first_order === null && row.swing !== null));
  const twice = experimentSensitivity({ ...result, rows: [...result.rows, ...result.rows] }, ["y"]);
  ok(twice.notices.some((one) => /several rows each/.test(one)));
});

Deno.test("each measure that a factor moves has a tornado, and its shares where they are known", () => {
  deepEqual(Object.keys(sensitivityFigures(sensitivity().rows)), ["tornado_y", "shares_y"]);
  const { rows } = sensitivity({ oneAtATime: { a: 1, b: false, c: "z", inert: 1 } });
  deepEqual(Object.keys(sensitivityFigures(rows)), ["tornado_y"]);
});
