import text from "../../data/hardware/layers.yaml" with { type: "text" };
import { parseAt } from "../std/yaml_entries.ts";

/** Attention of decoding sequences over latents, absorbed: every head reads the latent itself. */
export interface LatentDecodeEfficiency {
  /** Share of the memory bandwidth, in (0, 1]. */
  readonly memory: number;
  /** Share of the peak FLOP/s, padded heads counted, in (0, 1]. */
  readonly compute: number;
  /** Seconds of the smallest call. */
  readonly seconds: number;
  /** Exponent of the soft maximum of that and the work, > 0. */
  readonly sharpness: number;
  /** Times that a sequence's absorbed query and result are copied, rotated and multiplied on the way. */
  readonly copies: number;
  /** Seconds per sequence. */
  readonly sequenceSeconds: number;
  /** A kernel that cuts each sequence into so many parts, one multiprocessor to a part and head tile. */
  readonly splits?: SplitEfficiency;
}

/** A kernel with a fixed number of parts per sequence, which run in waves. */
export interface SplitEfficiency {
  /** Parts of a sequence. */
  readonly count: number;
  /** Parts that run at once: multiprocessors. */
  readonly slots: number;
  /** Seconds per token of a part. */
  readonly tokenSeconds: number;
  /** Seconds of a wave beside its tokens. */
  readonly waveSeconds: number;
  /** A rank with a single head runs another kernel. */
  readonly oneHead?: { readonly slots: number; readonly tokenSeconds: number };
}

/** Attention over latents. */
export interface LatentEfficiency {
  /** Heads that a tile of the kernel holds: fewer heads cost as many. */
  readonly headTile: number;
  /** Entries of 8 bits are multiplied at the fp8 rate; else they are widened to 16 bits. */
  readonly multipliesFp8?: boolean;
  /** Launches of a layer beside its matrix products and attention, seconds. */
  readonly launchSeconds: number;
  /** Norms of the ranks, rotation and writing the cache: seconds per token. */
  readonly tokenSeconds: number;
  /** Decoding sequences. */
  readonly decode: LatentDecodeEfficiency;
  /** Prompts, unabsorbed. */
  readonly prompt: {
    /** Share of the peak FLOP/s. */
    readonly compute: number;
    /** Times that a token's queries, keys, values and results are written and read. */
    readonly copies: number;
    /** Launches of a layer that prompts add, seconds. */
    readonly seconds: number;
  };
}

/** Decoding under an indexer. */
export interface SparseDecodeEfficiency extends Omit<LatentDecodeEfficiency, "splits"> {
  /** Launches of a layer beside its matrix products and attention, seconds. */
  readonly launchSeconds: number;
  /** The kernel works on as many entries as may be chosen, however few there are. */
  readonly readsAll?: boolean;
}

/** Attention over the tokens that an indexer chooses. Its heads have the latent's tile. */
export interface SparseEfficiency {
  /** With a cache of 16 bits. */
  readonly decode: SparseDecodeEfficiency;
  /** With a cache of 8 bits. */
  readonly decodeFp8: SparseDecodeEfficiency;
  /** Prompts: absorbed as well, since each token has entries of its own. */
  readonly prompt: {
    /** Share of the peak FLOP/s, padded heads counted. */
    readonly compute: number;
    /** Times that a token's absorbed query and result are copied. */
    readonly copies: number;
    /** Choosing, seconds per token. */
    readonly tokenSeconds: number;
    /** The host launches this layer kernel by kernel: no layer takes less, seconds. */
    readonly hostSeconds: number;
    /** What quantised products add to that: 8 bits, 4 bits; and a cache of 8 bits. */
    readonly fp8Seconds: number;
    readonly fp4Seconds: number;
    readonly fp8CacheSeconds: number;
  };
  /** Scores of all tokens, multiplied at the fp8 rate: shares of bandwidth and peak. */
  readonly index: {
    readonly memory: number;
    readonly compute: number;
    readonly promptCompute: number;
  };
}

