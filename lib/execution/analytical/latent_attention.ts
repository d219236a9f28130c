import type {
  LatentDecodeEfficiency,
  SparseDecodeEfficiency,
  SplitEfficiency,
} from "../../hardware/layer_efficiency.ts";
import type { AttentionReads, LatentReads } from "../attention_reads.ts";
import { softMaximum } from "../soft_maximum.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/** Fewest heads of a rank whose prompts run at 16 bits on a cache of 8: with fewer they run as decodes. */
const WIDE_HEADS = 32;

/** Query heads with those that pad the last tile. */
function paddedHeads(parts: AnalyticalParts, { heads }: LatentReads): number {
  const { headTile } = parts.layerEfficiency.latent;
  return Math.ceil(heads / headTile) * headTile;
}

/** FLOPs per (query, entry) pair of absorbed attention: products over the latent's whole width. */
function absorbedFlops(parts: AnalyticalParts, latent: LatentReads): number {
  return 2 * paddedHeads(parts, latent) * (2 * latent.kvRank + latent.ropeSize);
}

/** Rate of the products with entries of the cache's format. */
function latentPeak({ gpu, kvElementBytes, layerEfficiency }: AnalyticalParts): number {
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  return kvElementBytes === 1 && layerEfficiency.latent.multipliesFp8 ? fp8 : bf16;
}

/** Kernels of decoding sequences for a kind of layer and the cache's format. */
export function latentKernel(
  { layerEfficiency: { latent, sparse }, kvElementBytes }: AnalyticalParts,
  { kind }: AttentionReads,
): LatentDecodeEfficiency & Partial<SparseDecodeEfficiency> {
  if (kind === "latent") return latent.decode;
  return kvElementBytes === 1 ? sparse.decodeFp8 : sparse.decode;
}

/** Seconds per entry of decoding sequences: its bytes, or all heads' products with it. */
function entrySeconds(parts: AnalyticalParts, reads: AttentionReads): number {
  const { memory, compute } = latentKernel(parts, reads);
  return Math.max(
    reads.entryElements * parts.kvElementBytes / (parts.gpu.memoryBytesPerSecond * memory),
    absorbedFlops(parts, reads.latent!) / (latentPeak(parts) * compute),
  );
}

/** Seconds per token to copy an absorbed query and result so many times. */
function absorbedCopies(parts: AnalyticalParts, latent: LatentReads, copies: number): number {
  return 2 * latent.heads * (2 * latent.kvRank + latent.ropeSize) * copies /
    elementwiseRate(parts);
}

function elementwiseRate({ gpu, efficiency }: AnalyticalParts): number {
  return gpu.memoryBytesPerSecond * efficiency.elementwise.memory;
}

/** Seconds of one layer by the total context of decoding sequences. */
export function latentDecodeSeconds(
  parts: AnalyticalParts,
  reads: AttentionReads,
): (contextTokens: number) => number {
  const kernel = latentKernel(parts, reads);
  if (kernel.readsAll) return () => kernel.seconds;
  const perEntry = entrySeconds(parts, reads);
  return (context) => softMaximum(context * perEntry, kernel.seconds, kernel.sharpness);
}

/** Seconds per decoding sequence, one layer, beside what the context takes. */
export function latentSequenceSeconds(parts: AnalyticalParts, reads: AttentionReads): number {
  const kernel = latentKernel(parts, reads);
  const all = kernel.readsAll ? reads.windowTokens * entrySeconds(parts, reads) : 0;
  return kernel.sequenceSeconds + absorbedCopies(parts, reads.latent!, kernel.copies) + all;
}

/** Decoding under a kernel with a fixed number of parts per sequence, all layers that are alike. */
export interface SplitDecode {
  /** Seconds of so many sequences at no context. */
  base(sequences: number): number;
  /** Seconds per token of their total context. */
  slope(sequences: number): number;
}

/**
 * Waves of parts, each a piece of a sequence and a tile of heads. Few sequences leave multiprocessors
 * idle: the same total context takes them longer.
 */
