/**
 * What one step of an engine computes. The engine owns one object and refills it for each step;
 * a model must not keep a reference.
 */
export interface StepShape {
  /** Sequences that decode one token each. */
  decodeSequences: number;
  /** Sum over decoding sequences of the KV entries they attend to, this step's own token included. */
  decodeContextTokens: number;
  /**
   * Longest context among the decoding sequences, tokens, this step's own one included. Filled in for
   * models that need it; absent: all contexts are equal.
   */
  decodeLongestContextTokens?: number;
  /** Prefill chunks in this step. */
  chunkCount: number;
  /** Prompt tokens computed by chunk `i` in this step, `i < chunkCount`. */
  chunkTokens: Int32Array;
  /** KV entries that chunk `i` finds already computed (earlier chunks or cached prefix). */
  chunkPastTokens: Int32Array;
  /**
   * Places at which a token is sampled at the end of this step: one per decode and finishing prefill,
   * and one per drafted token that is verified.
   */
  sampledSequences: number;
  /**
   * Tokens that the decoding sequences compute, drafted ones that are verified included; absent: one
   * each. KV entries are read once per sequence whatever its tokens.
   */
  decodeTokens?: number;
  /** Tokens that a draft proposes for each sequence at the end of the step; absent: none. */
  draftTokens?: number;
}

/** How many tokens decode-only steps compute that verify drafts, see {@link StepShape}. */
export interface DecodeWidth {
  /** Tokens of all decoding sequences. */
  readonly decodeTokens: number;
  /** Places at which a token is sampled. */
  readonly sampledSequences: number;
  /** Tokens that a draft proposes for each sequence. */
  readonly draftTokens: number;
}

/** The duration of decode-only steps as a line in the total context. Filled in by a model. */
export interface DecodeLine {
  /** Seconds at zero context. */
  baseSeconds: number;
  /** Seconds per token of total context, >= 0. */
  slopeSecondsPerToken: number;
  /** The line holds for total contexts up to and including this one, tokens. May be Infinity. */
  contextEndTokens: number;
}

/** Duration of an engine step. Deterministic: the same shape always takes the same time. */
export interface ExecutionTimeModel {
  /** Short name for manifests, such as "analytical". */
  readonly name: string;
  /** What was assumed, a sentence each; absent: nothing. */
  readonly notices?: readonly string[];
  /** Unequal contexts take longer than equal ones of the same sum: see the step's longest context. */
  readonly needsLongestContext?: boolean;
  /** Duration of the step in seconds, > 0. Allocates nothing. */
  stepSeconds(step: StepShape): number;
  /**
   * Writes the line on which decode-only steps of `sequences` sequences lie, starting at a total
   * context of `contextTokens`, and returns true; or returns false if the model has no such line,
   * and the engine then takes every step singly. Must agree with `stepSeconds` to 1e-12 relative.
   *
   * @param longestContextTokens Longest context at `contextTokens`; it grows by one per step, as all do.
   * @param width Tokens of steps that verify drafts; absent: one per sequence, and nothing is drafted.
   */
  decodeLine(
    sequences: number,
    contextTokens: number,
    line: DecodeLine,
    longestContextTokens?: number,
    width?: DecodeWidth,
  ): boolean;
}

/** Arithmetic and memory traffic of a step: linear in tokens, context and sampled sequences. */
export interface StepWork {
  /** FLOPs per token through the linear layers (attention scores and LM head apart). */
  readonly flopsPerToken: number;
  /** FLOPs per (query token, KV entry) pair, all layers. */
  readonly flopsPerAttentionPair: number;
  /** FLOPs of the LM head per sampled sequence. */
  readonly flopsPerSample: number;
  /** Weight bytes read by a step of `tokens` tokens (grows with tokens for mixtures of experts). */
  weightBytes(tokens: number): number;
  /** Bytes of one token's KV entries, all layers. */
  readonly kvBytesPerToken: number;
}
