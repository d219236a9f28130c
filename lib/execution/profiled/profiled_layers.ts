import { activatedExperts } from "../../models/activated_experts.ts";
import { type ExecutionTimeModel } from "../execution_time_model.ts";
import { busiestRankLoad } from "../busiest_rank_load.ts";
import { allGatherSecondsOf, allReduceSecondsOf } from "./all_reduce_times.ts";
import { kernelWalk } from "./kernel_walk.ts";
import { decodeRows, mixedAttention } from "./mixed_attention.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import { findTables } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import { pairSeconds } from "./pair_seconds.ts";
import { plainView } from "./plain_view.ts";
import { stageCopies } from "../stage_copies.ts";
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
 * layers were measured without collectives: see {@link allReduceSecondsOf}.
 */
export function profiledLayers(options: ProfiledOptions): ExecutionTimeModel {
  const { profile, shape, tensorParallel = 1, pipelineParallel = 1 } = options;
  const { maxTokensPerStep = 8192, maxSequences = 1024, maxSamples = maxSequences } = options;
  const attributes = { model: shape.name, tensorParallel };
  const { layers, attention: mixer, experts: expertShape } = plainView(shape);
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
  const allReduce = allReduceSecondsOf(profile, tensorParallel, options.gpuLink);
  const experts = expertTimes();
  const { linkLatencySeconds, linkBytesPerSecond } = profile.peaks;
  const copies = stageCopies(
    pipelineParallel,
    (bytes) => linkLatencySeconds + bytes / linkBytesPerSecond,
    options.stageNetwork,
  );
  const linearSeconds = new Float64Array(maxTokensPerStep + 1);
  for (let m = 1; m <= maxTokensPerStep; m++) {
    const bytes = 2 * m * shape.hiddenSize;
    let seconds = layers * (2 * allReduce(bytes) + experts(m)) +
      copies(bytes);
    for (const { times, count } of layerTimes) seconds += count * times(m);
    linearSeconds[m] = seconds;
  }
  const sampled = findTables(profile, "sampled_layer", attributes).map(layers1d);
  const gatherLogits = allGatherSecondsOf(profile, tensorParallel, options.gpuLink);
  const headSeconds = new Float64Array(maxSamples + 1);
  for (let b = 1; b <= maxSamples; b++) {
    headSeconds[b] = gatherLogits(2 * b * shape.vocabSize);
    for (const times of sampled) headSeconds[b] += times(b);
  }

  function expertTimes(): (tokens: number) => number {
    if (expertShape === undefined) return () => 0;
    const { count, perToken } = expertShape;
    // Measured at tensor parallel 1; a share of each expert's width takes that share of the time.
    const table = requireTable(profile, "activated_experts", { model: shape.name });
    const share = Number(table.attributes.tensorParallel) / tensorParallel;
    const times = grid2d(table);
    const { expertParallel = 1, expertSkew = 0 } = options;
    const load = busiestRankLoad(expertParallel, expertSkew);
    return (m) => share * times(m * load, activatedExperts(count, perToken, m * load));
  }

  const attention = requireTable(profile, "mixed_attention", attributes);
  const mixed = mixedAttention(attention);
  const { unequalShare } = attention.attributes;
  return tabulatedModel({
    name: `profiled ${profile.gpu} ${shape.name} tp${tensorParallel}`,
    linearSeconds,
    headSeconds,
    decode: decodeRows(attention, maxSequences),
    attentionLayers: layers,
    ...kernelWalk(options, {
      kvHeads: Math.max(1, mixer.kvHeads / tensorParallel),
      headSize: mixer.headSize,
      windowTokens: 0,
    }),
    ...(unequalShare === undefined
      ? { secondsPerPair: pairSeconds(shape, tensorParallel, profile.peaks) }
      : { unequalShare: Number(unequalShare) }),
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

/** Linear interpolation of a table with one axis, which never falls; continued in proportion. */
function layers1d(table: OperatorTable): (x: number) => number {
  const knots = axisValues(table, 0);
  const seconds = table.seconds.slice();
  makeNonDecreasing(seconds);
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
  const [allXs, ys] = [axisValues(table, 0), axisValues(table, 1)];
  const rows = allXs.map((_, row) => row).filter((row) =>
    table.seconds.subarray(row * ys.length, (row + 1) * ys.length).some((value) => value > 0)
  );
  const xs = rows.map((row) => allXs[row]);
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
    const low = along(rows[index], y);
    const high = along(rows[Math.min(index + 1, xs.length - 1)], y);
    return beyond * (low + weight * (high - low));
  };
}
