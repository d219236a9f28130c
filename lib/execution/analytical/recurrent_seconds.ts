import { layerGroups, type Recurrent } from "../../models/transformer.ts";
import type { StepShape } from "../execution_time_model.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/** Tokens of a chunk of Mamba-2. @source Dao & Gu, Mamba-2 (2024): chunk_size of the released models */
const MAMBA2_CHUNK = 256;
/** Launches of Mamba-2's pass over a prompt. @source state-spaces/mamba, ssd_combined.py */
const MAMBA2_KERNELS = 5;
/** Width of the heads that a chunk's time was measured with. */
const MEASURED_WIDTH = 128;

/** Recurrent layers that are alike. */
interface RecurrentLayers {
  readonly layers: number;
  readonly mixer: Recurrent;
}

function recurrentLayers({ shape }: AnalyticalParts): RecurrentLayers[] {
  const all: RecurrentLayers[] = [];
  for (const { layer: { mixer }, count } of layerGroups(shape.layers)) {
    if (mixer?.kind === "recurrent") all.push({ layers: count, mixer });
  }
  return all;
}

/**
 * Seconds per decoding sequence in which recurrent layers read its states and write them back, whatever
 * its length. 0 for models without such layers.
 */
export function stateSecondsPerSequence(parts: AnalyticalParts): number {
  const { gpu, attentionParallel } = parts;
  let seconds = 0;
  for (const { layers, mixer } of recurrentLayers(parts)) {
    const { state, convolution } = parts.layerEfficiency;
    const stateBytes = 2 * mixer.stateElements * mixer.stateBytesPerElement;
    // The convolution's state is read and written, and the channels of the token.
    const convolutionBytes = 4 * mixer.convolutionElements + 4 * (mixer.scan?.channels ?? 0);
    seconds += layers * (stateBytes / state.memory + convolutionBytes / convolution.memory);
  }
  return seconds / attentionParallel / gpu.memoryBytesPerSecond;
}

/** Launches of a recurrent layer beside its projections, seconds. */
export function recurrentLaunchSeconds({ layerEfficiency }: AnalyticalParts): number {
  return layerEfficiency.state.seconds + layerEfficiency.convolution.seconds;
}

/** Seconds of the passes of all recurrent layers over the chunks from `first` to before `last`. */
export type ScanSeconds = (step: StepShape, first: number, last: number) => number;

/** The passes over prompts; undefined for models without recurrent layers. */
export function scanSeconds(parts: AnalyticalParts): ScanSeconds | undefined {
  const all = recurrentLayers(parts).filter(({ mixer }) => mixer.scan !== undefined);
  if (all.length === 0) return undefined;
  const passes = all.map(({ layers, mixer }) => ({
    layers,
    convolution: convolutionSeconds(parts, mixer),
    scan: scanOf(parts, mixer),
  }));
  return (step, first, last) => {
    let tokens = 0;
    for (let i = first; i < last; i++) tokens += step.chunkTokens[i];
    let seconds = 0;
    for (const { layers, convolution, scan } of passes) {
      seconds += layers * (convolution(tokens) + scan(step, first, last, tokens));
    }
    return seconds;
  };
}

function convolutionSeconds(parts: AnalyticalParts, { scan }: Recurrent) {
  const { gpu, layerEfficiency: { convolution }, attentionParallel } = parts;
  const perToken = 4 * scan!.channels / attentionParallel /
    (gpu.memoryBytesPerSecond * convolution.promptMemory);
  const launch = scan!.channels === 0 ? 0 : convolution.promptSeconds;
  return (tokens: number) => launch + tokens * perToken;
}

type Pass = (step: StepShape, first: number, last: number, tokens: number) => number;

function scanOf(parts: AnalyticalParts, mixer: Recurrent): Pass {
  switch (mixer.scan!.kind) {
    case "delta":
      return deltaScan(parts, mixer);
    case "chunked":
      return chunkedScan(parts, mixer);
    case "selective":
      return selectiveScan(parts, mixer);
  }
}

/**
 * One part for each head of each sequence, its chunks one after the other; as many parts at once as
 * there are multiprocessors. Parts with more chunks go first, so that each wave takes the time of the
 * longest part that is left.
 */
function deltaScan(
  { layerEfficiency: { scan: kernel }, attentionParallel }: AnalyticalParts,
  { scan }: Recurrent,
): Pass {
  const heads = Math.ceil(scan!.heads / attentionParallel);
  const chunkSeconds = kernel.chunkSeconds * scan!.keySize * scan!.valueSize / MEASURED_WIDTH ** 2;
  let sorted = new Int32Array(64);
  return (step, first, last) => {
    const count = last - first;
    if (sorted.length < count) sorted = new Int32Array(2 * count);
    for (let i = 0; i < count; i++) {
      const chunks = Math.ceil(step.chunkTokens[first + i] / kernel.chunkTokens);
      let at = i;
      for (; at > 0 && sorted[at - 1] < chunks; at--) sorted[at] = sorted[at - 1];
      sorted[at] = chunks;
    }
    let seconds = kernel.seconds;
    for (let part = 0; part < count * heads; part += kernel.slots) {
      seconds += kernel.waveSeconds + chunkSeconds * sorted[Math.floor(part / heads)];
    }
    return seconds;
  };
}

/**
 * State-space duality: within a chunk as attention, between chunks by states, all of them at once.
 * No table measures it.
 *
 * @source Dao & Gu, Mamba-2 (2024), section 6 (FLOPs); efficiencies: assumed as attention of prompts
 *   and element-wise kernels
 */
function chunkedScan(parts: AnalyticalParts, { scan }: Recurrent): Pass {
  const { gpu, efficiency, attentionParallel } = parts;
  const { heads, keySize, valueSize } = scan!;
  const flops = heads * (MAMBA2_CHUNK * (keySize + valueSize) + 4 * keySize * valueSize);
  // Values are read twice and written once; states of each chunk are written, passed on and read.
  const bytes = heads * (6 * valueSize + 12 * keySize * valueSize / MAMBA2_CHUNK);
  const perToken = Math.max(
    flops / (gpu.flopsPerSecond.bf16 * efficiency.prefill.compute),
    bytes / (gpu.memoryBytesPerSecond * efficiency.elementwise.memory),
  ) / attentionParallel;
  const launches = MAMBA2_KERNELS * efficiency.elementwise.seconds;
  return (_step, _first, _last, tokens) => launches + tokens * perToken;
}

/**
 * Token by token, channels side by side: bound by the exponential of each number of the state, or by
 * reading what goes in and writing what comes out. No table measures it.
 *
 * @source Gu & Dao, Mamba (2023), section 3.3.2; 16 exponentials per clock and multiprocessor: CUDA C++
 *   Programming Guide, throughput of native arithmetic instructions
 */
function selectiveScan(parts: AnalyticalParts, { scan }: Recurrent): Pass {
  const { gpu, efficiency, attentionParallel, layerEfficiency } = parts;
  const { heads, keySize } = scan!;
  const perToken = Math.max(
    heads * keySize / layerEfficiency.scan.exponentialsPerSecond,
    // Channel, time step, gate and result, 16 bits each.
    8 * heads / (gpu.memoryBytesPerSecond * efficiency.elementwise.memory),
  ) / attentionParallel;
  return (_step, _first, _last, tokens) => efficiency.elementwise.seconds + tokens * perToken;
}
