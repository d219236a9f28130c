import type { BatchBuilder } from "./batch_builder.ts";
import { SequenceState } from "./sequences.ts";

/** Schedules the running sequences of a batch: see the strategy's interface. */
export function scheduleRunning(
  batch: BatchBuilder,
  budgetTokens: number,
  longestChunk: number,
): number {
  const { sequences } = batch;
  // As a rule the sequence admitted last alone is unfinished: the budget that cut it admitted nobody.
  const slot = lastUnfinished(batch);
  const isPlain = sequences.prefilling === 0 || (sequences.prefilling === 1 && slot >= 0);
  if (!isPlain || mayPreemptAny(batch, slot, budgetTokens, longestChunk)) {
    return walkRunning(batch, budgetTokens, longestChunk);
  }
  if (sequences.decoding > 0) batch.decodeAll();
  const left = budgetTokens - batch.decodeTokens;
  // The prefill may have been preempted, too.
  return sequences.prefilling === 0 || left <= 0
    ? left
    : left - continuePrefill(batch, slot, Math.min(left, longestChunk));
}

/** Slot of the sequence admitted last if its prefill is unfinished; -1 if not. */
function lastUnfinished({ sequences }: BatchBuilder): number {
  const { last, state, prefilling } = sequences;
  return prefilling > 0 && state[last] === SequenceState.prefill ? last : -1;
}

/** Whether sequences have to be preempted that need not be the last ones. */
function mayPreemptAny(
  batch: BatchBuilder,
  unfinished: number,
  budgetTokens: number,
  longestChunk: number,
): boolean {
  const { queue } = batch;
  if (queue.isFirstComeFirstServed) return false;
  let needed = batch.growth.lacking;
  const left = Math.min(budgetTokens - batch.decodeTokens, longestChunk);
  if (unfinished >= 0 && left > 0) {
    const tokens = Math.min(left, batch.prefillRemaining(unfinished));
    needed += batch.blocks.neededFor(unfinished, tokens);
  }
  return needed > batch.pool.free;
}

/** Computes up to `most` tokens more of the prefill admitted last, or preempts it; returns how many. */
function continuePrefill(batch: BatchBuilder, slot: number, most: number): number {
  const tokens = Math.min(most, batch.prefillRemaining(slot));
  if (batch.blocks.neededFor(slot, tokens) > batch.pool.free) {
    batch.preempt(slot);
    return 0;
  }
  batch.prefill(slot, tokens);
  return tokens;
}

/**
 * Schedules the running sequences one by one in order of admission, as vLLM does: each takes its tokens
 * from the budget and its KV blocks from the pool; one that finds no block has others preempted until
 * there is one. A victim may be in the step already, and leaves it; a sequence that is the victim
 * itself ends the walk, and those behind it wait for the next step, as do those for whom no budget is
 * left. Returns the tokens that are left.
 *
 * The walk is needed where several prefills are unfinished, or where the queue order preempts others
 * than the last; everywhere else {@link scheduleRunning} comes to the same without it.
 */
function walkRunning(
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
    const chunk = decodes ? 0 : Math.min(budget, longestChunk, batch.prefillRemaining(slot));
    const blocks = decodes ? batch.growth.lackingFor(slot) : batch.blocks.neededFor(slot, chunk);
    let victim = -1;
    while (blocks > pool.free && victim !== slot) {
      victim = batch.victim();
      budget += scheduled.get(victim) ?? 0;
      batch.preempt(victim, scheduled.delete(victim));
    }
    if (victim === slot) break;
    const tokens = decodes ? batch.decodeOne(slot, budget) : chunk;
    if (!decodes) batch.prefill(slot, chunk);
    scheduled.set(slot, tokens);
    budget -= tokens;
  }
  for (let slot = sequences.first; slot >= 0; slot = next[slot]) {
    if (state[slot] === SequenceState.decode && !scheduled.has(slot)) batch.pause(slot);
  }
  return budget;
}
