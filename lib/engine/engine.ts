import type { EngineLoad } from "../metrics/engine_load.ts";
import type { GapSketch } from "../stats/gap_sketch.ts";
import { BatchBuilder } from "./batch_builder.ts";
import type { EngineChange, EngineParts, RunColumns } from "./engine_parts.ts";
import { EngineReadings } from "./engine_readings.ts";
import { Inbox } from "./inbox.ts";
import { noProgress } from "./no_progress.ts";
import { SequenceBlocks } from "./sequence_blocks.ts";
import { Sequences } from "./sequences.ts";
import { StepClock } from "./step_clock.ts";
import { TokenGaps } from "./token_gaps.ts";
import { TokenLedger } from "./token_ledger.ts";

/**
 * The engine of one instance: queue in, batches through the execution model, finished requests out.
 *
 * Protocol of the cluster loop: `enqueue` at arrivals; when {@link needsPlan}, `begin` at the end of
 * the instant; `finish` when {@link endAtSeconds} comes. After `finish`, the requests that ended
 * stand in `ledger.finished`, those with their first token in `ledger.firstTokens`.
 *
 * What moves: a request leaves with `detach` between two steps and its blocks with `letGo`; it comes
 * with its KV entries by `receive`; `limit` keeps leaps from passing an instant at which something is
 * to happen between two steps; `become` changes what the engine runs on.
 */
export class Engine {
  /** End of the step or leap in progress, seconds; Infinity when idle. */
  endAtSeconds = Infinity;
  /** What others read of the engine at any instant. */
  readonly readings: EngineReadings;
  /** Requests and tokens inside, and what the step that finished last brought. */
  readonly ledger: TokenLedger;
  /** Steps taken as part of a leap, and singly. */
  stepsLeapt = 0;
  stepsSingle = 0;

  /** Number of the instance, for messages. */
  readonly #id: number;
  readonly #parts: EngineParts;
  /** What the engine runs on from the next step on; undefined: what it runs on now. */
  #change: EngineChange | undefined;
  readonly #run: RunColumns;
  /** Whether each step is formed while the one before runs. */
  readonly #plansAhead: boolean;
  readonly #batch: BatchBuilder;
  readonly #gaps: TokenGaps;
  readonly #clock: StepClock;
  /** Whether the batch may change at the next step boundary, so that a leap must not go on. */
  #interrupted = true;
  /** Whether a request that joins the queue now cannot be admitted before somebody leaves. */
  #closed = false;
  /** Whether somebody waits who is not in the step in progress, or whoever comes would have to. */
  #keepsWaiting = false;
  /** Requests that the scheduler does not know of yet: it forms a step while the one before runs. */
  readonly #inbox = new Inbox();
  /** Whether nobody inside can go on before blocks that have left with a request are free. */
  #isStarved = false;
  /** Instants to come that no leap passes, in order, seconds. */
  readonly #limits: number[] = [];

