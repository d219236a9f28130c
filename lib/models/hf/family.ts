import type { Json } from "./values.ts";

/** How a family's class builds what its config.json does not say. */
export interface Family {
  /** Values of keys that a file may leave out, as the family's class has them. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Feed-forward without a gate. */
  readonly isUngated?: boolean;
  /** Gain alone (RMS norm; the default), gain and offset, or no weights at all. */
  readonly norm?: "gain" | "offset" | "none";
  /** Norms of a layer with feed-forward, each as wide as the residual stream; default 2. */
  readonly norms?: number;
  /** Biases of attention: as it is, or as the first of these keys says where it is true. */
  readonly bias?: AttentionBias | readonly (readonly [string, AttentionBias])[];
  /** Biases of the feed-forward: as it is, or as this key says. */
  readonly mlpBias?: boolean | string;
  /** Norms of query and key: over each head, over the whole width, or as this key says (each head). */
  readonly queryKeyNorm?: "head" | "width" | "eachHead" | {
    readonly key: string;
    readonly as?: "eachHead";
  };
  /** Whether embedding and head are one where the file does not say; default false. */
  readonly isTied?: boolean;
  /** Rows of learned positions beyond the longest sequence (OPT: 2); absent: none are learned. */
  readonly learnedPositions?: number;
  /** The LM head has a bias. */
  readonly headBias?: boolean | string;
  /** Vectors outside the layers beside the final norm, in hidden sizes (BLOOM's embedding norm: 2). */
  readonly otherNorms?: number;
  /** One layer in so many sees everything, the others their window, where the file does not say. */
  readonly windowPattern?: number;
  /** The query projection brings a gate for the output. */
  readonly hasOutputGate?: boolean;
  /** The shared expert has a gate of its own. */
  readonly hasSharedGate?: boolean;
  /** The router has a bias, always or by this key. */
  readonly routerBias?: boolean | string;
  /** Experts' matrices and router have biases. */
  readonly expertBias?: boolean;
  /** Shared experts where no key says how many. */
  readonly sharedExperts?: number;
  /** One sink per head. */
  readonly hasSinks?: boolean;
  /** Its rotary positions are computed in 32 bits. */
  readonly hasWideRotary?: boolean;
  /** Latent attention. */
  readonly isLatent?: boolean;
  /** Kind of the recurrent layers. */
  readonly recurrent?: "mamba" | "mamba2" | "gated-delta" | "kda" | "lightning" | "short-conv";
  /** Layers have a mixer or a feed-forward, not both, in the pattern's order. */
  readonly isPattern?: boolean;
  /** Keys under other names, such as those of a part of the file: "attn_config.kv_n_heads". */
  readonly adapt?: (json: Json) => Readonly<Record<string, unknown>>;
}

/** Biases of attention. */
export type AttentionBias = "none" | "qkv" | "all";

/** Keys of a part of the file under the names that are read. */
export function inner(
  json: Readonly<Record<string, unknown>>,
  part: string,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const within = json[part];
  if (typeof within !== "object" || within === null) return {};
  const values = within as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, key]) =>
      values[key] === undefined ? [] : [[name, values[key]]]
    ),
  );
}
