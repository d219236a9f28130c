import type { TransformerShape } from "./transformer.ts";

/** Rows of the embedding are filled up to a multiple before they are dealt. @source vLLM */
const VOCAB_MULTIPLE = 64;

/**
 * Whether tensor parallelism of a degree deals a model evenly: its query heads, its KV heads while there
 * are enough of them and else each to as many ranks, and the rows of its embedding.
 *
 * @source vLLM, ModelConfig.verify_with_parallel_config, QKVParallelLinear, VocabParallelEmbedding
 */
export function dealsEvenly({ layers, vocabSize }: TransformerShape, degree: number): boolean {
  if (degree === 1) return true;
  const rows = VOCAB_MULTIPLE * Math.ceil(vocabSize / VOCAB_MULTIPLE);
  return rows % degree === 0 && layers.every(({ mixer }) => {
    if (mixer === undefined || mixer.kind === "recurrent") return true;
    if (mixer.heads % degree !== 0) return false;
    return mixer.kind === "latent" || mixer.kvHeads % degree === 0 || degree % mixer.kvHeads === 0;
  });
}
