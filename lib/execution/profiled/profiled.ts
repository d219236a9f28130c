import { attentionPairs } from "../attention_pairs.ts";
import type { ExecutionTimeModel } from "../execution_time_model.ts";
import { allGatherSecondsOf, residualSumsOf } from "./all_reduce_times.ts";
import { type AttentionShape, decodeAttentionOf } from "./decode_attention.ts";
import { elementwiseTimes } from "./elementwise_times.ts";
import { kernelWalk } from "./kernel_walk.ts";
import { measuredFeedForward } from "./measured_feed_forward.ts";
import { findTables, type OperatorProfile } from "./operator_profile.ts";
import type { OperatorTable } from "./operator_table.ts";
import { pairSeconds } from "./pair_seconds.ts";
import { isPlain, plainView } from "./plain_view.ts";
import { prefillAttentionOf } from "./prefill_attention.ts";
import { paddedToCaptured } from "../captured_sizes.ts";
import { stageCopies } from "../stage_copies.ts";
import type { ProfiledOptions } from "./profiled_options.ts";
import { profiledKinds } from "./profiled_kinds.ts";
import { profiledLayers } from "./profiled_layers.ts";
import { productTimes } from "./product_times.ts";
import { requireTable } from "./require_table.ts";
import { samplingOf } from "./sampling.ts";
import { tabulatedModel } from "./tabulated_model.ts";

/**
 * Execution times composed from measured operators: linear layers, attention, all-reduces and experts
 * of a transformer on one kind of GPU. Norms, activation, rotary embedding and residuals are as measured
 * where the profile holds them, see {@link elementwiseTimes}. Nothing of the CPU's share is in it: see
 * `calibrated`. Models of several kinds of layers are {@link profiledKinds}.
 *
 * @throws RangeError if the profile lacks an operator that the model needs in that format.
 *
 * @example
 * ```ts ignore
 * const model = profiled({ profile: profileOf("h100-sxm"), shape: llama31, tensorParallel: 1 });
 * ```
 */
