import type { RunColumns } from "./engine_parts.ts";
import type { Inbox } from "./inbox.ts";
import { type Sequences, SequenceState } from "./sequences.ts";
import type { WaitingQueue } from "../scheduling/batching/waiting_queue.ts";
import type { BlockPool } from "../scheduling/kv_cache/block_pool.ts";

/** What a decision on moving requests is told of an engine at an instant. */
export interface MovableReading {
  /** KV blocks that nobody uses. */
  readonly freeBlocks: number;
  /** Requests in the batch, and those that wait for a place in it. */
  readonly running: number;
  readonly waiting: number;
  /** KV blocks that the request at the head of the queue needs; 0 when none waits. */
  readonly firstWaitingBlocks: number;
  /** Whether that request was preempted. */
  readonly isPreempted: boolean;
  /** The request that decodes and was admitted last; -1 when none decodes. */
  readonly lastRequest: number;
  /** Tokens of it whose KV entries exist. */
  readonly lastTokens: number;
}

/** Where an engine is read. */
interface MovableParts {
  readonly batch: {
    readonly sequences: Sequences;
    readonly queue: WaitingQueue;
    readonly pool: BlockPool;
    readonly running: number;
  };
  readonly inbox: Inbox;
  readonly run: RunColumns;
}

/** The request that is served next of those that wait, whether the scheduler knows of it; -1: none. */
function headOf(queue: WaitingQueue, inbox: Inbox): number {
  let head = queue.peek();
  inbox.forEachWithout((request) => {
    if (head < 0 || queue.isBefore(request, head)) head = request;
  });
  return head;
}

/** Whether a sequence can leave with its KV entries between two steps. */
function decodes(state: number): boolean {
  return state === SequenceState.decode || state === SequenceState.paused;
}

/**
 * Reads what may move.
 *
 * @param gained Tokens that each decoding sequence has gained in the leap in progress.
 * @param usedBlocks KV blocks in use.
 * @param outstanding Requests inside.
 * @param isExcluded Whether a request is not to be named as the last one.
 */
export function readMovable(
  { batch: { sequences, queue, pool, running }, inbox, run: { columns, generated } }: MovableParts,
  gained: number,
  usedBlocks: number,
  outstanding: number,
  isExcluded: (request: number) => boolean,
): MovableReading {
  let slot = sequences.last;
  while (
    slot >= 0 && !(decodes(sequences.state[slot]) && !isExcluded(sequences.request[slot]))
  ) slot = sequences.previous[slot];
  const head = headOf(queue, inbox);
  return {
    freeBlocks: pool.capacity - usedBlocks,
    running,
    waiting: outstanding - running,
    firstWaitingBlocks: head < 0
      ? 0
      : pool.blocksFor(columns.promptTokens[head] + generated[head] + 1),
    isPreempted: head >= 0 && generated[head] > 0,
    lastRequest: slot < 0 ? -1 : sequences.request[slot],
    lastTokens: slot < 0 ? 0 : entriesIn(sequences, slot, gained),
  };
}

/** Tokens of a decoding request whose KV entries exist; -1 where it does not decode. */
export function entriesOf(sequences: Sequences, request: number, gained: number): number {
  let slot = sequences.first;
  while (slot >= 0 && sequences.request[slot] !== request) slot = sequences.next[slot];
  return slot < 0 || !decodes(sequences.state[slot]) ? -1 : entriesIn(sequences, slot, gained);
}

function entriesIn(sequences: Sequences, slot: number, gained: number): number {
  const isInLeap = sequences.state[slot] === SequenceState.decode;
  return sequences.computedTokens(slot) + (isInLeap ? gained : 0);
}
