import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import type { WaitingQueue } from "../scheduling/batching/waiting_queue.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EndedSlots } from "./ended_slots.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import type { ReturningRequests } from "./returning_requests.ts";
import { SequenceState } from "./sequences.ts";
import type { StepChunks } from "./step_chunks.ts";
import type { TokenGaps } from "./token_gaps.ts";

/** What a preempted sequence is taken out of, and where it goes. */
export interface PreemptionBooks {
  readonly parts: EngineParts;
  readonly run: RunColumns;
  readonly gaps: TokenGaps;
  readonly chunks: StepChunks;
  readonly returning: ReturningRequests;
  readonly ended: EndedSlots;
}

/**
 * Takes a running sequence out of the batch: its blocks go, and its request waits to be computed again
 * before all others, or its blocks move to host memory and it returns from there.
 *
 * @param isScheduled Whether the sequence is in the step being formed, which it leaves.
 */
export function preemptSequence(
  batch: BatchBuilder,
  { parts, run, gaps, chunks, returning, ended }: PreemptionBooks,
  slot: number,
  isScheduled: boolean,
): void {
  const { sequences } = batch;
  const request = sequences.request[slot];
  const decodes = sequences.state[slot] === SequenceState.decode;
  run.columns.preemptions[request]++;
  batch.speculation?.leave(slot);
  let knownTokens = batch.blocks.knownTokens(slot);
  if (sequences.state[slot] === SequenceState.ended) {
    // Its last token is on its way: it gives up its blocks and does not come back.
    ended.delete(slot);
    return batch.blocks.leave(slot, { knownTokens, isRetracted: true });
  }
  let extraBlocks = 0;
  if (isScheduled && decodes) {
    knownTokens = batch.blocks.knownTokensWithNext(slot);
    extraBlocks = batch.growth.leave(slot);
  } else if (isScheduled) {
    chunks.drop(slot);
  }
  gaps.suspend(slot);
  batch.keepGenerated(slot);
  batch.account?.isPreempted(request);
  const swap = parts.strategy.preemption === "swap" ? parts.swap : undefined;
  const blocks = sequences.blocksHeld(slot);
  if (decodes && swap && returning.hostBlocks + blocks <= swap.blocks) {
    returning.push(request, sequences.computedTokens(slot), blocks);
    batch.swapSeconds += blocks * swap.secondsPerBlock;
  } else {
    requeue(batch.queue, request, parts.strategy.requeues);
  }
  batch.blocks.leave(slot, { comesBack: true, knownTokens, extraBlocks });
}

/** Has a request wait again, where the strategy says. */
function requeue(
  queue: WaitingQueue,
  request: number,
  place: BatchingStrategy["requeues"],
): void {
  if (place === "last") return queue.push(request);
  const earlier: number[] = [];
  while (place === "arrival" && queue.size > 0 && queue.isBefore(queue.peek(), request)) {
    earlier.push(queue.pop());
  }
  queue.pushBack(request);
  while (earlier.length > 0) queue.pushBack(earlier.pop()!);
}
