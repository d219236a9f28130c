import type { BatchBuilder } from "./batch_builder.ts";
import { SequenceState } from "./sequences.ts";

/**
 * Schedules the running sequences one by one in order of admission, as vLLM does: each takes its tokens
 * from the budget and its KV blocks from the pool; one that finds no block has others preempted until
 * there is one. A victim may be in the step already, and leaves it; a sequence that is the victim
 * itself ends the walk, and those behind it wait for the next step, as do those for whom no budget is
 * left. Returns the tokens that are left.
 *
 * The walk is needed where several prefills are unfinished, or where the queue order preempts others
 * than the last; everywhere else {@link BatchBuilder.scheduleRunning} comes to the same without it.
 */
export function walkRunning(
  batch: BatchBuilder,
  budgetTokens: number,
  longestChunk: number,
): number {
  const { sequences, pool } = batch;
  const { state, next } = sequences;
  /** Tokens in the step by slot. */
  const scheduled = new Map<number, number>();
  let budget = budgetTokens;
  for (let slot = sequences.first; slot >= 0 && budget > 0; slot = next[slot]) {
    if (state[slot] === SequenceState.ended) continue;
    const decodes = state[slot] === SequenceState.decode;
    const tokens = decodes ? 1 : Math.min(budget, longestChunk, batch.prefillRemaining(slot));
    const blocks = decodes
      ? Number(sequences.needsBlock(slot))
      : batch.blocks.neededFor(slot, tokens);
    let victim = -1;
    while (blocks > pool.free && victim !== slot) {
      victim = batch.victim();
      budget += scheduled.get(victim) ?? 0;
      batch.preempt(victim, scheduled.delete(victim));
    }
    if (victim === slot) break;
    if (decodes) batch.decodeOne(slot);
    else batch.prefill(slot, tokens);
    scheduled.set(slot, tokens);
    budget -= tokens;
  }
  for (let slot = sequences.first; slot >= 0; slot = next[slot]) {
    if (state[slot] === SequenceState.decode && !scheduled.has(slot)) batch.pause(slot);
  }
  return budget;
}
