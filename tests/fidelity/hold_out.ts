import assert from "#assert";
import { decodeAttentionOf } from "../../lib/execution/profiled/decode_attention.ts";
import { forEachCell } from "../../lib/execution/profiled/for_each_cell.ts";
import { gemmSecondsByRows } from "../../lib/execution/profiled/gemm_times.ts";
import type { GpuPeaks } from "../../lib/execution/profiled/operator_profile.ts";
import { axisValues, type OperatorTable } from "../../lib/execution/profiled/operator_table.ts";
import { prefillAttentionOf } from "../../lib/execution/profiled/prefill_attention.ts";
import { rooflineOfCell } from "../../lib/execution/profiled/reference_times.ts";

/** Mean absolute relative error of held-out points, and how many there were. */
export interface HoldOut {
  readonly error: number;
  readonly points: number;
}

/**
 * Leaves out one matrix (n, k) at a time, all rows m of it, and predicts it from the others.
 * Matrices on the edge of the grid are not left out: that would be extrapolation.
 */
export function gemmHoldOut(table: OperatorTable, peaks: GpuPeaks, least: number): HoldOut {
  const [ns, ks, ms] = [0, 1, 2].map((axis) => axisValues(table, axis));
  let sum = 0;
  let points = 0;
  for (let i = 1; i + 1 < ns.length; i++) {
    for (let j = 1; j + 1 < ks.length; j++) {
      if (ns[i] < least || ks[j] < least) continue;
      const start = (i * ks.length + j) * ms.length;
      const truth = table.seconds.slice(start, start + ms.length);
      const seconds = table.seconds.slice();
      seconds.fill(NaN, start, start + ms.length);
      const predicted = gemmSecondsByRows({ ...table, seconds }, ns[i], ks[j], peaks);
      for (let l = 0; l < ms.length; l++) {
        if (Number.isNaN(truth[l])) continue;
        sum += Math.abs(predicted(ms[l]) / truth[l] - 1);
        points++;
      }
    }
  }
  return { error: sum / points, points };
}

/**
 * Leaves out a scattered fifth of the points and predicts it from the others, five times, so that each
 * point is left out once. Points at the edge that nothing brackets are not scored.
 */
export function attentionHoldOut(table: OperatorTable, peaks: GpuPeaks): HoldOut {
  let sum = 0;
  let points = 0;
  for (let fold = 0; fold < 5; fold++) {
    const result = attentionFold(table, peaks, fold);
    sum += result.error * result.points;
    points += result.points;
  }
  return { error: sum / points, points };
}

function attentionFold(table: OperatorTable, peaks: GpuPeaks, fold: number): HoldOut {
  const seconds = table.seconds.slice();
  const held = new Set<number>();
  let counter = 0;
  for (let cell = 0; cell < seconds.length; cell++) {
    if (Number.isNaN(seconds[cell])) continue;
    // A fixed scatter by a multiplicative hash of the running number.
    if ((Math.imul(counter++, 2654435761) >>> 0) % 5 === fold) {
      held.add(cell);
      seconds[cell] = NaN;
    }
  }
  const thinned = { ...table, seconds };
  const context = table.operator === "context_attention";
  const headSize = table.attributes.headSize as number;
  const [batches, lengths] = [axisValues(table, 1), axisValues(table, 2)];
  const predictors = table.axes[0].points.map(([heads, kvHeads]) => {
    const shape = { heads, kvHeads, headSize, windowTokens: 0 };
    if (context) {
      const chunk = prefillAttentionOf(thinned, shape, peaks, 16384);
      return (batch: number, tokens: number) => batch * chunk(batch, tokens, 0);
    }
    const decode = decodeAttentionOf(thinned, shape, peaks, Math.max(...batches));
    const knots = [...decode.contextKnots];
    assert.ok(lengths.every((length) => knots.includes(length)));
    return (batch: number, length: number) =>
      decode.seconds[batch * knots.length + knots.indexOf(length)];
  });
  const bracketed = (cell: number, stride: number, index: number, size: number) => {
    let [low, high] = [false, false];
    for (let k = 0; k < size; k++) {
      if (Number.isNaN(seconds[cell + (k - index) * stride])) continue;
      if (k < index) low = true;
      if (k > index) high = true;
    }
    return low && high;
  };
  let sum = 0;
  let points = 0;
  let pair = 0;
  forEachCell(table, (cell, at) => {
    pair = Math.floor(cell / (batches.length * lengths.length));
    if (!held.has(cell)) return;
    const j = cell % lengths.length;
    const i = Math.floor(cell / lengths.length) % batches.length;
    const inner = bracketed(cell, 1, j, lengths.length) ||
      bracketed(cell, lengths.length, i, batches.length);
    if (!inner) return;
    const truth = Math.max(table.seconds[cell], rooflineOfCell(table, at, peaks));
    sum += Math.abs(predictors[pair](at[1][0], at[2][0]) / truth - 1);
    points++;
  });
  return { error: sum / points, points };
}