export function splitDecode(
  parts: AnalyticalParts,
  reads: AttentionReads,
  kernel: SplitEfficiency,
): SplitDecode {
  const { layers, latent } = reads;
  const { count, waveSeconds } = kernel;
  const { slots, tokenSeconds } = latent!.heads === 1 ? kernel.oneHead ?? kernel : kernel;
  const tiles = paddedHeads(parts, latent!) / parts.layerEfficiency.latent.headTile;
  const { seconds } = latentKernel(parts, reads);
  const waves = (sequences: number) => Math.ceil(Math.ceil(sequences) * tiles * count / slots);
  return {
    base: (sequences) => layers * (seconds + waves(sequences) * waveSeconds),
    slope: (sequences) => layers * waves(sequences) * tokenSeconds / (count * sequences),
  };
}

/** Seconds of prompts' attention, all layers that are alike; see `prefillAttention`. */
export function latentPrefill(
  parts: AnalyticalParts,
  reads: AttentionReads,
): (pairs: number, tokens: number, entries: number) => number {
  return reads.kind === "latent" ? unabsorbed(parts, reads) : chosen(parts, reads);
}

/** Keys and values are written out per head, for cached entries as well. */
function unabsorbed(parts: AnalyticalParts, reads: AttentionReads) {
  const { prompt } = parts.layerEfficiency.latent;
  const { heads, nopeSize, ropeSize, valueSize } = reads.latent!;
  const peak = parts.gpu.flopsPerSecond.bf16 * prompt.compute;
  const pairSeconds = reads.pairFlops / peak;
  const copySeconds = 2 * heads * (2 * nopeSize + ropeSize + valueSize) * prompt.copies /
    elementwiseRate(parts);
  const cachedSeconds = reads.expandFlops / peak + copySeconds;
  return (pairs: number, tokens: number, entries: number) =>
    reads.layers * (prompt.seconds + pairs * pairSeconds + tokens * copySeconds +
      (entries - tokens) * cachedSeconds);
}

/** Each token has entries of its own: absorbed, entry by entry. */
function chosen(parts: AnalyticalParts, reads: AttentionReads) {
  const { prompt } = parts.layerEfficiency.sparse;
  const kernel = latentKernel(parts, reads);
  const latent = reads.latent!;
  const pairSeconds = absorbedFlops(parts, latent) /
    (parts.gpu.flopsPerSecond.bf16 * prompt.compute);
  const tokenSeconds = prompt.tokenSeconds + absorbedCopies(parts, latent, prompt.copies);
  if (kernel.readsAll && latent.heads < WIDE_HEADS) {
    const all = tokenSeconds + reads.windowTokens * entrySeconds(parts, reads);
    return (_pairs: number, tokens: number) => reads.layers * tokens * all;
  }
  return (pairs: number, tokens: number) =>
    reads.layers * (pairs * pairSeconds + tokens * tokenSeconds);
}

/** Seconds per (query, key) pair of an indexer's scores, one layer. */
export function indexPairSeconds(
  { gpu, layerEfficiency: { sparse: { index } } }: AnalyticalParts,
  { pairFlops }: AttentionReads,
): number {
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  return pairFlops / (fp8 * index.promptCompute);
}

/** Seconds per key that a decoding sequence's indexer reads, one layer. */
export function indexEntrySeconds(
  { gpu, layerEfficiency: { sparse: { index } } }: AnalyticalParts,
  { entryBytes, decodeFlops }: AttentionReads,
): number {
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  return Math.max(
    entryBytes / (gpu.memoryBytesPerSecond * index.memory),
    decodeFlops / (fp8 * index.compute),
  );
}

/** Least seconds of a sparse layer in a step with prompts: the host launches its kernels. */
export function sparseHostSeconds(
  { layerEfficiency: { sparse: { prompt } }, kvElementBytes, formats }: AnalyticalParts,
): number {
  const { activations } = formats.attention;
  const quantised = activations === "bf16"
    ? 0
    : activations === "fp4"
    ? prompt.fp4Seconds
    : prompt.fp8Seconds;
  return prompt.hostSeconds + quantised + (kvElementBytes === 1 ? prompt.fp8CacheSeconds : 0);
}
