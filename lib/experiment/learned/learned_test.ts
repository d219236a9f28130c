import assert from "#assert";
import { forEachCell } from "../../execution/profiled/for_each_cell.ts";
import { synthesizeProfile } from "../../execution/profiled/synthesize_profile.ts";
import { shippedProfile } from "../../execution/profiled/catalogue.ts";
import { rooflineOfCell } from "../../execution/profiled/reference_times.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { comparePredictors } from "./compare_predictors.ts";
import { forest } from "./forest.ts";
import { holdOut } from "./hold_out.ts";
import { interpolation } from "./interpolation.ts";

const h100 = shippedProfile("h100-sxm");
const { peaks } = h100;
const [gemm] = h100.tables;
const decode = h100.tables.find((table) => table.operator === "generation_attention")!;
const fewRows = { trees: 2, rowsPerTree: 300 };
const stream = (seed: number) => randomStreams(seed, 0).take("forest");

Deno.test("holdOut() takes whole matrices or scattered points, each inner one in one of five folds", () => {
  for (const table of [gemm, decode]) {
    const folds = [0, 1, 2, 3, 4].map((fold) => holdOut(table, fold).cells);
    const all = folds.flat();
    assert.equal(new Set(all).size, all.length);
    for (const cells of folds) {
      const share = cells.length / all.length;
      assert.ok(share > 0.15 && share < 0.25, `${table.operator}: ${share}`);
    }
    const { rest, cells } = holdOut(table, 0);
    const held = new Set(cells);
    table.seconds.forEach((seconds, cell) => {
      if (held.has(cell)) assert.ok(Number.isNaN(rest.seconds[cell]) && seconds > 0);
      else assert.ok(Object.is(rest.seconds[cell], seconds));
    });
  }
  const rows = gemm.axes[2].points.length;
  const matrices = new Set(holdOut(gemm, 0).cells.map((cell) => Math.floor(cell / rows)));
  const measured = (matrix: number) =>
    gemm.seconds.slice(matrix * rows, (matrix + 1) * rows).filter((s) => !Number.isNaN(s)).length;
  assert.equal(
    [...matrices].reduce((sum, matrix) => sum + measured(matrix), 0),
    holdOut(gemm, 0).cells.length,
  );
});

Deno.test("interpolation() of all measurements gives these back, but where they fall for more rows", () => {
  const predict = interpolation(gemm, peaks);
  const axis = gemm.axes[2].points.length;
  const apart: number[] = [];
  forEachCell(gemm, (cell, at) => {
    if (Number.isNaN(gemm.seconds[cell]) || cell % 97 !== 0) return;
    const truth = Math.max(gemm.seconds[cell], rooflineOfCell(gemm, at, peaks));
    const first = cell - cell % axis;
    const times = gemm.seconds.slice(first, first + axis).filter((seconds) =>
      !Number.isNaN(seconds)
    );
    const rises = times.every((seconds, i) => i === 0 || seconds >= times[i - 1]);
    const off = Math.abs(predict(at) / truth - 1);
    if (rises) assert.ok(off < 1e-9, `${off} where no time falls`);
    apart.push(off);
  });
  const mean = apart.reduce((sum, off) => sum + off, 0) / apart.length;
  assert.ok(mean < 0.02, `${mean} on average`);
});

Deno.test("forest() is the same for the same stream, another for another, above the roofline", () => {
  const [one, same, other] = [1, 1, 2].map((seed) => forest(gemm, peaks, stream(seed), fewRows));
  let different = 0;
  forEachCell(gemm, (cell, at) => {
    if (cell % 53 !== 0) return;
    assert.equal(one(at), same(at));
    assert.ok(one(at) >= rooflineOfCell(gemm, at, peaks));
    if (one(at) !== other(at)) different++;
  });
  assert.ok(different > 0);
});

Deno.test("forest() learns a profile without noise better than one with", () => {
  const errors = [0, 0.2].map((noise) => {
    const options = { gpu: "h100-sxm", peaks, noise };
    const [table] = synthesizeProfile(options, randomStreams(1, 0).take("profile")).tables;
    const { rest, cells } = holdOut(table, 0);
    const predict = forest(rest, peaks, stream(1), fewRows);
    const held = new Set(cells);
    let sum = 0;
    forEachCell(table, (cell, at) => {
      if (held.has(cell)) sum += Math.abs(predict(at) / table.seconds[cell] - 1);
    });
    return sum / cells.length;
  });
  assert.ok(errors[0] < 0.01, `${errors[0]}`);
  assert.ok(errors[1] > 0.1, `${errors[1]}`);
});

Deno.test("comparePredictors() scores three predictors on the same points, the clock apart", () => {
  const small = { ...h100, tables: [{ ...gemm, ...corner() }] };
  let time = 0;
  const scores = [...comparePredictors(small, randomStreams(1, 0), () => time++, fewRows)];
  assert.deepEqual(
    scores.map((score) => score.predictor),
    ["interpolation", "forest", "forest of seconds"],
  );
  for (const score of scores) {
    assert.equal(score.heldOut, scores[0].heldOut);
    assert.ok(score.error > 0 && score.error < 0.5, `${score.predictor}: ${score.error}`);
    assert.equal(score.trainSeconds, 1);
    assert.equal(score.predictSeconds, 1 / score.heldOut);
  }
});

/** Every sixth row of each matrix: quick to learn. */
function corner() {
  const [n, k, m] = gemm.axes;
  const rows = m.points.map((_, row) => row).filter((row) => row % 6 === 0);
  const seconds = Float64Array.from(
    { length: n.points.length * k.points.length * rows.length },
    (_, i) => gemm.seconds[Math.floor(i / rows.length) * m.points.length + rows[i % rows.length]],
  );
  return { axes: [n, k, { ...m, points: rows.map((row) => m.points[row]) }], seconds };
}