export function profiled(options: ProfiledOptions): ExecutionTimeModel {
  const { profile, shape, tensorParallel = 1, pipelineParallel = 1 } = options;
  if (profile.tables.some((table) => table.operator === "mixed_attention")) {
    return profiledLayers(options);
  }
  if ((options.dataParallelAttention ?? 1) > 1 || !isPlain(shape)) return profiledKinds(options);
  const { expertParallel = 1, weightDtype = "bf16", kvDtype = "bf16" } = options;
  const { maxTokensPerStep = 8192, maxSequences = 1024, maxSamples = maxSequences } = options;
  const { peaks } = profile, { hiddenSize } = shape;
  const { layers, attention, experts, dense: denseShape, sparseLayers, windowTokens, fullShare } =
    plainView(shape);
  const { headSize } = attention;
  const heads = Math.max(1, attention.heads / tensorParallel);
  const kvHeads = Math.max(1, attention.kvHeads / tensorParallel);

  const { gemm, gemm16, noted } = productTimes(
    profile,
    weightDtype,
    options.isPowerLimited,
  );
  const elementwise = elementwiseTimes(profile);
  const allReduce = residualSumsOf(options, tensorParallel, elementwise);

  const qkvColumns = (heads + 2 * kvHeads) * headSize;
  const qkv = gemm(qkvColumns, hiddenSize);
  const output = gemm(hiddenSize, heads * headSize);
  const place = { options, ranks: tensorParallel, expertParallel, gemm, gemm16, elementwise };
  const dense = measuredFeedForward(place, { feedForward: denseShape })?.own ?? (() => 0);
  const sparse = measuredFeedForward(place, { feedForward: experts })?.own;

  const copies = stageCopies(
    pipelineParallel,
    (bytes) => peaks.linkLatencySeconds + bytes / peaks.linkBytesPerSecond,
    options.stageNetwork,
  );
  /** Seconds of the linear parts of all layers, by tokens of the step. */
  function linearTimes(): Float64Array {
    const linearSeconds = new Float64Array(maxTokensPerStep + 1);
    for (let m = 1; m <= maxTokensPerStep; m++) {
      const residual = 2 * m * hiddenSize;
      const norm = elementwise.norm(hiddenSize, m);
      const attentionPart = norm + qkv(m) + elementwise.rotary(qkvColumns, m) + output(m) +
        allReduce(residual);
      const feedForwardPart = norm + allReduce(residual);
      linearSeconds[m] = layers * (attentionPart + feedForwardPart) +
        (layers - sparseLayers) * dense(m) +
        (sparse === undefined ? 0 : sparseLayers * sparse(m)) +
        elementwise.embedding(hiddenSize, m) + norm + copies(residual);
    }
    return paddedToCaptured(linearSeconds, options.mostCaptured);
  }

  const lmHead = gemm16(Math.ceil(shape.vocabSize / tensorParallel), hiddenSize);
  const sampling = samplingOf(options);
  const gatherLogits = allGatherSecondsOf(profile, tensorParallel, options.gpuLink);
  /** Seconds of the output head and of sampling, by samples. */
  const headTimes = () =>
    Float64Array.from(
      { length: maxSamples + 1 },
      (_, b) => b === 0 ? 0 : lmHead(b) + gatherLogits(2 * b * shape.vocabSize) + sampling(b),
    );

  const attentionShape = { heads, kvHeads, headSize, windowTokens, fullShare };
  const attributes = { headSize, kvDtype };
  const decodeTable = requireTable(profile, "generation_attention", attributes);
  const decode = decodeAttentionOf(decodeTable, attentionShape, peaks, maxSequences);
  const contextTable = requireTable(profile, "context_attention", attributes);
  const launchSeconds = layers * sharedLaunchSeconds(profile, contextTable);
  const prefill = prefillAttentionOf(
    contextTable,
    attentionShape,
    peaks,
    Math.min(Math.max(shape.maxPositions, 16384), 131072),
    findTables(profile, "chunk_attention", attributes)[0],
  );
  const tileSeconds = tileSecondsPerContextToken();
  /**
   * Seconds per KV entry that a decode's tile walks through in a batch with prompts: at the rate of a
   * long prompt, in which launch and unfilled tiles are nothing.
   */
  function tileSecondsPerContextToken(): number {
    if (profile.mixedBatch === undefined) return 0;
    const { tileRows, packsHeads } = profile.mixedBatch;
    const tokens = 16384;
    const windowPairs = attentionPairs(tokens, 0, windowTokens);
    const pairs = windowPairs + fullShare * (attentionPairs(tokens, 0, 0) - windowPairs);
    const secondsPerPair = prefill(1, tokens, 0) / pairs;
    return secondsPerPair * tileRows * (packsHeads ? kvHeads / heads : 1);
  }

  const model = tabulatedModel({
    name: `profiled ${profile.gpu} ${shape.name} tp${tensorParallel}`,
    linearSeconds: linearTimes(),
    headSeconds: headTimes(),
    decode,
    attentionLayers: layers,
    secondsPerPair: pairSeconds(shape, tensorParallel, peaks),
    ...kernelWalk(options, attentionShape),
    unequalShare: Number(decodeTable.attributes.unequalShare ?? 0),
    mixedAttentionSeconds(step, decodeSeconds) {
      let seconds = 0;
      for (let i = 0; i < step.chunkCount; i++) {
        seconds += prefill(step.chunkCount, step.chunkTokens[i], step.chunkPastTokens[i]);
      }
      const tiles = layers * tileSeconds *
        entriesInTiles(attentionShape, step.decodeSequences, step.decodeContextTokens);
      return layers * seconds + Math.max(0, Math.max(decodeSeconds, tiles) - launchSeconds);
    },
  });
  return noted(model, shape.name);
}

/** KV entries that the tiles of decoding sequences walk through in one layer, on average. */
function entriesInTiles(
  { windowTokens, fullShare = 0 }: AttentionShape,
  sequences: number,
  contextTokens: number,
): number {
  const limit = sequences * windowTokens;
  if (windowTokens === 0 || contextTokens <= limit) return contextTokens;
  return limit + fullShare * (contextTokens - limit);
}

/** Where one call attends for prompts and decodes, its launch in one layer, which is paid once, seconds. */
function sharedLaunchSeconds({ mixedBatch }: OperatorProfile, prompts: OperatorTable): number {
  return mixedBatch === undefined ? 0 : prompts.reference?.constantSeconds ?? 0;
}
