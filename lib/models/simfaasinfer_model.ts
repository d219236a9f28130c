import { type PlainExperts, type PlainShape, plainTransformer } from "./plain_shape.ts";
import type { TransformerShape } from "./transformer.ts";

/** The `model` section of a configuration, with SimFaaSInfer's keys. Null is as good as absent. */
export interface SimfaasinferModel {
  /** Name; default "custom". */
  readonly name?: string | null;
  /** Decoder layers. */
  readonly num_layers?: number | null;
  /** Width of the residual stream. */
  readonly hidden_size?: number | null;
  /** Width of the feed-forward layer; default 4 x hidden_size. */
  readonly intermediate_size?: number | null;
  /** Query heads per layer. */
  readonly num_attention_heads?: number | null;
  /** Key-value heads per layer; default as many as query heads. */
  readonly num_kv_heads?: number | null;
  /** Width of one head; default hidden_size / num_attention_heads. */
  readonly head_dim?: number | null;
  /** Rows of the embedding table. */
  readonly vocab_size?: number | null;
  /** Longest sequence, tokens; default 4096. */
  readonly max_position_embeddings?: number | null;
  /** "gpt" or anything else, which is read as Llama. */
  readonly architecture?: string | null;
  /** Decides the gate; default by architecture. */
  readonly activation_function?: string | null;
  /** LM head shares the embedding's weights; default by architecture. */
  readonly tie_word_embeddings?: boolean | null;
  /** Biases on query, key and value. */
  readonly attention_bias?: boolean | null;
  /** Attention window, tokens; default none. */
  readonly sliding_window?: number | null;
  /** One layer in so many has full attention beside windowed ones; default none. */
  readonly sliding_window_pattern?: number | null;
  /** Routed experts per layer; default none: a dense model. */
  readonly num_experts?: number | null;
  /** Routed experts that each token uses. */
  readonly num_experts_per_token?: number | null;
  /** Width of one expert; default intermediate_size. */
  readonly moe_intermediate_size?: number | null;
  /** Width of the shared expert; default none. */
  readonly shared_expert_intermediate_size?: number | null;
}

/** Activation functions with a gate. */
const GATED = new Set(["silu", "swiglu", "geglu", "reglu"]);

/**
 * Shape of the model that a configuration describes. `architecture: gpt` has learned positions, biases,
 * tied embeddings and no gate, anything else is read as Llama. `kv_channels` and `attention_type` say
 * nothing that the head counts do not.
 *
 * @throws TypeError if a needed key is missing, RangeError if the heads do not divide.
 *
 * @example
 * ```ts
 * import { transformerFromSimfaasinfer } from "simfaasinfer/models";
 * const shape = transformerFromSimfaasinfer({ name: "tiny", num_layers: 2, hidden_size: 64,
 *   num_attention_heads: 4, vocab_size: 100 });
 * console.log(shape.layers.length); // 2
 * ```
 */
export function transformerFromSimfaasinfer(section: SimfaasinferModel): TransformerShape {
  const layers = required(section, "num_layers");
  const hiddenSize = required(section, "hidden_size");
  const heads = required(section, "num_attention_heads");
  const vocabSize = required(section, "vocab_size");
  const gpt = (section.architecture ?? "llama").toLowerCase().startsWith("gpt");
  const intermediateSize = section.intermediate_size ?? 4 * hiddenSize;
  const kvHeads = section.num_kv_heads ?? heads;
  if (heads % kvHeads !== 0) {
    throw new RangeError(
      `Cannot read num_kv_heads as a divisor of ${heads} heads: current value is ${kvHeads}`,
    );
  }
  const headSize = section.head_dim ?? hiddenSize / heads;
  if (!Number.isInteger(headSize)) {
    throw new RangeError(
      `Cannot read num_attention_heads as a divisor of hidden_size ${hiddenSize}: current value is ` +
        `${heads}`,
    );
  }
  const activation = section.activation_function?.toLowerCase();
  const experts = expertShape(section, intermediateSize);
  return plainTransformer({
    name: section.name ?? "custom",
    layers,
    hiddenSize,
    intermediateSize,
    heads,
    kvHeads,
    headSize,
    vocabSize,
    maxPositions: section.max_position_embeddings ?? 4096,
    gatedFeedForward: activation === undefined ? !gpt : GATED.has(activation),
    tiedEmbeddings: section.tie_word_embeddings ?? gpt,
    learnedPositions: gpt,
    bias: gpt ? "all" : section.attention_bias === true ? "qkv" : "none",
    ...windowOf(section, layers),
    ...(experts === undefined ? {} : { experts }),
  });
}

function windowOf(
  { sliding_window, sliding_window_pattern }: SimfaasinferModel,
  layers: number,
): Pick<PlainShape, "slidingWindowTokens" | "fullAttentionLayers"> {
  const full = Math.floor(layers / (sliding_window_pattern ?? Infinity));
  const slidingWindowTokens = full === layers ? 0 : sliding_window ?? 0;
  return {
    slidingWindowTokens,
    ...(slidingWindowTokens > 0 && full > 0 && { fullAttentionLayers: full }),
  };
}

function expertShape(
  section: SimfaasinferModel,
  intermediateSize: number,
): PlainExperts | undefined {
  if (section.num_experts === undefined || section.num_experts === null) return undefined;
  return {
    count: section.num_experts,
    perToken: required(section, "num_experts_per_token"),
    intermediateSize: section.moe_intermediate_size ?? intermediateSize,
    sharedIntermediateSize: section.shared_expert_intermediate_size ?? 0,
    everyNthLayer: 1,
  };
}

type NumberKey =
  | "num_layers"
  | "hidden_size"
  | "num_attention_heads"
  | "vocab_size"
  | "num_experts_per_token";

function required(section: SimfaasinferModel, key: NumberKey): number {
  const value = section[key];
  if (typeof value === "number" && value > 0) return value;
  throw new TypeError(
    `Cannot read the model's "${key}" as a positive number: current value is ${
      JSON.stringify(value)
    }`,
  );
}
