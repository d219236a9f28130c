import { plainTransformer } from "../../../models/plain_shape.ts";
import { collectedLine } from "./rows.ts";

/** A small model. */
export const SHAPE = plainTransformer({
  name: "small",
  layers: 3,
  hiddenSize: 512,
  intermediateSize: 1024,
  heads: 8,
  kvHeads: 2,
  headSize: 128,
  vocabSize: 4000,
  maxPositions: 4096,
  gatedFeedForward: true,
  tiedEmbeddings: false,
  learnedPositions: false,
  bias: "none",
  slidingWindowTokens: 0,
});
/** Tokens at which everything was timed. */
export const TOKENS = [1, 4, 16, 64];
export const CONTEXTS = [128, 512];
export const COLUMNS = (8 + 2 * 2) * 128;
/** Matrices of the model: columns, rows, and how often a step multiplies by them. */
export const MATRICES = [[COLUMNS, 512, 3], [512, 1024, 6], [2048, 512, 3], [
  4000,
  512,
  1,
]] as const;
export const SMALL = [["add_norm", 512, 7], ["rotary", COLUMNS, 3], ["gated_activation", 1024, 3], [
  "embedding",
  512,
  1,
]] as const;
export const HEADS = {
  kernel: "k",
  heads: 8,
  kv_heads: 2,
  head_size: 128,
  kv_dtype: "bf16",
} as const;

/** Lines of a made-up GPU on which everything takes `scale` times what is easy to add up. */
export function lines(time: (m: number, of: string) => number): string[] {
  return [
    collectedLine("device", { name: "GPU of a test", memory_bytes: 80e9, capability: "9.0" }),
    ...MATRICES.flatMap(([n, k]) =>
      TOKENS.map((m) =>
        collectedLine("gemm", { dtype: "bf16", m, n, k, us: time(m, `gemm ${n} ${k}`) })
      )
    ),
    ...SMALL.flatMap(([name, width]) =>
      TOKENS.map((tokens) =>
        collectedLine("elementwise", { name, width, tokens, us: time(tokens, name) })
      )
    ),
    ...TOKENS.flatMap((batch) =>
      CONTEXTS.map((context) =>
        collectedLine("decode_attention", {
          ...HEADS,
          batch,
          context,
          us: time(batch, `decode ${context}`),
        })
      )
    ),
    ...TOKENS.map((chunk) =>
      collectedLine("prompt_attention", {
        ...HEADS,
        batch: 1,
        chunk,
        past: 0,
        us: time(chunk, "prompt"),
      })
    ),
    ...TOKENS.map((chunk) =>
      collectedLine("prompt_attention", {
        ...HEADS,
        batch: 1,
        chunk,
        past: 512,
        us: time(chunk, "chunk"),
      })
    ),
    ...TOKENS.map((places) =>
      collectedLine("sampling", {
        method: "greedy",
        vocabulary: 4000,
        places,
        us: time(places, "argmax"),
      })
    ),
  ];
}

/** A data sheet that no time beats. */
export const SHEET = {
  memoryBytesPerSecond: 1e13,
  bf16FlopsPerSecond: 1e16,
};
/** A time for any of it. */
export const flat = (m: number) => 100 + m;
