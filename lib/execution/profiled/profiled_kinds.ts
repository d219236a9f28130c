import type { Gpu } from "../../hardware/gpu.ts";
import { type Attention, type Layer, layerGroups } from "../../models/transformer.ts";
import { layerMatrices } from "../../models/layer_matrices.ts";
import type { ExecutionTimeModel, StepShape } from "../execution_time_model.ts";
import { paddedToCaptured } from "../captured_sizes.ts";
import { powerLimited } from "../power_limit.ts";
import { stageCopies } from "../stage_copies.ts";
import { allGatherSecondsOf, residualSumsOf } from "./all_reduce_times.ts";
import { decodeAttentionOf, rowsPerSequence } from "./decode_attention.ts";
import { profileGpu } from "./profile_facts.ts";
import { elementwiseTimes } from "./elementwise_times.ts";
import { gemmSecondsByRows } from "./gemm_times.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import {
  type FeedForwardPlace,
  measuredFeedForward,
  type TokenSeconds,
} from "./measured_feed_forward.ts";
import {
  deltaMixer,
  latentMixer,
  type MeasuredMixer,
  type MixerPlace,
  unmeasuredMixer,
} from "./measured_mixers.ts";
import { kindsWalk } from "./kernel_walk.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import { findTables } from "./operator_profile.ts";
import type { OperatorTable } from "./operator_table.ts";
import { pairSeconds } from "./pair_seconds.ts";
import { prefillAttentionOf } from "./prefill_attention.ts";
import type { ProfiledOptions } from "./profiled_options.ts";
import { rankedModel } from "./ranked_model.ts";
import { requireTable } from "./require_table.ts";
import { samplingOf } from "./sampling.ts";

/** Batches and contexts between which decodes are straight. */
const BATCHES = Array.from({ length: 11 }, (_, i) => 2 ** i);
const CONTEXTS = [1, ...Array.from({ length: 17 }, (_, i) => 2 ** (i + 1) + 1)];
/** A value above 0 where a row has to be positive. */
const LEAST_SECONDS = 1e-12;

/** Layers that are alike, measured. */
interface KindOfLayer {
  readonly count: number;
  readonly mixer: MeasuredMixer | undefined;
  readonly feedForward: ReturnType<typeof measuredFeedForward>;
}

/**
 * Execution times of a model of several kinds of layers from measured operators: products, experts,
 * all-reduces and attention per head as {@link profiled} takes them; latent, sparse and gated delta
 * layers and all-to-all by the ratio of what was measured to the analytical law at the same point, which
 * is interpolated and put on the law of this model's layer. Kinds that were not measured (Mamba, heads of
 * other sizes) are what the analytical source takes; {@link unmeasuredMixers} names them.
 *
 * @throws {RangeError} If the profile lacks products or experts in that format, or its GPU is unknown.
 */
