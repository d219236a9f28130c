import type { Policy } from "../../settings/policy.ts";

/** More tokens than any prompt has; a small integer, since what is computed with it is computed often. */
export const UNLIMITED_TOKENS = 2 ** 30 - 1;

/**
 * What a batching strategy may see and do while it forms the next step of one instance. A slot is
 * the number of a running sequence's place in the engine. True output lengths are not here, so no
 * strategy can read one.
 */
export interface StepBuilder {
  /** Most sequences that may run at once. */
  readonly maxSequences: number;
  /** Token budget of one step. */
  readonly maxTokensPerStep: number;
  /** Sequences in the engine's batch (prefilling, decoding, or held until their batch ends). */
  readonly running: number;
  /** Sequences that would decode. */
  readonly decoding: number;
  /** Tokens that each of them computes: one, and those drafted that it verifies. */
  readonly tokensPerDecode: number;
  /** Requests in the engine's waiting queue. */
  readonly waiting: number;
  /** Requests whose KV entries are not in the engine's blocks: swapped out, or received from another. */
  readonly returning: number;

  /**
   * What a strategy sees that works out itself whom the KV blocks suffice for, and what it may do beside
   * the step. Sequences are told by their slots, in order of admission; a planner ahead sees one that
   * has ended in the step before as one that decodes.
   */
  readonly outlook: {
    /** Whether a step is formed while the one before runs, whose tokens are not known. */
    readonly plansAhead: boolean;
    /** Tokens per KV block. */
    readonly blockTokens: number;
    /** KV blocks in all. */
    readonly capacityBlocks: number;
    /** KV blocks that nobody uses, with cached prefixes or without. */
    readonly freeBlocks: number;
    /** KV blocks that all decodes of the step lack. */
    readonly lackingBlocks: number;
    /** Those that sequences would lack whose end is not known, were they to decode. */
    readonly blocksForUnknownEnds: number;
    /** Sequences that have ended without the scheduler knowing. */
    readonly unknownEnds: number;
    /** Decode steps since the engine's start. */
    readonly decodeSteps: number;
    /** Slots of all sequences in the batch. */
    readonly slots: Iterable<number>;
    /** Whether a sequence decodes, as far as the scheduler knows. */
    decodes(slot: number): boolean;
    /** Whether a sequence's prompt is in progress. */
    prefills(slot: number): boolean;
    /** Prompt tokens of a sequence. */
    promptTokens(slot: number): number;
    /** Output tokens of a sequence. */
    outputTokens(slot: number): number;
    /** KV blocks that a sequence has. */
    blocksHeld(slot: number): number;
    /** Most output tokens that a client with such a prompt states. */
    statedTokens(promptTokens: number): number;
    /** Whether the queue order serves one of two sequences before the other. */
    comesBefore(one: number, other: number): boolean;
    /** Slot of the sequence that the queue order serves last; -1 for none. */
    lastComer(): number;
    /** Takes a sequence out of the batch, back into the queue. */
    retract(slot: number): void;
    /** Sees to it that so many KV blocks are empty, at the cost of cached prefixes. */
    makeRoom(blocks: number): void;
    /** Says that the next step may differ though nothing happens in between. */
    mayDiffer(): void;

    /** Looks at the first waiting request, of which what follows then tells; false for none. */
    look(): boolean;
    /** Known tokens of the request looked at. */
    readonly waitingTokens: number;
    /** Those of them that are its prompt. */
    readonly waitingPromptTokens: number;
    /** Its cached KV blocks. */
    readonly matchedBlocks: number;
    /** KV blocks that nobody uses once the request uses its cached ones. */
    readonly freeBesideBlocks: number;
    /** What tells the request's first block that is not cached from others; -1 where it has none. */
    firstNewBlock(): number;
    /** The same of a sequence whose prompt is in progress. */
    newBlockOf(slot: number): number;
    /** Moves the request into the batch with `blocks` blocks, by default its cached ones; its slot or -1. */
    enter(blocks?: number): number;
    /** Passes the request over in this step, until `putBack`. */
    passOver(): void;
    /** Gives all who were passed over their places back. */
    putBack(): void;
    /** Notes that the request waits for KV blocks. */
    lacksBlocks(): void;
  };

