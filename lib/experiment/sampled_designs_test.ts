import { deepEqual, equal, ok, throws } from "#assert";
import { defineExperiment } from "./define_experiment.ts";
import { designCells } from "./design_cells.ts";
import type { ExperimentRow } from "./experiment.ts";
import { factorEffects, sobolSample } from "./sampled_designs.ts";

const FACTORS = { a: [0, 1, 2, 3], b: ["x", "y"], c: [10, 20, 30] } as const;
const BASIS = { a: 1, b: "x", c: 10 } as const;

const define = (design: object, seed = 1) =>
  defineExperiment({
    ...{ id: "sampled", version: 1, seed, question: "Which?", factors: FACTORS },
    design: design as never,
    run: () => ({}),
  });

Deno.test("one at a time: the basis, and each other level of each factor alone", () => {
  const cells = designCells(define({ oneAtATime: BASIS })).map(({ cell }) => cell);
  equal(cells.length, 1 + 3 + 1 + 2);
  deepEqual(cells[0], BASIS);
  for (const cell of cells.slice(1)) {
    const changed = Object.keys(BASIS).filter((name) =>
      cell[name] !== BASIS[name as keyof typeof BASIS]
    );
    equal(changed.length, 1);
  }
  throws(() => designCells(define({ oneAtATime: { ...BASIS, a: 7 } })), /levels of its factors/);
  throws(() => define({ oneAtATime: 3 }), /the design of sampled/);
});

Deno.test("a Latin hypercube has each level equally often, the same for a seed", () => {
  const cells = designCells(define({ latinHypercube: 12 })).map(({ cell }) => cell);
  deepEqual(designCells(define({ latinHypercube: 12 })).map(({ cell }) => cell), cells);
  ok(cells.length <= 12 && cells.length > 6);
  if (cells.length === 12) {
    for (const [name, levels] of Object.entries(FACTORS)) {
      for (const level of levels) {
        equal(cells.filter((cell) => cell[name] === level).length, 12 / levels.length);
      }
    }
  }
  const other = designCells(define({ latinHypercube: 12 }, 2)).map(({ cell }) => cell);
  ok(JSON.stringify(other) !== JSON.stringify(cells));
  throws(() => define({ latinHypercube: 0 }), /a whole number >= 1/);
});

Deno.test("a Sobol design has the cells of Saltelli's scheme, equal ones once, the same for a seed", () => {
  const cells = designCells(define({ sobol: 16 })).map(({ cell }) => cell);
  deepEqual(designCells(define({ sobol: 16 })).map(({ cell }) => cell), cells);
  ok(JSON.stringify(designCells(define({ sobol: 16 }, 2))) !== JSON.stringify(cells));
  const { a, b, byFactor } = sobolSample(FACTORS, 16, 1);
  // A power of two covers the levels evenly where their number divides it.
  for (const one of [a, b]) {
    for (const level of FACTORS.a) equal(one.filter((cell) => cell.a === level).length, 4);
  }
  for (const [i, name] of (["a", "b", "c"] as const).entries()) {
    deepEqual(byFactor[i], a.map((cell, row) => ({ ...cell, [name]: b[row][name] })));
  }
  throws(() => define({ sobol: 12 }), /the Sobol design of sampled as a power of two/);
  throws(() => define({ sobol: 1 }), /a power of two/);
});

Deno.test("effects find the factor that moves a measure most, by any design", () => {
  const rows = (design: object) =>
    designCells(define(design)).map(({ cell }) => ({
      ...cell,
      replication: 0,
      y: 5 * Number(cell.a) + (cell.b === "y" ? 1 : 0),
    })) as ExperimentRow[];
  const tornado = factorEffects(rows({ oneAtATime: BASIS }), FACTORS, "y", BASIS);
  deepEqual(tornado.map(({ factor, swing }) => [factor, swing]), [["a", 15], ["b", 1], ["c", 0]]);
  const sampled = factorEffects(rows({ latinHypercube: 24 }), FACTORS, "y");
  equal(sampled[0].factor, "a");
  deepEqual(factorEffects([], FACTORS, "y").map(({ swing }) => swing), [0, 0, 0]);
});