export function profiledKinds(options: ProfiledOptions): ExecutionTimeModel {
  const { profile, shape, tensorParallel = 1, dataParallelAttention: ranks = 1 } = options;
  const { pipelineParallel = 1, maxTokensPerStep = 8192, maxSequences = 1024 } = options;
  const { maxSamples = maxSequences } = options;
  const kinds = kindsOf(options);
  const share = tensorParallel / ranks;
  const elementwise = elementwiseTimes(profile);
  const allReduce = residualSumsOf(options, share, elementwise);
  const { linkLatencySeconds, linkBytesPerSecond } = profile.peaks;
  const copies = stageCopies(
    pipelineParallel,
    (bytes) => linkLatencySeconds + bytes / linkBytesPerSecond,
    options.stageNetwork,
  );
  // Measured products fall here and there by a little: more tokens never take less.
  const tabulated = (last: number, of: TokenSeconds, mostCaptured = 0) => {
    const seconds = new Float64Array(last + 1);
    for (let m = 1; m <= last; m++) seconds[m] = Math.max(seconds[m - 1], of(m));
    return paddedToCaptured(seconds, mostCaptured);
  };
  const linearSeconds = tabulated(maxTokensPerStep, (m) => {
    const residual = 2 * m * shape.hiddenSize;
    const norm = elementwise.norm(shape.hiddenSize, m);
    const block = norm + allReduce(residual);
    let seconds = elementwise.embedding(shape.hiddenSize, m) + norm + copies(residual);
    for (const { count, mixer, feedForward } of kinds) {
      if (mixer !== undefined) seconds += count * (block + mixer.projections(m));
      if (feedForward !== undefined) seconds += count * (block + feedForward.own(m));
    }
    return seconds;
  }, options.mostCaptured);
  const shared = kinds.filter(({ feedForward }) => feedForward?.exchanged !== undefined);
  const columns = Math.ceil(shape.vocabSize / share);
  const head16 = requireTable(profile, "gemm", { dtype: "bf16" });
  const lmHead = powerLimited(
    options.isPowerLimited,
    gemmSecondsByRows(head16, columns, shape.hiddenSize, profile.peaks),
  );
  const sampling = samplingOf(options);
  const gather = allGatherSecondsOf(profile, share, options.gpuLink);
  const mixers = kinds.filter(({ mixer }) => mixer !== undefined);
  const unmeasured = unmeasuredMixers(options, kinds);
  const model = rankedModel({
    name: `profiled ${profile.gpu} ${shape.name} tp${tensorParallel}` +
      (ranks > 1 ? ` dp${ranks}` : ""),
    ranks,
    linearSeconds,
    headSeconds: tabulated(
      maxSamples,
      (b) => lmHead(b) + gather(2 * b * shape.vocabSize) + sampling(b),
    ),
    ...(shared.length > 0 && {
      expertSeconds: tabulated(
        maxTokensPerStep,
        (m) => shared.reduce((sum, kind) => sum + kind.count * kind.feedForward!.exchanged!(m), 0),
        options.mostCaptured,
      ),
    }),
    decode: decodeRows(mixers, maxSequences),
    secondsPerPair: pairSeconds(shape, share, profile.peaks),
    ...kindsWalk(options, share),
    promptSeconds(step: StepShape, first, last) {
      let seconds = 0;
      for (let i = 0; i < mixers.length; i++) {
        seconds += mixers[i].count * mixers[i].mixer!.prompt(step, first, last);
      }
      return seconds;
    },
  });
  if (unmeasured.length === 0) return model;
  return {
    ...model,
    notices: [
      `${shape.name}: no table of the profile of ${profile.gpu} is like its ` +
      `${unmeasured.join(" and ")}, which take what the analytical source says`,
    ],
  };
}

/** Mixers of a model that no table of a profile is like, by their names. */
export function unmeasuredMixers(options: ProfiledOptions, kinds = kindsOf(options)): string[] {
  const names = layerGroups(options.shape.layers).flatMap(({ layer: { mixer } }, i) => {
    const { mixer: measured } = kinds[i];
    if (measured === undefined || measured.isMeasured) return [];
    return [
      mixer!.kind === "recurrent"
        ? mixer!.name
        : mixer!.kind === "latent"
        ? "latent attention"
        : `attention with heads of ${mixer!.headSize}`,
    ];
  });
  return [...new Set(names)];
}

function catalogueGpu({ profile }: ProfiledOptions): Gpu {
  const gpu = profileGpu(profile);
  if (gpu !== undefined) return gpu;
  throw new RangeError(
    `Cannot compose layers of other kinds from a profile as one of a GPU of the catalogue: ` +
      `current value is ${profile.gpu} (allowed: execution.source: analytical)`,
  );
}

/** The kinds of layers of a model, each once. */
function kindsOf(options: ProfiledOptions): KindOfLayer[] {
  const { profile, shape, tensorParallel = 1, dataParallelAttention: ranks = 1 } = options;
  const { weightDtype = "bf16", kvDtype = "bf16", expertParallel = 1 } = options;
  const gemmTable = requireTable(profile, "gemm", { dtype: weightDtype });
  const table16 = requireTable(profile, "gemm", { dtype: "bf16" });
  const product = (table: OperatorTable, n: number, k: number) =>
    powerLimited(options.isPowerLimited, gemmSecondsByRows(table, n, k, profile.peaks));
  const mixerPlace: MixerPlace = {
    profile,
    gpu: catalogueGpu(options),
    hiddenSize: shape.hiddenSize,
    ranks: tensorParallel / ranks,
    weightDtype,
    kvDtype,
  };
  const place: FeedForwardPlace = {
    options,
    ranks: tensorParallel / ranks,
    expertParallel: ranks > 1 ? tensorParallel : expertParallel,
    gemm: (n, k) => product(gemmTable, n, k),
    gemm16: (n, k) => product(table16, n, k),
    elementwise: elementwiseTimes(profile),
  };
  return layerGroups(shape.layers).map(({ layer, count }) => ({
    count,
    mixer: mixerOf(mixerPlace, place, layer),
    feedForward: measuredFeedForward(place, layer),
  }));
}

