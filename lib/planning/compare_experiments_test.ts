import { deepEqual, equal, ok, throws } from "#assert";
import type { ExperimentRow, Factors } from "../experiment/experiment.ts";
import type { ExperimentResult } from "../experiment/read_result.ts";
import { compareExperiments } from "./compare_experiments.ts";

function experiment(
  folder: string,
  factors: Factors,
  value: (row: ExperimentRow) => number | null,
  fields: Partial<ExperimentResult> = {},
): ExperimentResult {
  const cells = Object.entries(factors).reduce<Record<string, string | number | boolean>[]>(
    (all, [name, levels]) =>
      all.flatMap((cell) => levels.map((level) => ({ ...cell, [name]: level }))),
    [{}],
  );
  const rows = cells.flatMap((cell) =>
    [0, 1, 2].map((replication) => {
      const row = { ...cell, replication } as unknown as ExperimentRow;
      return { ...row, y: value(row)! };
    })
  );
  return {
    ...{ folder, id: "00_test", version: 1, seed: 7, replications: 3, sources: "aa" },
    ...{ factors, design: undefined, rows },
    ...fields,
  };
}

const noise = (row: ExperimentRow) => [0, 5, -5][row.replication];
const base = experiment(
  "a",
  { rate: [1, 2, 4], gpu: ["x"] },
  (row) => 10 * Number(row.rate) + noise(row),
);

Deno.test("cells are matched by levels, in pairs of replications of the same seed", () => {
  const other = experiment(
    "b",
    { rate: [2, 4, 8], policy: ["p"] },
    (row) => 10 * Number(row.rate) + noise(row) + (row.rate === 4 ? 1 : 0),
    { version: 2 },
  );
  const compared = compareExperiments(base, other);
  deepEqual(compared.cells.map(({ cell }) => cell), ["rate=2", "rate=4"]);
  const [two, four] = compared.cells.map(({ figures: [one] }) => one);
  ok(two.isPaired && two.difference.estimate === 0 && two.difference.halfWidth === 0);
  ok(four.isPaired && four.difference.estimate === 1 && four.difference.halfWidth === 0);
  deepEqual(compared.measures, [{
    ...{ measure: "y", cells: 2, before: 30, after: 30.5, difference: 0.5 },
    ...{ clear: 1, unequal: 1 },
  }]);
  deepEqual([compared.only_before, compared.only_after], [["rate=1"], ["rate=8"]]);
  deepEqual(compared.settings.map(({ path }) => path), [
    ...["version", "factors.rate", "factors.gpu", "factors.policy"],
  ]);
  ok(/in pairs/.test(compared.pairing));
});

Deno.test("of another seed the replications are independent, and their intervals wide", () => {
  const other = experiment("b", base.factors, (row) => 10 * Number(row.rate) + noise(row), {
    seed: 8,
  });
  const { cells, pairing } = compareExperiments(base, other);
  ok(/independent/.test(pairing));
  ok(cells.every(({ figures: [one] }) => !one.isPaired && one.difference.halfWidth > 5));
});

Deno.test("what cannot be matched is refused; a measure without values is left out", () => {
  const other = experiment("b", { rate: [1], batch: [1, 2] }, () => 1);
  throws(() => compareExperiments(base, other), /"batch", which "b" varies and "a" does not have/);
  const foreign = experiment("c", { rate: [16] }, () => 1);
  throws(() => compareExperiments(base, foreign), /without a cell that both have/);
  const holes = experiment(
    "d",
    base.factors,
    (row) => row.rate === 1 && row.replication === 0 ? null : 5,
  );
  const { cells } = compareExperiments(base, holes);
  deepEqual(cells.map(({ figures }) => figures.length), [0, 1, 1]);
  equal(compareExperiments(base, base).measures[0].unequal, 0);
});