/**
 * A scan over a prompt: each head of each sequence is one part, which takes its chunks one after the
 * other; as many parts run at once as there are multiprocessors.
 */
export interface ScanEfficiency {
  /** Parts at once. */
  readonly slots: number;
  /** Tokens of a chunk. */
  readonly chunkTokens: number;
  /** Seconds of the smallest call. */
  readonly seconds: number;
  /** Seconds of a wave of parts beside its chunks. */
  readonly waveSeconds: number;
  /** Seconds of a chunk of a head with keys and values of 128. */
  readonly chunkSeconds: number;
  /** Exponentials per second of the GPU, which a selective scan takes one of per number of the state. */
  readonly exponentialsPerSecond: number;
}

/** One direction of a low-latency all-to-all. */
export interface LowLatencyEfficiency {
  /** Share of the link's rate. */
  readonly memory: number;
  /** Seconds of the smallest call. */
  readonly seconds: number;
  /** Seconds per expert: flags are sent and awaited for each. */
  readonly expertSeconds: number;
  /** Seconds of a token on a multiprocessor, of which as many work as there are experts. */
  readonly processorTokenSeconds?: number;
  /** Seconds per doubling of the machines. */
  readonly machineSeconds: number;
  /** Share of the network's rate. */
  readonly networkMemory: number;
}

/** One direction of an all-to-all for many tokens. */
export interface NormalEfficiency {
  /** Share of the link's rate. */
  readonly memory: number;
  /** Seconds of the smallest call. */
  readonly seconds: number;
  /** Seconds per token: its layout is counted and announced. */
  readonly tokenSeconds: number;
  /** What a multiprocessor moves inside a machine, bytes/s. */
  readonly processorBytesPerSecond: number;
  /** Work on a token whatever the GPUs it goes to, in copies of it. */
  readonly fixedCopies: number;
  /** Seconds per doubling of the machines. */
  readonly machineSeconds: number;
  /** Share of the network's rate. */
  readonly networkMemory: number;
  /** What a multiprocessor forwards between network and machine, bytes/s. */
  readonly forwardBytesPerSecond: number;
}

/** Dispatch of tokens to experts on other GPUs and combination of what they return. */
export interface AllToAllEfficiency {
  /** Multiprocessors of the GPU. */
  readonly processors: number;
  readonly lowLatency: {
    readonly dispatch: LowLatencyEfficiency;
    readonly combine: LowLatencyEfficiency;
  };
  readonly normal: {
    /** Multiprocessors that communicate while the others compute. */
    readonly processors: number;
    readonly dispatch: NormalEfficiency;
    readonly combine: NormalEfficiency;
  };
}

/** Efficiency of the kernels that plain models have not. */
export interface LayerEfficiency {
  readonly latent: LatentEfficiency;
  readonly sparse: SparseEfficiency;
  readonly scan: ScanEfficiency;
  /** Reading and writing back the states of decoding sequences: share of the bandwidth, seconds. */
  readonly state: { readonly memory: number; readonly seconds: number };
  /** The convolution before a scan, over prompts and over one token: shares and seconds. */
  readonly convolution: {
    readonly promptMemory: number;
    readonly promptSeconds: number;
    readonly memory: number;
    readonly seconds: number;
  };
  readonly allToAll: AllToAllEfficiency;
}

const found = new Map<string, LayerEfficiency>();

/**
 * Efficiency of a GPU generation's kernels for latent, sparse and recurrent layers and all-to-all;
 * generations without measurements: as the one that data/hardware/layers.yaml names.
 *
 * @source data/hardware/layers.yaml
 */
export function layerEfficiency(generation: string): LayerEfficiency {
  let efficiency = found.get(generation);
  if (efficiency === undefined) {
    const others = parseAt(text, ["others"]) as string;
    efficiency = {
      ...parseAt(text, ["generations", others]) as LayerEfficiency,
      ...parseAt(text, ["generations", generation]) as Partial<LayerEfficiency> | undefined,
    };
    found.set(generation, efficiency);
  }
  return efficiency;
}
