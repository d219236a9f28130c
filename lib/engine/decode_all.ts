import type { BatchBuilder } from "./batch_builder.ts";

/** Schedules the decodes of all sequences that do; returns how many were preempted for their blocks. */
export function decodeAll(batch: BatchBuilder): number {
  const { sequences, pool, growth } = batch;
  let preempted = 0;
  let needed = growth.lacking;
  // Preempting from the end until the rest fits is what walking the batch in order comes to: a
  // victim is always behind the sequence that lacks a block, so it has not taken one itself.
  while (needed > pool.free) {
    batch.preempt(batch.victim());
    preempted++;
    needed = growth.lacking;
  }
  growth.take(needed);
  batch.decodes = sequences.decoding > 0;
  return preempted;
}