  /**
   * Schedules every decoding sequence. When free KV blocks run out, the sequences
   * last in the queue order are preempted first. Returns how many were preempted.
   */
  decodeAll(): number;
  /** Sequences preempted so far while this step is formed. */
  readonly preempted: number;
  /**
   * Schedules the running sequences in order of admission, as far as `budgetTokens` go: the tokens of
   * each that decodes, and a chunk of at most `longestChunk` (default: no limit) for each whose prefill
   * is unfinished. When free KV blocks run out, sequences are preempted as in `decodeAll`. Returns the
   * tokens that are left.
   */
  scheduleRunning(budgetTokens: number, longestChunk?: number): number;
  /** Prompt tokens that the sequence in `slot` still has to compute. */
  prefillRemaining(slot: number): number;
  /** Tokens that the first waiting request would have to compute (cached prefixes count); 0 for none. */
  firstWaitingTokens(): number;
  /**
   * Moves the first waiting request into the batch and takes KV blocks as the strategy's reservation
   * says; `chunkTokens` is the most that `prefill` will be asked for in this step (default: no limit).
   * Returns the slot, or -1 when the batch or the block pool has no room (at least `keepFreeBlocks`
   * stay free).
   */
  admit(keepFreeBlocks: number, chunkTokens?: number): number;
  /** Computes `tokens` (>= 1) prompt tokens of the sequence in `slot` in this step. Once per slot and step. */
  prefill(slot: number, tokens: number): void;
  /**
   * Lets returning requests decode again, oldest first, while blocks allow (at least `keepFreeBlocks`
   * stay free). Returns how many came; they are scheduled by another `decodeAll`.
   */
  bringBack(keepFreeBlocks: number): number;
}

/** What a strategy sees and may do that looks after the KV blocks itself: see the builder. */
export type KvOutlook = StepBuilder["outlook"];

/**
 * Forms the steps of an engine. Stateless: everything a strategy knows is in the builder, unless it is
 * made anew for each engine.
 */
export interface BatchingStrategy {
  /** Name in configurations, such as "vllm". */
  readonly name: string;
  /**
   * When KV blocks are taken: for each chunk of the prompt as it is computed, for the whole prompt at
   * admission (both growing block by block afterwards), or once for the longest possible sequence.
   */
  readonly reservation: "chunk" | "prompt" | "maximum";
  /** Under "chunk": whether admission waits until there is room for the whole prompt. Default false. */
  readonly asksForWholePrompt?: boolean;
  /** Finished sequences keep their slot and their batch returns as a whole. */
  readonly holdsFinished: boolean;
  /** What preemption does with KV blocks: drop and recompute, or swap to host memory. */
  readonly preemption: "recompute" | "swap";
  /** Where a preempted request waits: before all others (the default), behind them, or by its arrival. */
  readonly requeues?: "first" | "last" | "arrival";
  /** What keeps cached prefixes: blocks by themselves, as vLLM's (the default), or a radix tree. */
  readonly prefixCache?: "blocks" | "radix";
  /**
   * When the prefixes of a prompt can be found: once each chunk of it is computed, once all of it is, or
   * (absent) as soon as they are scheduled.
   */
  readonly cachesComputed?: "chunk" | "prompt";
  /** Whether requests may be let in before one that waits longer. Default false. */
  readonly passesOver?: boolean;
  /** The strategy of one engine, where it remembers something. */
  forEngine?(): BatchingStrategy;
  /** Nobody is inside any more. */
  isIdle?(): void;
  /**
   * Whether `plan` repeats a decode-only step unchanged until a sequence leaves, a request joins the
   * queue or blocks run out. If not, the engine never advances several steps at once.
   */
  readonly repeatsDecode: boolean;
  /** Schedules the next step by calls on the builder; scheduling nothing leaves the engine idle. */
  plan(step: StepBuilder): void;
}

/** What a batching strategy is told beyond its settings. */
export interface BatchingNeeds {
  /** KV blocks of an instance. */
  readonly kvBlocks: number;
  /** What preemption is to do with KV blocks, for strategies that can do either. */
  readonly preemption: "recompute" | "swap";
  /** Whether `vllm` admits a request only when its whole prompt has room. Default true. */
  readonly reservesWholePrompt?: boolean;
}

/** A batching strategy as its table has it. */
export interface BatchingEntry<Name extends string, Options>
  extends Policy<Name, Options, BatchingNeeds, BatchingStrategy> {
  /** Whether its steps are as long as they are, whatever the token budget. */
  readonly ignoresBudget?: boolean;
  /** Whether its steps may verify drafted tokens (speculative decoding); if not, settings refuse it. */
  readonly canSpeculate?: boolean;
  /** Whether its requests may wait for KV blocks from cache tiers; if not, settings refuse these. */
  readonly canLoad?: boolean;
  /** Whether it can swap the KV blocks of preempted sequences; if not, they are recomputed. */
  readonly canSwap?: boolean;
}
