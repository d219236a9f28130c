import { type ExecutionTimeModel } from "../execution_time_model.ts";
import { allReduceSecondsOf } from "./all_reduce_times.ts";
import { type DecodeAttention, rowsPerSequence } from "./decode_attention.ts";
import { activatedExperts } from "./expert_times.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import { findTables } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import type { ProfiledOptions } from "./profiled_options.ts";
import { requireTable } from "./require_table.ts";
import { tabulatedModel } from "./tabulated_model.ts";

/** Layers that run twice per decoder layer. */
const TWICE = new Set(["layernorm"]);
/** Layers that run once per step. */
const ONCE = new Set(["embedding", "final_layernorm"]);

/**
 * Execution times composed from the measured layers of one model at one tensor-parallel degree, with
 * attention of mixed batches on four axes (LLMServingSim profiles). All interpolation is linear. The
 * layers were measured without collectives: all-reduces come from the profile or its data sheet.
 */
export function profiledLayers(options: ProfiledOptions): ExecutionTimeModel {
  const { profile, shape, tensorParallel = 1, pipelineParallel = 1 } = options;
  const { maxTokensPerStep = 8192, maxSequences = 1024 } = options;
  const attributes = { model: shape.name, tensorParallel };
  const { layers } = shape;
  const layerTimes = findTables(profile, "layer", attributes).map((table) => ({
    times: layers1d(table),
    count: ONCE.has(String(table.attributes.layer))
      ? 1
      : layers * (TWICE.has(String(table.attributes.layer)) ? 2 : 1),
  }));
  if (layerTimes.length === 0) {
    throw new RangeError(
      `Cannot compose ${shape.name} with tensorParallel ${tensorParallel} from the profile of ` +
        `${profile.gpu}: it has no such layers`,
    );
  }
  const allReduce = allReduceSecondsOf(profile, tensorParallel);
  const experts = expertTimes();
  const { linkLatencySeconds, linkBytesPerSecond } = profile.peaks;
  const linearSeconds = new Float64Array(maxTokensPerStep + 1);
  for (let m = 1; m <= maxTokensPerStep; m++) {
    const bytes = 2 * m * shape.hiddenSize;
    let seconds = layers * (2 * allReduce(bytes) + experts(m)) +
      (pipelineParallel - 1) * (linkLatencySeconds + bytes / linkBytesPerSecond);
    for (const { times, count } of layerTimes) seconds += count * times(m);
    linearSeconds[m] = seconds;
  }
  const sampled = findTables(profile, "sampled_layer", attributes).map(layers1d);
  const headSeconds = new Float64Array(maxSequences + 1);
  for (let b = 1; b <= maxSequences; b++) {
    for (const times of sampled) headSeconds[b] += times(b);
  }

  function expertTimes(): (tokens: number) => number {
    if (shape.experts === undefined) return () => 0;
    const { count, perToken } = shape.experts;
    // Measured at tensor parallel 1; a share of each expert's width takes that share of the time.
    const table = requireTable(profile, "activated_experts", { model: shape.name });
    const share = Number(table.attributes.tensorParallel) / tensorParallel;
    const times = grid2d(table);
    return (m) => share * times(m, activatedExperts(count, perToken, m));
  }

  const attention = requireTable(profile, "mixed_attention", attributes);
  const mixed = mixedAttention(attention);
  return tabulatedModel({
    name: `profiled ${profile.gpu} ${shape.name} tp${tensorParallel}`,
    linearSeconds,
    headSeconds,
    decode: decodeRows(attention, maxSequences),
    attentionLayers: layers,
    mixedAttentionSeconds(step) {
      let tokens = 0;
      let pairs = 0;
      for (let i = 0; i < step.chunkCount; i++) {
        const chunk = step.chunkTokens[i];
        tokens += chunk;
        pairs += chunk * (step.chunkPastTokens[i] + 0.5 * chunk);
      }
      const context = step.decodeSequences === 0
        ? 0
        : step.decodeContextTokens / step.decodeSequences;
      // Several chunks count as one with as many (query, key) pairs.
      const past = pairs / tokens - 0.5 * tokens;
      const seconds = mixed(tokens, Math.max(0, past), step.decodeSequences, context);
      if (past >= 0) return layers * seconds;
      const alone = mixed(tokens, 0, 0, 0);
      const least = mixed(16, 0, 0, 0);
      const share = pairs / (0.5 * tokens * tokens);
      return layers * (seconds - (1 - share) * Math.max(0, alone - least));
    },
  });
}

/** Linear interpolation of a table with one axis; continued along the last slope. */
function layers1d(table: OperatorTable): (x: number) => number {
  const knots = axisValues(table, 0);
  const { seconds } = table;
  const last = knots.length - 1;
  const place: KnotPlace = { index: 0, weight: 0 };
  return (x) => {
    if (x > knots[last]) return seconds[last] * x / knots[last];
    placeAmong(knots, x, place);
    const next = Math.min(place.index + 1, last);
    return seconds[place.index] + place.weight * (seconds[next] - seconds[place.index]);
  };
}

