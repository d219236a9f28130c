import { type Layer, layerGroups, type TransformerShape } from "../models/transformer.ts";

/** Widths of latent attention on one rank. */
export interface LatentReads {
  /** Query heads of the rank. */
  readonly heads: number;
  /** Width of the cached latent. */
  readonly kvRank: number;
  /** Width of the cached key with position. */
  readonly ropeSize: number;
  /** Width of a head's query and key without position. */
  readonly nopeSize: number;
  /** Width of a head's value. */
  readonly valueSize: number;
}

/** Attention of equal layers as the kernels of one tensor rank see it. */
export interface AttentionReads {
  /** Layers that are alike. */
  readonly layers: number;
  /**
   * Which kernels run: with keys and values per head, over latents, over the latents that an indexer
   * chooses, or the indexer's own scores.
   */
  readonly kind: "heads" | "latent" | "sparse" | "index";
  /** Widths of latents; absent for other kinds. */
  readonly latent?: LatentReads;
  /** KV heads of the rank; 0 for an indexer, which has none of its own. */
  readonly kvHeads: number;
  /** Numbers of the KV cache that are read per entry. */
  readonly entryElements: number;
  /** Bytes of an entry beside them, whatever the format of the cache. */
  readonly entryBytes: number;
  /** FLOPs per entry that a decoding sequence reads. */
  readonly decodeFlops: number;
  /** FLOPs per (query, entry) pair of a prompt. */
  readonly pairFlops: number;
  /** FLOPs to expand a cached entry that a prompt's chunk reads; 0 where entries are read as they are. */
  readonly expandFlops: number;
  /** Numbers of a token's query and result. */
  readonly vectorElements: number;
  /** Entries that are read at most; 0 for all. */
  readonly windowTokens: number;
}

/**
 * What attention reads and computes on one of some tensor ranks, equal layers together. Latent attention
 * is absorbed for decoding (each head reads the latent itself) and unabsorbed for prompts. An indexer
 * reads all keys, and attention then the tokens that it chose.
 *
 * @throws {RangeError} If the ranks do not divide the heads of a layer.
 */
export function attentionReads(shape: TransformerShape, ranks: number): AttentionReads[] {
  const known = new Map<string, AttentionReads>();
  for (const { layer, count } of layerGroups(shape.layers)) {
    for (const reads of layerReads(layer, ranks)) {
      const key = JSON.stringify(reads);
      known.set(key, { ...reads, layers: (known.get(key)?.layers ?? 0) + count });
    }
  }
  return [...known.values()];
}

function layerReads({ mixer }: Layer, ranks: number): Omit<AttentionReads, "layers">[] {
  if (mixer === undefined || mixer.kind === "recurrent") return [];
  if (mixer.heads % ranks !== 0) {
    throw new RangeError(
      `Cannot use tensorParallel as a divisor of ${mixer.heads} heads: current value is ${ranks}`,
    );
  }
  const heads = mixer.heads / ranks;
  const { indexer } = mixer;
  const own = mixer.kind === "latent"
    ? {
      kind: mixer.indexer === undefined ? "latent" as const : "sparse" as const,
      latent: {
        heads,
        kvRank: mixer.kvRank,
        ropeSize: mixer.ropeSize,
        nopeSize: mixer.nopeSize,
        valueSize: mixer.valueSize,
      },
      kvHeads: 1,
      entryElements: mixer.kvRank + mixer.ropeSize,
      entryBytes: 0,
      decodeFlops: 2 * heads * (2 * mixer.kvRank + mixer.ropeSize),
      pairFlops: 2 * heads * (mixer.nopeSize + mixer.ropeSize + mixer.valueSize),
      expandFlops: 2 * mixer.kvRank * heads * (mixer.nopeSize + mixer.valueSize),
      vectorElements: heads * (mixer.nopeSize + mixer.ropeSize + mixer.valueSize),
      windowTokens: 0,
    }
    : perHead(mixer, heads, ranks);
  if (indexer === undefined) return [own];
  const chosen = { ...own, windowTokens: indexer.topTokens };
  if (indexer.keyBytes === 0) return [chosen];
  const scores = 2 * indexer.heads * indexer.headSize;
  return [chosen, {
    kind: "index",
    kvHeads: 0,
    entryElements: 0,
    entryBytes: indexer.keyBytes,
    decodeFlops: scores,
    pairFlops: scores,
    expandFlops: 0,
    vectorElements: indexer.heads * indexer.headSize,
    windowTokens: 0,
  }];
}

function perHead(
  mixer: Extract<Layer["mixer"], { kind: "attention" }>,
  heads: number,
  ranks: number,
): Omit<AttentionReads, "layers"> {
  const widths = mixer.headSize + (mixer.valueSize ?? mixer.headSize);
  // With more ranks than KV heads, heads are held several times.
  const kvHeads = Math.max(1, Math.ceil(mixer.kvHeads / ranks));
  return {
    kind: "heads",
    kvHeads,
    entryElements: kvHeads * widths,
    entryBytes: 0,
    decodeFlops: 2 * heads * widths,
    pairFlops: 2 * heads * widths,
    expandFlops: 0,
    vectorElements: heads * widths,
    windowTokens: mixer.windowTokens,
  };
}
