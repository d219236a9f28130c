import type { AttentionKernel } from "../hardware/attention_kernels.ts";
import type { Gpu } from "../hardware/gpu.ts";
import type { DecodeLine } from "./execution_time_model.ts";

/** Head size whose entries take a kernel its cycles. */
const HEAD_SIZE = 128;
/** Sequences by which the parts are tabulated; more are not divided any further. */
const MOST_SEQUENCES = 4096;

/** The busiest block of a decode attention kernel whose blocks are not equal, in one layer. */
export interface BlockWalk {
  /** Its seconds, by the decoding sequences of a GPU and the longest of their contexts. */
  seconds(sequences: number, longestTokens: number): number;
  /** Seconds per further token of the longest context. */
  slope(sequences: number, longestTokens: number): number;
  /** Longest context up to which that slope holds, tokens. */
  endTokens(longestTokens: number): number;
}

/** Heads of a layer on one GPU. */
export interface WalkedHeads {
  readonly kvHeads: number;
  readonly headSize: number;
  /** Attention window, tokens; 0 for none. */
  readonly windowTokens: number;
  /** Share of the layers that have no window although others have one, 0..1; default 0. */
  readonly fullShare?: number;
}

/**
 * How long the busiest block of a kernel walks through the KV entries of the longest sequence: the
 * sequence's length over the parts that the kernel divides every sequence into, times the time per entry
 * of one block that nobody holds up.
 *
 * The attention of a batch takes the larger one of this walk and its balanced time (as of equal contexts
 * of the same sum, which is what operators are measured with), but no more than a batch whose contexts all
 * are as long as the longest.
 *
 * Undefined for kernels of equal pieces and for GPUs whose multiprocessors are not known.
 */
export function blockWalk(
  kernel: AttentionKernel,
  gpu: Pick<Gpu, "multiprocessors" | "clockHertz">,
  { kvHeads, headSize, windowTokens, fullShare = 0 }: WalkedHeads,
): BlockWalk | undefined {
  const { multiprocessors, clockHertz } = gpu;
  if (kernel.partition === "even" || multiprocessors === undefined || clockHertz === undefined) {
    return undefined;
  }
  const entrySeconds = kernel.cyclesPerEntry / clockHertz * headSize / HEAD_SIZE;
  const table = new Float64Array(MOST_SEQUENCES + 1);
  for (let sequences = 1; sequences <= MOST_SEQUENCES; sequences++) {
    table[sequences] = entrySeconds / partsOf(kernel, multiprocessors, sequences * kvHeads);
  }
  const perEntry = (sequences: number) => table[Math.min(Math.ceil(sequences), MOST_SEQUENCES)];
  const window = windowTokens === 0 ? Infinity : windowTokens;
  return {
    seconds(sequences, longest) {
      const entries = longest <= window ? longest : window + fullShare * (longest - window);
      return perEntry(sequences) * entries;
    },
    slope: (sequences, longest) => perEntry(sequences) * (longest < window ? 1 : fullShare),
    endTokens: (longest) => longest < window ? window : Infinity,
  };
}

/**
 * Parts that a kernel divides each sequence into.
 *
 * @param blocks Sequences x KV heads on the GPU.
 */
export function partsOf(
  kernel: AttentionKernel,
  multiprocessors: number,
  blocks: number,
): number {
  switch (kernel.partition) {
    case "even":
      return Infinity;
    case "fixed":
      return blocks <= kernel.fewBlocks ? kernel.mostParts : 1;
    case "doubled": {
      const fit = multiprocessors * kernel.blocksPerMultiprocessor;
      let parts = 1;
      while (2 * parts <= kernel.mostParts && 2 * parts * blocks <= fit) parts *= 2;
      return parts;
    }
    case "fill": {
      const fit = multiprocessors * kernel.blocksPerMultiprocessor;
      if (blocks >= kernel.fullShare * fit) return 1;
      // Share of the rounds' places that blocks fill.
      const filled = (parts: number) => {
        const rounds = blocks * parts / fit;
        return rounds / Math.ceil(rounds);
      };
      const most = Math.min(kernel.mostParts, fit);
      let best = 0;
      for (let parts = 1; parts <= most; parts++) best = Math.max(best, filled(parts));
      let parts = 1;
      while (filled(parts) < kernel.keptShare * best) parts++;
      return parts;
    }
  }
}

/** The larger of a balanced time and a walk, the walk at most what equal contexts of the longest take. */
export function unequalSeconds(balanced: number, walk: number, allLongest: number): number {
  return walk <= balanced ? balanced : Math.max(balanced, Math.min(walk, allLongest));
}

/** Turns a line into the lesser one of itself and another, as far as that is one line. */
export function lesserLine(line: DecodeLine, at: number, base: number, slope: number): void {
  const isAbove = line.baseSeconds + line.slopeSecondsPerToken * at > base + slope * at;
  const meetAt = meetingOf(line, base, slope);
  if (isAbove) {
    line.baseSeconds = base;
    line.slopeSecondsPerToken = slope;
  }
  endAt(line, at, meetAt);
}

/** A walk and what bounds it, as lines in the total context of `sequences` sequences. */
export interface WalkLines {
  readonly walk: BlockWalk;
  /** Layers that the walk counts for. */
  readonly layers: number;
  readonly sequences: number;
  /** Those of them on one GPU. */
  readonly batch: number;
  readonly contextTokens: number;
  readonly longestTokens: number;
  /** Writes the line of a batch whose contexts all are as long as the longest. */
  allLongest(line: DecodeLine): void;
}

const bound: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };

/**
 * Turns the line of a balanced time into that of {@link unequalSeconds}, as far as that is one line. All
 * contexts grow together.
 *
 * @param fixedSeconds What the line holds beside this attention.
 */
export function raiseToWalk(line: DecodeLine, lines: WalkLines, fixedSeconds: number): void {
  const { walk, layers, sequences, batch, contextTokens: at, longestTokens } = lines;
  const slope = layers * walk.slope(batch, longestTokens) / sequences;
  const base = layers * walk.seconds(batch, longestTokens) - slope * at;
  const bentAt = at + sequences * (walk.endTokens(longestTokens) - longestTokens);
  const balanced = line.baseSeconds + line.slopeSecondsPerToken * at;
  if (fixedSeconds + base + slope * at <= balanced) {
    endAt(line, at, meetingOf(line, fixedSeconds + base, slope));
    return endAt(line, at, bentAt);
  }
  bound.contextEndTokens = Infinity;
  lines.allLongest(bound);
  lesserLine(bound, at, base, slope);
  const { baseSeconds, slopeSecondsPerToken } = bound;
  const isBelow = balanced < fixedSeconds + baseSeconds + slopeSecondsPerToken * at;
  const meetAt = meetingOf(line, fixedSeconds + baseSeconds, slopeSecondsPerToken);
  if (isBelow) {
    line.baseSeconds = fixedSeconds + baseSeconds;
    line.slopeSecondsPerToken = slopeSecondsPerToken;
  }
  endAt(line, at, meetAt);
  endAt(line, at, bentAt);
  endAt(line, at, bound.contextEndTokens);
}

/** Total context at which a line and another meet; NaN or infinite where they do not. */
function meetingOf(line: DecodeLine, base: number, slope: number): number {
  return (base - line.baseSeconds) / (line.slopeSecondsPerToken - slope);
}

/** Lets a line end at a context that it has not reached. */
function endAt(line: DecodeLine, at: number, end: number): void {
  if (end > at && end < line.contextEndTokens) line.contextEndTokens = end;
}
