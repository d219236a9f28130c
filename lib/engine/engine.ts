import type { GapSketch } from "../stats/gap_sketch.ts";
import { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import { EngineReadings } from "./engine_readings.ts";
import { Inbox } from "./inbox.ts";
import { Sequences, SequenceState } from "./sequences.ts";
import { StepClock } from "./step_clock.ts";
import { TokenGaps } from "./token_gaps.ts";

/**
 * The engine of one instance: queue in, batches through the execution model, finished requests out.
 *
 * Protocol of the cluster loop: `enqueue` at arrivals; when {@link needsPlan}, `begin` at the end of
 * the instant; `finish` when {@link endAtSeconds} comes. After `finish`, the requests that ended
 * stand in `finished[0 .. finishedCount)`, those with their first token in `firstTokens`.
 */
export class Engine {
  /** Requests waiting, running or swapped out. */
  outstanding = 0;
  /** Prompt tokens of the requests inside that have had no token yet. */
  promptTokensAhead = 0;
  /** End of the step or run in progress, seconds; Infinity when idle. */
  endAtSeconds = Infinity;
  /** What others read of the engine at any instant. */
  readonly readings: EngineReadings;
  /** Requests that ended in the step that finished last. */
  readonly finished: Int32Array;
  finishedCount = 0;
  /** Requests that had their first token in the step that finished last. */
  readonly firstTokens: Int32Array;
  firstTokenCount = 0;
  /** Steps taken as part of a leap, and singly. */
  stepsLeapt = 0;
  stepsSingle = 0;

  /** Number of the instance, for messages. */
  readonly #id: number;
  readonly #parts: EngineParts;
  readonly #run: RunColumns;
  /** Whether each step is formed while the one before runs. */
  readonly #plansAhead: boolean;
  #batch: BatchBuilder;
  #gaps: TokenGaps;
  #clock: StepClock;
  /** Whether the batch may change at the next step boundary, so that a run must not go on. */
  #interrupted = true;
  /** Whether a request that joins the queue now cannot be admitted before somebody leaves. */
  #closed = false;
  /** Prompt and output tokens of the requests inside, as of the last step's end. */
  #tokensInside = 0;
  /** Sequences that have ended and wait for their static batch. */
  #heldCount = 0;
  /** Requests that the scheduler does not know of yet: it forms a step while the one before runs. */
  readonly #inbox = new Inbox();
  /** Arrivals up to this instant are known when the next step is formed, seconds. */
  #knownUntilSeconds = Infinity;
  /** Slots whose sequences end in the step that finishes. */
  readonly #endingSlots: Int32Array;
  #endingCount = 0;

  constructor(id: number, parts: EngineParts, run: RunColumns) {
    this.#id = id;
    this.#parts = parts;
    this.#plansAhead = parts.asyncScheduling === true;
    this.#run = run;
    this.finished = new Int32Array(parts.maxSequences);
    this.#endingSlots = new Int32Array(parts.maxSequences);
    this.firstTokens = new Int32Array(parts.maxSequences);
    const sequences = new Sequences(parts.maxSequences, parts.blockTokens);
    this.#gaps = new TokenGaps(run.gaps, sequences, run.columns);
    this.#batch = new BatchBuilder(parts, run, sequences, this.#gaps);
    this.#clock = new StepClock(parts, this.#batch, run.clock);
    this.readings = new EngineReadings(parts, run, this.#batch, this.#clock);
  }

  /** Whether `begin` is due: requests are there and no step is in progress. */
  get needsPlan(): boolean {
    return this.outstanding > 0 && !this.#clock.isStepping;
  }

  /** Adds a request; a run in progress is cut at the end of its present step if it may join. */
  enqueue(request: number): void {
    const { isStepping } = this.#clock;
    // Behind the others, and seen by a planner ahead when all that came before this instant are.
    const isLate = this.#plansAhead && this.#knownUntilSeconds < Infinity;
    if (isLate) this.#inbox.push(request, this.#run.clock.now);
    else this.#batch.queue.push(request);
    this.outstanding++;
    const { columns, generated } = this.#run;
    this.#tokensInside += columns.promptTokens[request] + generated[request];
    // A request that another engine has lost may have had its first token there.
    if (generated[request] === 0) this.promptTokensAhead += columns.promptTokens[request];
    if (isStepping && !this.#closed) this.#interrupt(isLate);
  }

  /** Lets the scheduler see the requests that came by `until`. */
  #readInbox(until: number): void {
    const count = this.#inbox.empty(until, this.#batch.queue);
    if (count > 0 && !this.#closed) this.#interrupted = true;
  }

  /** Starts the next step or run. */
  begin(): void {
    const batch = this.#batch;
    const { shape, sequences, queue } = batch;
    if (this.#inbox.size > 0) this.#readInbox(this.#knownUntilSeconds);
    batch.form();
    let released = this.#plansAhead ? batch.releaseEnded() : 0;
    if (batch.isEmpty) {
      // Nothing is left to run ahead of, or everybody was preempted: the scheduler looks again, and
      // knows by now who has ended and who has come.
      this.#interrupted = true;
      this.#readInbox(Infinity);
      batch.form();
      released = 0;
      if (batch.isEmpty) this.#refuse();
    }
    const decoding = batch.decodes ? sequences.decoding : 0;
    shape.decodeSequences = decoding;
    shape.decodeContextTokens = decoding > 0 ? sequences.contextTokens : 0;
    if (this.#parts.execution.needsLongestContext) {
      shape.decodeLongestContextTokens = decoding > 0 ? sequences.longestContextTokens() : 0;
    }
    // Slots and blocks that have become free since the step was formed may admit somebody to the next.
    const mayAdmit = released > 0 &&
      (queue.size > 0 || this.#inbox.size > 0 || batch.swapped > 0);
    this.#closed = sequences.count >= batch.maxSequences ||
      (queue.isFirstComeFirstServed && queue.size > 0);
    const isSteady = !mayAdmit && (this.#closed || this.#inbox.size === 0);
    if (this.#plansAhead) this.#knownUntilSeconds = this.#run.clock.now;
    this.#clock.begin(isSteady, this.#interrupted);
    this.endAtSeconds = this.#clock.run.endsAtSeconds;
    // After a preemption or a swap the next plan may admit, so the next step is a new run.
    this.#interrupted = mayAdmit || batch.isUnsettled;
  }

  /** Nothing can be scheduled though requests are there. */
  #refuse(): never {
    const { queue, sequences, pool } = this.#batch;
    const request = queue.size > 0 ? queue.peek() : sequences.request[sequences.first];
    throw new RangeError(
      `Cannot make progress at ${this.#run.clock.now} s: ${this.#parts.strategy.name} batching schedules nothing ` +
        `on instance ${this.#id}, where request ${request} is next; ` +
        `current value of free KV blocks is ${pool.free} of ${pool.capacity}`,
    );
  }

  /** Ends the step or run in progress, at {@link endAtSeconds}. */
  finish(): void {
    const batch = this.#batch;
    const now = this.endAtSeconds;
    const { shape, sequences, pool } = batch;
    const { run } = this.#clock;
    const { steps } = run;
    this.finishedCount = 0;
    this.firstTokenCount = 0;
    if (this.#plansAhead) this.#knownUntilSeconds = run.endAtSeconds(steps - 1);
    this.#clock.isStepping = false;
    const { meter } = this.readings;
    meter.addSteps(shape, steps);
    sequences.countBlocks(run, steps, pool.used);
    let { blockSeconds } = sequences;
    if (batch.endedBlocks > 0) {
      blockSeconds += batch.endedBlocks * (run.endAtSeconds(1) - run.startAtSeconds);
      batch.endedBlocks = 0;
    }
    meter.addTime(now - run.startAtSeconds, blockSeconds, sequences.count);
    if (steps > 1) this.stepsLeapt += steps;
    else this.stepsSingle++;
    if (shape.decodeSequences > 0) {
      if (steps > 1) pool.take(sequences.grownBlocks);
      this.#finishDecode();
    }
    if (shape.chunkCount > 0) this.#finishChunks();
    if (this.#endingCount > 0) this.#endAll();
    if (this.outstanding === 0 && this.#plansAhead) {
      // The pipeline is empty.
      batch.releaseEnded();
      batch.endedBlocks = 0;
      this.#knownUntilSeconds = Infinity;
    }
    this.endAtSeconds = Infinity;
    if (sequences.decoding === 0) this.#gaps.clear();
  }

  /**
   * Counts the gaps and blocks of the steps that have ended by `now` in a run that the end of the
   * simulation cuts short. Nothing may follow.
   */
  settle(now: number): void {
    // An instance that has stopped has no clock any more.
    const ended = this.#clock?.ahead(now) ?? 0;
    if (ended === 0) return;
    const isInStep = this.#clock.begun(now) > ended;
    this.#clock.run.endAfter(ended);
    this.endAtSeconds = this.#clock.run.endsAtSeconds;
    this.finish();
    // The step in progress has its blocks.
    if (isInStep) this.#batch.pool.take(this.#batch.sequences.blocksNeeded);
  }

  /**
   * Gives up at `now`, in the middle of a step or a run: the steps that have ended count, the one in
   * progress is lost. Adds all requests inside to `requests` and returns the tokens whose KV entries
   * are lost. Nothing may follow.
   */
  evict(now: number, requests: number[]): number {
    const { run } = this.#clock;
    const { isStepping } = this.#clock;
    const ended = this.#clock.ahead(now);
    const stepSeconds = isStepping ? now - run.endAtSeconds(ended) : 0;
    this.settle(now);
    const { pool, sequences, endedBlocks } = this.#batch;
    const used = pool.used + (ended === 0 ? endedBlocks : 0);
    this.readings.meter.addTime(stepSeconds, stepSeconds * used, sequences.count);
    this.#clock.isStepping = false;
    this.endAtSeconds = Infinity;
    this.#inbox.empty(Infinity, this.#batch.queue);
    const lostTokens = this.#batch.evict(requests);
    this.outstanding = 0;
    this.#tokensInside = 0;
    this.promptTokensAhead = 0;
    return lostTokens;
  }

  /** Lets go of everything but the counts of the work done: the instance has stopped. */
  close(): void {
    this.readings.close();
    this.#batch = this.#gaps = this.#clock = undefined as never;
  }

  /** Moves the gaps of the steps that have ended by `now` in a run in progress into `apart`. */
  splitGaps(now: number, apart: GapSketch): void {
    if (!this.#clock?.isStepping || !this.#batch.decodes) return;
    if (this.#parts.strategy.holdsFinished) return;
    this.#gaps.addBegun(this.#clock.run, this.#clock.ahead(now), apart);
  }

  /** Tokens inside at `now`: prompts of all requests and the output tokens they have so far. */
  outstandingTokens(now: number): number {
    return this.#tokensInside + this.readings.gainedTokens(now);
  }

  /** The batch may change: the run in progress ends with the step under way. */
  #interrupt(isLate: boolean): void {
    // A planner ahead makes the change when it reads the inbox, a step later.
    if (!isLate) this.#interrupted = true;
    this.#clock.cut(isLate ? 1 : 0);
    this.endAtSeconds = this.#clock.run.endsAtSeconds;
  }

  #finishDecode(): void {
    const { sequences } = this.#batch;
    const { run } = this.#clock;
    if (!this.#parts.strategy.holdsFinished) this.#gaps.addRun(run);
    this.#tokensInside += run.steps * sequences.decoding;
    sequences.advance(run.steps);
    const { ends } = sequences;
    while (ends.firstStep <= sequences.step) {
      this.#interrupted = true;
      this.#endingSlots[this.#endingCount++] = ends.firstSlot;
      ends.delete(ends.firstSlot);
    }
  }

  #finishChunks(): void {
    const batch = this.#batch;
    const now = this.endAtSeconds;
    const { sequences, shape, chunkSlots } = batch;
    const { columns, generated, outputLimit } = this.#run;
    const held = this.#parts.strategy.holdsFinished;
    for (let i = 0; i < shape.chunkCount; i++) {
      const slot = chunkSlots[i];
      const done = sequences.doneTokens[slot] += shape.chunkTokens[i];
      if (done < sequences.targetTokens[slot]) continue;
      const request = sequences.request[slot];
      if (generated[request] > 0 && !held) {
        // The token after a recompute: its gap began at the last token before the preemption.
        this.#gaps.addSingle(slot, now - columns.completedAtSeconds[request]);
      } else if (!held) {
        this.#firstToken(request);
      }
      generated[request]++;
      this.#tokensInside++;
      if (held || generated[request] < outputLimit[request]) batch.join(slot, done, now);
      if (generated[request] >= outputLimit[request]) {
        this.#endingSlots[this.#endingCount++] = slot;
      }
    }
    this.#interrupted = true;
  }

  /** Those that have produced their last token leave in order of the batch. */
  #endAll(): void {
    const slots = this.#endingSlots;
    const count = this.#endingCount;
    if (count > 1) this.#batch.sequences.sortByAdmission(slots, count);
    for (let i = 0; i < count; i++) this.#end(slots[i]);
    this.#endingCount = 0;
  }

  /** A sequence has produced its last token; a static batch returns once its longest member has. */
  #end(slot: number): void {
    const { sequences } = this.#batch;
    if (!this.#parts.strategy.holdsFinished) return this.#complete(slot);
    sequences.hold(slot);
    if (++this.#heldCount < sequences.count) return;
    this.#heldCount = 0;
    while (sequences.first >= 0) {
      const request = sequences.request[sequences.first];
      this.#firstToken(request);
      this.#gaps.addTogether(this.#run.outputLimit[request]);
      this.#complete(sequences.first);
    }
  }

  /** A request has its first token at the end of the step. */
  #firstToken(request: number): void {
    const { firstTokenAtSeconds, promptTokens } = this.#run.columns;
    firstTokenAtSeconds[request] = this.endAtSeconds;
    this.promptTokensAhead -= promptTokens[request];
    this.firstTokens[this.firstTokenCount++] = request;
  }

  #complete(slot: number): void {
    const { sequences } = this.#batch;
    const { columns, outputLimit } = this.#run;
    const request = sequences.request[slot];
    columns.completedAtSeconds[request] = this.endAtSeconds;
    this.#tokensInside -= columns.promptTokens[request] + this.#tokensProduced(slot);
    if (outputLimit[request] > 1) {
      columns.maxTbtSeconds[request] = this.#gaps.longest(slot);
    }
    if (this.#plansAhead && !this.#parts.strategy.holdsFinished) this.#batch.end(slot);
    else this.#batch.release(slot);
    this.outstanding--;
    this.finished[this.finishedCount++] = request;
  }

  /** Output tokens counted for the sequence, padding of a static batch included. */
  #tokensProduced(slot: number): number {
    const { sequences } = this.#batch;
    const generated = this.#run.generated[sequences.request[slot]];
    return sequences.state[slot] >= SequenceState.decode
      ? sequences.generatedAtJoin[slot] + sequences.stepsSinceJoin(slot)
      : generated;
  }
}