/** Bilinear interpolation over tokens and activated experts; missing cells take the row's edge. */
function grid2d(table: OperatorTable): (x: number, y: number) => number {
  const [xs, ys] = [axisValues(table, 0), axisValues(table, 1)];
  const place: KnotPlace = { index: 0, weight: 0 };
  const along = (row: number, y: number) => {
    const known: number[] = [];
    const values: number[] = [];
    for (let j = 0; j < ys.length; j++) {
      const value = table.seconds[row * ys.length + j];
      if (Number.isNaN(value)) continue;
      known.push(ys[j]);
      values.push(value);
    }
    placeAmong(known, y, place);
    const next = Math.min(place.index + 1, known.length - 1);
    return values[place.index] + place.weight * (values[next] - values[place.index]);
  };
  return (x, y) => {
    const beyond = Math.max(1, x / xs[xs.length - 1]);
    placeAmong(xs, x, place);
    const { index, weight } = place;
    const low = along(index, y);
    const high = along(Math.min(index + 1, xs.length - 1), y);
    return beyond * (low + weight * (high - low));
  };
}

/** Decode-only rows of a mixed attention table. */
function decodeRows(table: OperatorTable, maxSequences: number): DecodeAttention {
  const [decodes, contexts] = [axisValues(table, 2), axisValues(table, 3)];
  const cell = (n: number, c: number) => n * contexts.length + c;
  const measured = contexts.map((_, c) => c).filter((c) => contexts[c] > 0);
  const rows: Float64Array[] = [];
  const batches: number[] = [];
  for (let n = 0; n < decodes.length; n++) {
    if (decodes[n] === 0) continue;
    const row = new Float64Array(measured.length);
    measured.forEach((c, j) => {
      row[j] = table.seconds[cell(n, c)];
      if (Number.isNaN(row[j])) row[j] = row[j - 1] * contexts[c] / contexts[measured[j - 1]];
    });
    if (Number.isNaN(row[0])) continue;
    makeNonDecreasing(row);
    rows.push(row);
    batches.push(decodes[n]);
  }
  return rowsPerSequence(rows, batches, measured.map((c) => contexts[c]), 0, maxSequences);
}

/**
 * Attention of a batch with prefill: linear over the four axes. Where more decodes were not measured
 * with a chunk, they add what they add without one.
 */
function mixedAttention(
  table: OperatorTable,
): (chunk: number, past: number, decodes: number, context: number) => number {
  const axes = [0, 1, 2, 3].map((axis) => axisValues(table, axis));
  const strides = [0, 0, 0, 1];
  for (let axis = 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * axes[axis + 1].length;
  const seconds = withManyDecodes(table.seconds, axes);
  const place: KnotPlace = { index: 0, weight: 0 };
  const low = [0, 0, 0, 0];
  const weights = [0, 0, 0, 0];
  const longest = axes[0][axes[0].length - 1];
  const within = (chunk: number, past: number, decodes: number, context: number) => {
    let beyond = 1;
    for (let axis = 0; axis < 4; axis++) {
      const value = axis === 0 ? chunk : axis === 1 ? past : axis === 2 ? decodes : context;
      const knots = axes[axis];
      beyond *= Math.max(1, value / knots[knots.length - 1]);
      placeAmong(knots, value, place);
      low[axis] = place.index;
      weights[axis] = place.weight;
    }
    let sum = 0;
    let weightSum = 0;
    for (let corner = 0; corner < 16; corner++) {
      let weight = 1;
      let cell = 0;
      for (let axis = 0; axis < 4; axis++) {
        const upper = (corner >> axis) & 1;
        weight *= upper ? weights[axis] : 1 - weights[axis];
        cell += (low[axis] + upper) * strides[axis];
      }
      if (weight === 0 || Number.isNaN(seconds[cell])) continue;
      sum += weight * seconds[cell];
      weightSum += weight;
    }
    return beyond * sum / weightSum;
  };
  return (chunk, past, decodes, context) => {
    if (chunk <= longest) return within(chunk, past, decodes, context);
    // A longer chunk counts as several of the longest one, with as many (query, key) pairs in all.
    const meanPast = past + 0.5 * (chunk - longest);
    const more = chunk / longest - 1;
    return within(longest, meanPast, decodes, context) + more * within(longest, meanPast, 0, 0);
  };
}

/** Continues each chunk's row over the decodes by the differences of the row without a chunk. */
function withManyDecodes(measured: Float64Array, axes: readonly number[][]): Float64Array {
  const seconds = measured.slice();
  const [chunks, pasts, decodes, contexts] = axes.map((axis) => axis.length);
  for (let head = 1; head < chunks * pasts; head++) {
    for (let n = 2; n < decodes; n++) {
      for (let c = 0; c < contexts; c++) {
        const cell = (head * decodes + n) * contexts + c;
        const fewer = seconds[cell - contexts];
        if (!Number.isNaN(seconds[cell]) || Number.isNaN(fewer)) continue;
        const added = measured[n * contexts + c] - measured[(n - 1) * contexts + c];
        seconds[cell] = Number.isNaN(added)
          ? fewer * axes[2][n] / axes[2][n - 1]
          : fewer + Math.max(0, added);
      }
    }
  }
  return seconds;
}
