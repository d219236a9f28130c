import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import type { BatchBuilder } from "./batch_builder.ts";

/**
 * Whether decodes alone may make room for a waiting request of an engine that verifies drafts, by
 * taking cached blocks that it would keep: those of a prompt whose last one was computed again are not
 * taken in their order.
 */
export function asksAnew(
  { speculation, cache, queue, sequences, maxSequences }: BatchBuilder,
  { reservation, asksForWholePrompt }: BatchingStrategy,
): boolean {
  return speculation!.parts.recomputesLastBlock && cache !== undefined && queue.size > 0 &&
    sequences.count < maxSequences && reservation === "chunk" && asksForWholePrompt !== true;
}