function mixerOf(
  place: MixerPlace,
  { gemm, elementwise, options }: FeedForwardPlace,
  layer: Layer,
): MeasuredMixer | undefined {
  const { mixer } = layer;
  if (mixer === undefined) return undefined;
  if (mixer.kind === "latent") return latentMixer(place, mixer);
  const { hiddenSize, ranks } = place;
  // The matrices of the mixer on one rank, each a product.
  const products = layerMatrices({ mixer, normParameters: 0 }, hiddenSize).map(
    ({ outputs, inputs, heads }) => {
      const parts = Math.min(ranks, heads);
      return outputs === hiddenSize
        ? { seconds: gemm(outputs, inputs / parts), outputs }
        : { seconds: gemm(outputs / parts, inputs), outputs: outputs / parts };
    },
  );
  const projections = (m: number) =>
    products.reduce(
      (sum, { seconds, outputs }) => sum + seconds(m) + elementwise.rotary(outputs, m),
      0,
    );
  return mixer.kind === "recurrent"
    ? deltaMixer(place, mixer, projections)
    : attentionMixer(place, mixer, projections, options);
}

/** Attention per head from its tables; a law where the heads' size was not measured. */
function attentionMixer(
  place: MixerPlace,
  mixer: Attention,
  projections: TokenSeconds,
  { shape, maxSequences = 1024 }: ProfiledOptions,
): MeasuredMixer {
  const { profile, ranks, kvDtype } = place;
  const { headSize, valueSize = headSize, windowTokens, indexer } = mixer;
  const [decodes] = findTables(profile, "generation_attention", { headSize, kvDtype });
  const [prompts] = findTables(profile, "context_attention", { headSize, kvDtype });
  const isPlain = valueSize === headSize && indexer === undefined;
  if (decodes === undefined || prompts === undefined || !isPlain) {
    return { ...unmeasuredMixer(place, mixer), projections };
  }
  const part = {
    heads: Math.max(1, mixer.heads / ranks),
    kvHeads: Math.max(1, mixer.kvHeads / ranks),
    headSize,
    windowTokens,
  };
  const rows = decodeAttentionOf(decodes, part, profile.peaks, maxSequences);
  const longest = Math.min(Math.max(shape.maxPositions, 16384), 131072);
  const [pasts] = findTables(profile, "chunk_attention", { headSize, kvDtype });
  const prefill = prefillAttentionOf(prompts, part, profile.peaks, longest, pasts);
  const knots = [...rows.contextKnots];
  const at: KnotPlace = { index: 0, weight: 0 };
  return {
    projections,
    decode(sequences, context) {
      placeAmong(knots, context, at);
      const start = Math.min(sequences, maxSequences) * knots.length + at.index;
      const slope = rows.seconds[start + 1] - rows.seconds[start];
      const last = knots[knots.length - 1];
      const beyond = windowTokens === 0 ? Math.max(1, context / last) : 1;
      return (rows.seconds[start] + at.weight * slope) * beyond;
    },
    prompt(step, first, last) {
      let seconds = 0;
      for (let i = first; i < last; i++) {
        seconds += prefill(last - first, step.chunkTokens[i], step.chunkPastTokens[i]);
      }
      return seconds;
    },
    isMeasured: true,
  };
}

/** Decodes of all layers: straight between batches and contexts, never less for more of either. */
function decodeRows(mixers: readonly KindOfLayer[], maxSequences: number) {
  const rows: Float64Array[] = [];
  for (const batch of BATCHES) {
    const row = Float64Array.from(
      CONTEXTS,
      (context) =>
        Math.max(
          LEAST_SECONDS,
          mixers.reduce((sum, { count, mixer }) => sum + count * mixer!.decode(batch, context), 0),
        ),
    );
    makeNonDecreasing(row);
    const before = rows.at(-1);
    if (before !== undefined) {
      for (let j = 0; j < row.length; j++) row[j] = Math.max(row[j], before[j]);
    }
    rows.push(row);
  }
  return rowsPerSequence(rows, BATCHES, CONTEXTS, 0, maxSequences);
}