  constructor(id: number, parts: EngineParts, run: RunColumns) {
    this.#id = id;
    this.#parts = parts;
    this.#plansAhead = parts.asyncScheduling === true;
    this.#run = run;
    const { maxSequences, blockTokens } = parts;
    const notesBlocks = parts.speculation !== undefined;
    const sequences = run.spare?.take(maxSequences, blockTokens, notesBlocks) ??
      new Sequences(maxSequences, blockTokens, notesBlocks);
    const blocks = new SequenceBlocks(parts, sequences, run.prefixes, id);
    this.#gaps = new TokenGaps(run.gaps, sequences, run.columns);
    this.#batch = new BatchBuilder(parts, run, blocks, this.#gaps);
    this.#clock = new StepClock(parts, this.#batch, run.clock);
    this.ledger = new TokenLedger(parts, run, this.#batch, this.#gaps);
    this.readings = new EngineReadings(parts, run, this.#batch, this.#clock);
  }

  /** Whether `begin` is due: requests are there that can go on, and no step is in progress. */
  get needsPlan(): boolean {
    return this.ledger.outstanding > 0 && !this.#clock.isStepping && !this.#isStarved;
  }

  /** Adds a request; a leap in progress is cut at the end of its present step if it may join. */
  enqueue(request: number): void {
    if (this.#isLate) this.#inbox.push(request, this.#run.clock.now);
    else this.#batch.queue.push(request);
    this.ledger.enter(request);
    this.#isStarved = false;
    if (this.#clock.isStepping && !this.#closed) this.#interrupt(this.#plansAhead);
    if (!this.#isLate) this.#batch.waits(request, this.#clock, this.#keepsWaiting);
  }

  /**
   * Takes a request over whose first `kvTokens` KV entries are in this engine's reach: it goes on
   * decoding as soon as there are blocks for them, before anybody who waits.
   *
   * @param kvTokens All its known tokens but the last one, which the next step computes.
   * @throws {RangeError} If that is not so, or the engine's batches let nobody in.
   */
  receive(request: number, kvTokens: number): void {
    const { columns, generated } = this.#run;
    const known = columns.promptTokens[request] + generated[request];
    if (generated[request] < 1 || kvTokens !== known - 1 || this.#parts.strategy.holdsFinished) {
      throw new RangeError(
        `Cannot receive request ${request} of ${known} known tokens into ` +
          `${this.#parts.strategy.name} batching: current value of its KV entries is ${kvTokens}`,
      );
    }
    if (this.#isLate) this.#inbox.push(request, this.#run.clock.now, kvTokens);
    else this.#batch.receive(request, kvTokens);
    this.ledger.enter(request);
    this.#isStarved = false;
    if (this.#clock.isStepping) this.#interrupt(this.#plansAhead);
  }

  /**
   * Takes a running request out between two steps, with the tokens that it has; its KV blocks stay
   * taken until {@link letGo}. Returns how many KV entries it has.
   *
   * @throws {RangeError} If a step is in progress, or the request does not run here.
   */
  detach(request: number): number {
    const tokens = this.#clock.isStepping ? -1 : this.#batch.detach(request);
    if (tokens < 0) {
      throw new RangeError(
        `Cannot detach a request from instance ${this.#id} at ${this.#run.clock.now} s: ` +
          (this.#clock.isStepping ? "a step is in progress" : "it does not run here") +
          `, current value is ${request}`,
      );
    }
    this.ledger.leave(request);
    this.#interrupted = true;
    if (this.ledger.outstanding === 0) this.#emptyPipeline();
    return tokens;
  }

  /**
   * Takes a request out for good, with its KV blocks: now if it waits for a place in the batch or no
   * step is in progress. False if it has to stay: it is in the step in progress, after which this may
   * be asked again ({@link limit} ends a leap), or in a static batch, which returns whole.
   */
  withdraw(request: number): boolean {
    if (this.#inbox.remove(request) || this.#batch.leaveQueue(request)) {
      this.ledger.leave(request);
      // Whoever waited behind it may be admitted to the next step.
      if (this.#clock.isStepping) this.#interrupt(false);
      else this.#interrupted = true;
      if (this.ledger.outstanding === 0) this.#emptyPipeline();
    } else {
      if (this.#clock.isStepping || this.#parts.strategy.holdsFinished) return false;
      this.detach(request);
      this.letGo(request);
    }
    return true;
  }

  /** Frees the KV blocks of a request that was detached. @throws {RangeError} If it has none here. */
  letGo(request: number): void {
    this.#batch.blocks.letGo(request);
    this.#isStarved = false;
    if (this.#clock.isStepping) this.#interrupt(false);
    else this.#interrupted = true;
  }

  /** Ends the leap in progress then with the first step that ends at `untilSeconds` or later. */
  limit(untilSeconds: number): void {
    const place = this.#limits.findIndex((limit) => limit > untilSeconds);
    this.#limits.splice(place < 0 ? this.#limits.length : place, 0, untilSeconds);
    if (this.#clock.isStepping) this.#keepLimit();
  }

  /** The limits up to `now` have been kept. */
  #passLimits(now: number): void {
    while (this.#limits[0] <= now) {
      this.#limits.shift();
      this.#interrupted = true;
    }
  }

  /**
   * Runs on something else from the next step on: other step times, more or fewer KV blocks. Where
   * blocks that are in use have to go, sequences are preempted.
   */
  become(change: EngineChange): void {
    if (this.#clock.isStepping) this.#interrupt(false);
    this.#change = change;
    this.#isStarved = false;
  }

  /** A request that comes now is behind those that a planner ahead does not know of yet. */
  get #isLate(): boolean {
    return this.#plansAhead && this.#inbox.knownUntilSeconds < Infinity;
  }

  /** Lets the scheduler see the requests that came by `until`. */
  #readInbox(until: number): void {
    const count = this.#inbox.empty(until, this.#batch);
    if (count > 0 && !this.#closed) this.#interrupted = true;
  }

  /** Nothing is in progress that a planner could be ahead of. */
  #emptyPipeline(): void {
    this.#batch.releaseEnded();
    this.#batch.endedBlocks = 0;
    this.#inbox.knownUntilSeconds = Infinity;
  }

  /** Cuts the leap in progress where the limit says. */
  #keepLimit(): void {
    this.#clock.cutAt(this.#limits[0]);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
  }

  #applyChange({ execution, kvBlocks }: EngineChange): void {
    this.#change = undefined;
    this.#clock.execution = execution;
    this.#batch.resize(kvBlocks);
    this.#interrupted = true;
  }

  /** Starts the next step or leap. */
  begin(): void {
    const batch = this.#batch;
    const { shape, sequences, queue } = batch;
    if (this.#change !== undefined) this.#applyChange(this.#change);
    if (this.#inbox.size > 0) this.#readInbox(this.#inbox.knownUntilSeconds);
    batch.form();
    let released = this.#plansAhead ? batch.releaseEnded() : 0;
    if (batch.isEmpty) {
      // Nothing is left to run ahead of, or everybody was preempted: the scheduler looks again, and
      // knows by now who has ended and who has come.
      this.#interrupted = true;
      this.#readInbox(Infinity);
      batch.form();
      released = 0;
      if (batch.isEmpty) return this.#starve();
    }
    const decoding = batch.decodes ? sequences.decoding : 0;
    shape.decodeSequences = decoding;
    shape.decodeContextTokens = decoding > 0 ? sequences.contextTokens : 0;
    if (this.#clock.execution.needsLongestContext) {
      shape.decodeLongestContextTokens = decoding > 0 ? sequences.longestContextTokens() : 0;
    }
    batch.speculation?.fill(shape, decoding > 0 ? batch.decodeTokens : 0);
    // Slots and blocks that have become free since the step was formed may admit somebody to the next.
    const mayAdmit = (released > 0 &&
      (queue.size > 0 || this.#inbox.size > 0 || batch.returning > 0)) ||
      (batch.speculation !== undefined && this.#asksAnew());
    const isFull = sequences.count >= batch.maxSequences;
    this.#keepsWaiting = isFull || queue.size > 0;
    this.#closed = isFull || (queue.isFirstComeFirstServed && queue.size > 0 &&
      this.#parts.strategy.passesOver !== true);
    const isSteady = !mayAdmit && (this.#closed || this.#inbox.size === 0);
    if (this.#plansAhead) this.#inbox.knownUntilSeconds = this.#run.clock.now;
    this.#clock.begin(isSteady, this.#interrupted || batch.madeRoom);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
    if (this.#limits.length > 0) this.#keepLimit();
    // After a preemption or a swap the next plan may admit, so the next step is a new leap.
    this.#interrupted = mayAdmit || batch.isUnsettled;
  }

  /**
   * Whether decodes alone may make room for a waiting request, by taking cached blocks that it would
   * keep: those of a prompt whose last one was computed again are not taken in their order.
   */
  #asksAnew(): boolean {
    const { speculation, cache, queue, sequences, maxSequences } = this.#batch;
    const { reservation, asksForWholePrompt } = this.#parts.strategy;
    return speculation!.parts.recomputesLastBlock && cache !== undefined && queue.size > 0 &&
      sequences.count < maxSequences && reservation === "chunk" && asksForWholePrompt !== true;
  }

  /** Nothing can be scheduled though requests are there: blocks that have left are waited for. */
  #starve(): void {
    if (this.#batch.blocks.detached === 0) {
      const { clock, ids } = this.#run;
      throw noProgress(this.#id, clock.now, this.#parts.strategy.name, this.#batch, ids);
    }
    this.#isStarved = true;
    if (this.#plansAhead) this.#emptyPipeline();
  }

  /** Ends the step or leap in progress, at {@link endAtSeconds}. */
  finish(): void {
    const batch = this.#batch;
    const now = this.endAtSeconds;
    const { shape, sequences, pool, lookahead } = batch;
    const { leap } = this.#clock;
    const { steps } = leap;
    if (this.#plansAhead) this.#inbox.knownUntilSeconds = leap.endAtSeconds(steps - 1);
    this.#clock.isStepping = false;
    const { meter } = this.readings;
    if (lookahead === undefined) {
      meter.addSteps(shape, steps);
      sequences.countBlocks(leap, steps, pool.used);
    } else lookahead.countBlocks(leap, steps, pool.used);
    this.readings.stepsEnd(this.ledger.outstanding);
    let { blockSeconds } = sequences;
    if (batch.endedBlocks > 0) {
      blockSeconds += batch.endedBlocks * (leap.endAtSeconds(1) - leap.startAtSeconds);
      batch.endedBlocks = 0;
    }
    meter.addTime(now - leap.startAtSeconds, blockSeconds, sequences.count);
    if (steps > 1) this.stepsLeapt += steps;
    else this.stepsSingle++;
    batch.account?.ends(batch, this.#clock, this.#keepsWaiting);
    if (steps > 1) pool.take(sequences.grownBlocks);
    if (lookahead !== undefined) lookahead.grow(steps);
    if (this.ledger.book(leap)) this.#interrupted = true;
    if (lookahead !== undefined) meter.addSteps(shape, steps, this.ledger.decodedTokens);
    const { observer } = this.#run;
    if (observer !== undefined) {
      observer.stepsEnd(this.#id, this.readings.observed(this.ledger.decodedTokens));
    }
    if (this.ledger.outstanding === 0) {
      if (this.#plansAhead) this.#emptyPipeline();
      batch.fallsIdle();
    }
    if (this.#limits.length > 0) this.#passLimits(now);
    this.endAtSeconds = Infinity;
    if (sequences.decoding === 0) this.#gaps.clear();
  }

  /**
   * Counts the gaps and blocks of the steps that have ended by `now` in a leap that the end of the
   * simulation cuts short. Nothing may follow.
   */
  settle(now: number): void {
    const ended = this.#clock.ahead(now);
    if (this.#clock.isStepping && this.#run.observer !== undefined) {
      const cutSince = this.#clock.leap.endAtSeconds(ended);
      if (cutSince < now) this.#run.observer.stepIsCut(this.#id, cutSince, now);
    }
    if (ended === 0) return;
    const isInStep = this.#clock.begun(now) > ended;
    this.#clock.leap.endAfter(ended);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
    this.finish();
    // The step in progress has its blocks.
    if (isInStep) this.#batch.pool.take(this.#batch.growth.needed);
  }

  /**
   * Gives up at `now`, in the middle of a step or a leap: the steps that have ended count, the one in
   * progress is lost. Adds all requests inside to `requests` and returns the tokens whose KV entries
   * are lost. Nothing may follow.
   */
  evict(now: number, requests: number[]): number {
    const { leap } = this.#clock;
    const { isStepping } = this.#clock;
    const ended = this.#clock.ahead(now);
    const stepSeconds = isStepping ? now - leap.endAtSeconds(ended) : 0;
    this.settle(now);
    const { pool, sequences, endedBlocks } = this.#batch;
    const used = pool.used + (ended === 0 ? endedBlocks : 0);
    this.readings.meter.addTime(stepSeconds, stepSeconds * used, sequences.count);
    this.#clock.isStepping = false;
    this.endAtSeconds = Infinity;
    this.#inbox.empty(Infinity, this.#batch);
    const lostTokens = this.#batch.evict(requests);
    this.ledger.clear();
    return lostTokens;
  }

  /** The instance has stopped: nobody asks the engine any more, and others may have its columns. */
  close(): void {
    this.#batch.cache?.close();
    this.#run.spare?.giveBack(this.#batch.sequences);
  }

  /** Moves the gaps of the steps that have ended by `now` in a leap in progress into `apart`. */
  splitGaps(now: number, apart: GapSketch): void {
    if (!this.#clock.isStepping || !this.#batch.decodes) return;
    if (this.#parts.strategy.holdsFinished) return;
    const ended = this.#clock.ahead(now);
    this.#gaps.addBegun(this.#clock.leap, ended, apart);
    const { decodeSequences } = this.#batch.shape;
    const together = this.readings.gainedTokens(now) - ended * decodeSequences;
    if (together > 0) this.#gaps.addBegunTogether(together, apart);
  }

  /** What the engine works on at `now`. */
  load(now: number): EngineLoad {
    return this.readings.load(now, this.ledger.outstanding, this.#inbox);
  }

  /** Tokens inside at `now`: prompts of all requests and the output tokens they have so far. */
  outstandingTokens(now: number): number {
    return this.ledger.tokensInside + this.readings.gainedTokens(now);
  }

  /** The batch may change: the leap in progress ends with the step under way. */
  #interrupt(isLate: boolean): void {
    // A planner ahead makes the change when it reads the inbox, a step later.
    if (!isLate) this.#interrupted = true;
    this.#clock.cut(isLate ? 1 : 0);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
  }
}
