import type { EngineLoad } from "../metrics/engine_load.ts";
import type { GapSketch } from "../stats/gap_sketch.ts";
import { leaveLoading } from "./admit.ts";
import { asksAnew } from "./asks_anew.ts";
import { BatchBuilder } from "./batch_builder.ts";
import type { EngineChange, EngineParts, RunColumns } from "./engine_parts.ts";
import { EngineReadings } from "./engine_readings.ts";
import { EngineTiers } from "./engine_tiers.ts";
import { Inbox } from "./inbox.ts";
import type { KvTiersOfEngine } from "./kv_tiers_of_engine.ts";
import { fillDecodes, meterLostStep, meterSteps } from "./meter_steps.ts";
import { noProgress, notDetachable } from "./no_progress.ts";
import { requireEntries } from "./require_entries.ts";
import { SequenceBlocks } from "./sequence_blocks.ts";
import { sequencesOf } from "./spare_sequences.ts";
import { splitGaps } from "./split_gaps.ts";
import { StepClock } from "./step_clock.ts";
import { StepLimits } from "./step_limits.ts";
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
  /** Whether the batch may change at the next step boundary. */
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
  readonly #limits = new StepLimits();
  /** Cache tiers behind its prefix cache; absent: there are none. */
  readonly #tiers: EngineTiers | undefined;

  constructor(id: number, parts: EngineParts, run: RunColumns, tiers?: KvTiersOfEngine) {
    this.#id = id;
    this.#parts = parts;
    this.#plansAhead = parts.asyncScheduling === true;
    this.#run = run;
    const sequences = sequencesOf(parts, run.spare);
    const blocks = new SequenceBlocks(parts, sequences, run.prefixes, id, tiers);
    this.#gaps = new TokenGaps(run.gaps, sequences, run.columns);
    this.#batch = new BatchBuilder(parts, run, blocks, this.#gaps, tiers);
    this.#tiers = tiers && new EngineTiers(this.#batch, tiers, this.#batch.loading!);
    this.#clock = new StepClock(parts, this.#batch, run.clock);
    this.ledger = new TokenLedger(parts, run, this.#batch, this.#gaps);
    this.readings = new EngineReadings(parts, run, this.#batch, this.#clock, this.#inbox);
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
    this.#takeOver(request, kvTokens, false);
  }

  /**
   * Announces a request that is to be received: it takes KV blocks once there are some and nobody waits
   * who was here before, which {@link RunColumns.pulls} is told; when its entries have been sent,
   * {@link arrive} lets it decode. Parameter and errors are those of {@link receive}.
   */
  expect(request: number, kvTokens: number): void {
    this.#takeOver(request, kvTokens, true);
  }

  #takeOver(request: number, kvTokens: number, areToCome: boolean): void {
    requireEntries(this.#run, this.#parts.strategy, request, kvTokens);
    if (this.#isLate) this.#inbox.push(request, this.#run.clock.now, kvTokens, areToCome);
    else if (areToCome) this.#batch.expect(request, kvTokens);
    else this.#batch.receive(request, kvTokens);
    this.ledger.enter(request);
    this.#isStarved = false;
    if (this.#clock.isStepping) this.#interrupt(this.#plansAhead);
  }

  /** The KV entries of an expected request are here. @throws {RangeError} If it has no blocks. */
  arrive(request: number): void {
    this.#batch.expected.arrive(request, this.#run.clock.now);
    this.#isStarved = false;
    if (this.#clock.isStepping) this.#interrupt(this.#isLate);
  }

  /** Requests that were detached and whose KV blocks are not let go yet. */
  get detached(): number {
    return this.#batch.blocks.detached;
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
      throw notDetachable(this.#id, this.#run.clock.now, this.#clock.isStepping, request);
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
    const { isStepping } = this.#clock;
    if (
      this.#inbox.remove(request) || this.#batch.leaveQueue(request, isStepping) ||
      leaveLoading(this.#batch, request, isStepping)
    ) {
      this.ledger.leave(request);
      // Whoever waited behind it may be admitted to the next step.
      if (this.#clock.isStepping) this.#interrupt(false);
      else this.#interrupted = true;
      if (this.ledger.outstanding === 0) this.#emptyPipeline();
    } else {
      if (this.#clock.isStepping || this.#parts.strategy.holdsFinished) return false;
      this.detach(request);
      if (this.#batch.tiers?.isStoring(request) !== true) this.letGo(request);
    }
    return true;
  }

  /** The blocks that a request waits for have come from a cache tier. */
  loaded(request: number): void {
    this.#tiers!.come(request, this.#run.clock.now);
    this.#isStarved = false;
    if (this.#clock.isStepping) this.#interrupt(this.#plansAhead);
  }

  /** The blocks of a request are read no more: if it is over, they are free. */
  stored(request: number): void {
    if (this.#batch.blocks.isDetached(request)) this.letGo(request);
  }

  /** Frees the KV blocks of a detached request, as of the step's end. @throws {RangeError} If none. */
  letGo(request: number): void {
    this.#batch.blocks.letGo(request, this.#clock.isStepping);
    this.#isStarved = false;
    if (this.#clock.isStepping) this.#interrupt(false);
    else this.#interrupted = true;
  }

  /** Ends the leap in progress then with the first step that ends at `untilSeconds` or later. */
  limit(untilSeconds: number): void {
    this.#limits.add(untilSeconds);
    if (this.#clock.isStepping) this.#keepLimit();
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
    if (this.#batch.expected.learn(until) > 0) this.#interrupted = true;
    const hadEntries = this.#inbox.hasEntries;
    const count = this.#inbox.empty(until, this.#batch);
    if (count > 0 && (!this.#closed || hadEntries)) this.#interrupted = true;
  }

  /** Nothing is in progress that a planner could be ahead of. */
  #emptyPipeline(): void {
    this.#batch.releaseEnded();
    this.#batch.endedBlocks = 0;
    this.#inbox.knownUntilSeconds = Infinity;
  }

  #keepLimit(): void {
    this.#clock.cutAt(this.#limits.firstSeconds);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
  }

  /** Starts the next step or leap. */
  begin(): void {
    const batch = this.#batch;
    const { sequences, expected } = batch;
    if (this.#change !== undefined) {
      this.#clock.execution = this.#change.execution;
      batch.resize(this.#change.kvBlocks);
      this.#change = undefined;
      this.#interrupted = true;
    }
    if (this.#inbox.size > 0 || expected.count > 0) this.#readInbox(this.#inbox.knownUntilSeconds);
    if (this.#tiers?.know(this.#inbox.knownUntilSeconds)) this.#interrupted = true;
    batch.form();
    let released = this.#plansAhead ? batch.releaseEnded() : 0;
    if (batch.isEmpty) {
      // Nothing is left to run ahead of, or everybody was preempted: the scheduler looks again, and
      // knows by now who has ended and who has come.
      this.#interrupted = true;
      this.#readInbox(Infinity);
      this.#tiers?.know(Infinity);
      batch.form();
      released = 0;
      if (batch.isEmpty) return this.#starve();
    }
    fillDecodes(batch, this.#clock.execution);
    // Slots and blocks that have become free since the step was formed may admit somebody to the next.
    const mayAdmit = (released > 0 &&
      (batch.waiting > 0 || this.#inbox.size > 0 || batch.returning > 0)) ||
      (batch.speculation !== undefined && asksAnew(batch, this.#parts.strategy));
    const isFull = sequences.count >= batch.maxSequences;
    this.#keepsWaiting = isFull || batch.waiting > 0;
    this.#closed = isFull || (batch.holdsBack && batch.waiting > 0);
    const isSteady = !mayAdmit && !this.#inbox.hasEntries && !expected.isAnyLate &&
      this.#tiers?.isAnyUnknown !== true && (this.#closed || this.#inbox.size === 0);
    if (this.#plansAhead) this.#inbox.knownUntilSeconds = this.#run.clock.now;
    if (this.#tiers?.stepBegins()) this.#interrupted = true;
    this.#clock.begin(isSteady, this.#interrupted || batch.madeRoom);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
    if (this.#limits.size > 0) this.#keepLimit();
    // After a preemption or a swap the next plan may admit, so the next step is a new leap.
    this.#interrupted = mayAdmit || batch.isUnsettled;
  }

  /**
   * Nothing can be scheduled though requests are there: blocks that have left are waited for, and those
   * that are on their way.
   */
  #starve(): void {
    this.#tiers?.stepBegins();
    const { blocks, expected, loading } = this.#batch;
    if (blocks.detached + expected.onTheirWay + (loading?.loading ?? 0) === 0) {
      if (this.#tiers?.yieldsLast()) return this.begin();
      const { clock, ids } = this.#run;
      throw noProgress(this.#id, clock.now, this.#parts.strategy.name, this.#batch, ids);
    }
    this.#isStarved = true;
    if (this.#plansAhead) this.#emptyPipeline();
  }

  /** Ends the step or leap in progress, at {@link endAtSeconds}, or what of it is over. */
  finish(isWhole = true): void {
    const batch = this.#batch;
    const now = this.endAtSeconds;
    const { shape, sequences, pool, lookahead } = batch;
    const { leap, leap: { steps } } = this.#clock;
    if (this.#plansAhead) this.#inbox.knownUntilSeconds = leap.endAtSeconds(steps - 1);
    this.#clock.isStepping = false;
    meterSteps(batch, this.readings, leap, this.ledger.outstanding);
    this.readings.energy?.addSteps(shape, leap, steps);
    if (steps > 1) this.stepsLeapt += steps;
    else this.stepsSingle++;
    const { account } = batch;
    if (account !== undefined) {
      const isPlain = shape.chunkCount === 0 && !this.#keepsWaiting && sequences.prefilling === 0 &&
        batch.swapSeconds === 0;
      if (isPlain) account.block = -1;
      else account.ends(batch, this.#clock, this.#keepsWaiting);
    }
    if (steps > 1) pool.take(sequences.grownBlocks);
    if (lookahead !== undefined) lookahead.grow(steps);
    this.#tiers?.offerComputed();
    if (this.ledger.book(leap)) this.#interrupted = true;
    if (lookahead !== undefined) {
      this.readings.meter.addSteps(shape, steps, this.ledger.decodedTokens);
    }
    this.readings.tell(this.#id, this.ledger.decodedTokens);
    if (this.ledger.outstanding === 0 && this.#plansAhead) this.#emptyPipeline();
    if (this.ledger.outstanding === 0) batch.fallsIdle();
    if (isWhole && batch.blocks.hasLate && batch.blocks.freeLate()) this.#interrupted = true;
    if (this.#limits.size > 0 && this.#limits.pass(now)) this.#interrupted = true;
    this.endAtSeconds = Infinity;
    if (sequences.decoding === 0) this.#gaps.clear();
  }

  /** Counts the steps that have ended by `now` in a leap that is cut short. Nothing may follow. */
  settle(now: number): void {
    const ended = this.#clock.ahead(now);
    if (this.#clock.isStepping) this.readings.tellOfCut(this.#id, ended, now);
    if (ended === 0) return;
    const isInStep = this.#clock.begun(now) > ended;
    this.#clock.leap.endAfter(ended);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
    this.finish(!isInStep);
    // The step in progress has its blocks.
    if (isInStep) this.#batch.pool.take(this.#batch.growth.needed);
  }

  /**
   * Gives up at `now`, in the middle of a step or a leap: the steps that have ended count, the one in
   * progress is lost. Adds all requests inside to `requests` and returns the tokens whose KV entries
   * are lost. Nothing may follow.
   */
  evict(now: number, requests: number[]): number {
    const { leap, isStepping } = this.#clock;
    const ended = this.#clock.ahead(now);
    const stepSeconds = isStepping ? now - leap.endAtSeconds(ended) : 0;
    this.readings.stepIsLost(now);
    this.settle(now);
    meterLostStep(this.#batch, this.readings, stepSeconds, ended === 0);
    this.#clock.isStepping = false;
    this.endAtSeconds = Infinity;
    this.#inbox.empty(Infinity, this.#batch);
    this.ledger.clear();
    return this.#batch.evict(requests);
  }

  /** The instance has stopped: nobody asks the engine any more, and others may have its columns. */
  close(): void {
    this.#batch.cache?.close();
    this.#run.spare?.giveBack(this.#batch.sequences);
  }

  /** Moves the gaps of the steps that have ended by `now` in a leap in progress into `apart`. */
  splitGaps(now: number, apart: GapSketch): void {
    if (this.#parts.strategy.holdsFinished) return;
    splitGaps(this.#batch, this.#clock, this.#gaps, this.readings, now, apart);
  }

  /** What the engine works on at `now`. */
  load(now: number): EngineLoad {
    return this.readings.load(now, this.ledger.outstanding);
  }

  /** Tokens inside at `now`: prompts of all requests and the output tokens they have so far. */
  outstandingTokens(now: number): number {
    return this.ledger.tokensInside + this.readings.gainedTokens(now);
  }

  /** The batch may change: the leap in progress ends with the step under way. */
  #interrupt(isLate: boolean): void {
    // A planner ahead reads the inbox a step later, but knows what came as the step began.
    if (!isLate) this.#interrupted = true;
    this.#clock.cut(isLate && this.#run.clock.now > this.#clock.leap.startAtSeconds ? 1 : 0);
    this.endAtSeconds = this.#clock.leap.endsAtSeconds;
  }
}
