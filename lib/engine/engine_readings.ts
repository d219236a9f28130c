import { type EngineLoad, noStep, type StepReading } from "../metrics/engine_load.ts";
import type { StepEnergy } from "../execution/power/step_energy.ts";
import type { ObservedSteps } from "../metrics/run_observer.ts";
import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { MeterTotals } from "../metrics/meter_totals.ts";
import type { SpeculationRecord } from "../metrics/run_record.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import type { Inbox } from "./inbox.ts";
import { entriesOf, type MovableReading, readMovable } from "./movable.ts";
import { SequenceState } from "./sequences.ts";
import type { StepClock } from "./step_clock.ts";
import { EnergyMeter } from "./energy_meter.ts";
import { WorkMeter } from "./work_meter.ts";

/**
 * What routers, scaling policies and the time series read of an engine at any instant. In the middle
 * of a leap it is what single steps would show: the steps that have ended by then count.
 */
export class EngineReadings {
  /** Work of the steps that have ended for the engine. */
  readonly meter: WorkMeter;
  /** Energy of those steps; absent: nobody asks. */
  readonly energy: EnergyMeter | undefined;
  /** What has been drafted and accepted; absent: the engine does not speculate. */
  readonly speculation: SpeculationRecord | undefined;
  readonly #run: RunColumns;
  readonly #parts: EngineParts;
  /** Scratch for readings in the middle of a leap. */
  #peek: WorkMeter | undefined;
  readonly #batch: BatchBuilder;
  readonly #clock: StepClock;
  readonly #inbox: Inbox;
  /** The step that an event ended last; absent where nobody reads it. */
  #lastStep: StepReading | undefined;
  /** The steps that ended last, as an observer is told of them; absent without one. */
  readonly #observed: { -readonly [Key in keyof ObservedSteps]: number } | undefined;

  /** @param inbox Requests that the scheduler does not know of yet. */
  constructor(
    parts: EngineParts,
    run: RunColumns,
    batch: BatchBuilder,
    clock: StepClock,
    inbox: Inbox,
  ) {
    this.#inbox = inbox;
    this.#parts = parts;
    this.#run = run;
    this.speculation = batch.speculation;
    this.#batch = batch;
    this.#clock = clock;
    this.meter = new WorkMeter(parts.work, batch.speculation);
    this.energy = parts.power && new EnergyMeter(parts.power, parts.work, batch.speculation);
    this.#observed = run.observer && noSteps();
  }

  /** Sequences in the batch. */
  get running(): number {
    return this.#batch.running;
  }

  /** KV blocks of the engine. */
  get kvBlocks(): number {
    return this.#batch.pool.capacity;
  }

  /** Most KV blocks in use so far. */
  get peakBlocks(): number {
    return this.#batch.pool.peakUsed;
  }

  /** KV blocks in use at `now`. */
  usedBlocks(now: number): number {
    const { pool, endedBlocks, growth } = this.#batch;
    const begun = this.#clock.begun(now);
    return pool.used + (begun <= 1 ? endedBlocks : growth.neededThrough(begun - 1));
  }

  /** KV blocks that the leap in progress has taken at `now` since its first step began. */
  #grownBlocks(now: number): number {
    const begun = this.#clock.begun(now);
    return begun > 1 ? this.#batch.growth.neededThrough(begun - 1) : 0;
  }

  /** Tokens that the decode batch has gained at `now` since the step or leap in progress began. */
  gainedTokens(now: number): number {
    return this.#tokensIn(this.#clock.ahead(now)) * this.#batch.shape.decodeSequences;
  }

  /** Tokens that a decoding sequence gains in the first steps of the leap in progress. */
  #tokensIn(steps: number): number {
    return this.#batch.speculation?.tokensIn(steps) ?? steps;
  }

  /** Tokens of a decoding request whose KV entries exist at `now`; -1 where it does not decode here. */
  entriesOf(request: number, now: number): number {
    return entriesOf(this.#batch.sequences, request, this.#gainedEach(now));
  }

  /**
   * What may move at `now`.
   *
   * @param outstanding Requests inside.
   * @param isExcluded Whether a request is to stay.
   */
  movable(
    now: number,
    outstanding: number,
    isExcluded: (request: number) => boolean,
  ): MovableReading {
    const gained = this.#gainedEach(now);
    const used = this.usedBlocks(now);
    return readMovable(
      { batch: this.#batch, inbox: this.#inbox, run: this.#run },
      ...[gained, used, outstanding, isExcluded] as const,
    );
  }

  /** Requests that wait for a place in the batch, whether the scheduler knows of them or not. */
  queued(): number[] {
    const requests: number[] = [];
    const add = (request: number) => requests.push(request);
    this.#batch.queue.forEach(add);
    this.#inbox.forEachWithout(add);
    // Where each stands is a matter of the stepping mode.
    return requests.sort((one, other) => one - other);
  }

  /** Requests in the batch for which something holds. */
  count(holds: (request: number) => boolean): number {
    const { first, next, request } = this.#batch.sequences;
    let count = 0;
    for (let slot = first; slot >= 0; slot = next[slot]) if (holds(request[slot])) count++;
    return count;
  }

  /** Tokens that each decoding sequence has gained by `now` in the leap in progress. */
  #gainedEach(now: number): number {
    return this.#batch.decodes ? Math.floor(this.#tokensIn(this.#clock.ahead(now))) : 0;
  }

  /**
   * Adds what the KV blocks of the running sequences hold at `now` to `out`: tokens, and tokens that
   * they have room for. Shared blocks count for each of their sequences.
   */
  readKvTokens(now: number, out: KvTokens): void {
    const { sequences, pool, decodes } = this.#batch;
    const gained = decodes ? this.#tokensIn(this.#clock.begun(now)) : 0;
    for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
      if (sequences.state[slot] === SequenceState.ended) continue;
      const reserved = sequences.reservedBlocks[slot];
      let tokens = sequences.computedTokens(slot);
      let blocks = sequences.blocksHeld(slot);
      if (sequences.state[slot] === SequenceState.decode) {
        tokens += gained;
        if (reserved === 0) blocks = Math.max(blocks, pool.blocksFor(tokens));
      } else if (sequences.state[slot] === SequenceState.held) {
        // The padding of a static batch is not worth keeping.
        const { outputLimit } = this.#run;
        const request = sequences.request[slot];
        tokens = sequences.targetTokens[slot] + outputLimit[request] -
          sequences.generatedAtJoin[slot];
      }
      out.tokens += tokens;
      out.room += blocks * pool.blockTokens;
    }
  }

  /** Leading prompt tokens of `request` that the prefix cache holds at `now`. */
  cachedPrefixTokens(request: number, now: number): number {
    if (this.#batch.cache === undefined) return 0;
    const { cache, pool } = this.#batch;
    const tokens = this.#run.columns.promptTokens[request] - 1;
    const matched = cache.matchedBlocks(request, tokens);
    return this.#kept(request, matched, now) * pool.blockTokens;
  }

  /** Those of matched blocks that the leap in progress, which fills free ones, has not taken so far. */
  #kept(request: number, matched: number, now: number): number {
    const { cache, growth } = this.#batch;
    const { isStepping, leap } = this.#clock;
    if (matched === 0 || !isStepping || leap.steps <= 1) return matched;
    // A router asks many instances: how far a leap is, is looked at where all of it would matter.
    const most = growth.neededThrough(leap.steps - 1);
    if (most === 0 || cache!.keptBlocks(request, matched, most) === matched) return matched;
    const grown = this.#grownBlocks(now);
    return grown > 0 ? cache!.keptBlocks(request, matched, grown) : matched;
  }

  /** Writes what has been done by `now` into `out`: whole steps, and the busy time to the instant. */
  readMeter(now: number, out: MeterTotals): void {
    if (this.energy !== undefined) this.#readEnergy(this.energy, now, out);
    if (!this.#clock.isStepping) return this.meter.read(out);
    const { pool, sequences, growth, shape, speculation, endedBlocks } = this.#batch;
    const peek = this.#peek ??= new WorkMeter(this.#parts.work, speculation);
    peek.copyFrom(this.meter);
    const { leap } = this.#clock;
    const ahead = this.#clock.ahead(now);
    let used = pool.used;
    let blockSeconds = 0;
    if (ahead > 0) {
      peek.addSteps(shape, ahead, this.gainedTokens(now));
      growth.countBlocks(leap, ahead, used);
      blockSeconds = sequences.blockSeconds +
        endedBlocks * (leap.endAtSeconds(1) - leap.startAtSeconds);
      used += growth.neededThrough(ahead);
    } else {
      used += endedBlocks;
    }
    blockSeconds += used * (now - leap.endAtSeconds(ahead));
    peek.addTime(now - leap.startAtSeconds, blockSeconds, sequences.count);
    peek.read(out);
  }

  /** Writes the energy of the steps that have ended by `now`, and of what has passed of the next. */
  #readEnergy(energy: EnergyMeter, now: number, out: MeterTotals): void {
    const sum = { joules: energy.joules, limitedSeconds: energy.limitedSeconds };
    if (this.#clock.isStepping) {
      const { leap } = this.#clock;
      const ahead = this.#clock.ahead(now);
      energy.addSteps(this.#batch.shape, leap, ahead, sum);
      this.#addPart(energy, now, ahead, sum);
    }
    out.stepJoules = sum.joules;
    out.limitedSeconds = sum.limitedSeconds;
  }

  #addPart(energy: EnergyMeter, now: number, ahead: number, sum: StepEnergy): void {
    const { leap } = this.#clock;
    energy.addPart(this.#batch.shape, leap, ahead, now - leap.endAtSeconds(ahead), sum);
  }

  /** The step in progress at `now` is given up: what it has drawn so far counts. */
  stepIsLost(now: number): void {
    const { energy } = this;
    if (energy === undefined || !this.#clock.isStepping) return;
    this.#addPart(energy, now, this.#clock.ahead(now), energy);
  }

  /** Has the engine keep what its last step was, for {@link load}. */
  keepSteps(): void {
    this.#lastStep = noStep();
  }

  /**
   * The steps in progress end, whose shape still stands in the batch.
   *
   * @param outstanding Requests inside.
   */
  stepsEnd(outstanding: number): void {
    if (this.#lastStep !== undefined) this.#readStep(this.#clock.leap.steps, this.#lastStep);
    if (this.#observed === undefined) return;
    const { shape, running, growth, pool, endedBlocks } = this.#batch;
    const { leap } = this.#clock;
    const observed = this.#observed;
    observed.startAtSeconds = leap.startAtSeconds;
    observed.endAtSeconds = leap.endsAtSeconds;
    observed.steps = leap.steps;
    observed.prefillSequences = shape.chunkCount;
    observed.prefillTokens = 0;
    for (let i = 0; i < shape.chunkCount; i++) observed.prefillTokens += shape.chunkTokens[i];
    observed.decodeSequences = shape.decodeSequences;
    observed.decodeTokens = leap.steps * shape.decodeSequences;
    observed.running = running;
    observed.waiting = outstanding - running;
    // Blocks of those that have ended are there in the first step, those that grow in the last one.
    const grown = leap.steps > 1 ? growth.neededThrough(leap.steps - 1) : 0;
    observed.kvBlocks = pool.used + Math.max(endedBlocks, grown);
  }

  /**
   * Tells the observer, if there is one, of the steps that ended last, as those of an instance.
   *
   * @param decodedTokens Output tokens of their decodes, where drafts are verified.
   */
  tell(instance: number, decodedTokens: number): void {
    const observed = this.#observed;
    if (observed === undefined) return;
    if (this.speculation !== undefined) observed.decodeTokens = decodedTokens;
    this.#run.observer!.stepsEnd(instance, observed);
  }

  /** Tells it of the step that the end of the run cuts at `now`, the next one after `ended` steps. */
  tellOfCut(instance: number, ended: number, now: number): void {
    const { observer } = this.#run;
    if (observer === undefined) return;
    const cutSince = this.#clock.leap.endAtSeconds(ended);
    if (cutSince < now) observer.stepIsCut(instance, cutSince, now);
  }

  /** Writes the step that is the `count`-th one of the leap in progress into `out`. */
  #readStep(count: number, out: StepReading): void {
    const { shape } = this.#batch;
    const { firstStepSeconds, incrementSeconds } = this.#clock.leap;
    out.seconds = firstStepSeconds + incrementSeconds * (count - 1);
    out.prefillSequences = shape.chunkCount;
    out.prefillTokens = 0;
    for (let i = 0; i < shape.chunkCount; i++) out.prefillTokens += shape.chunkTokens[i];
    out.decodeSequences = shape.decodeSequences;
    out.decodeContextTokens = shape.decodeContextTokens + shape.decodeSequences * (count - 1);
  }

  /**
   * What the engine works on at `now`.
   *
   * @param outstanding Requests inside.
   */
  load(now: number, outstanding: number): EngineLoad {
    const batch = this.#batch;
    const { columns: { promptTokens }, generated } = this.#run;
    const { blockTokens, capacity } = batch.pool;
    const load: EngineLoad = {
      running: batch.running,
      waiting: outstanding - batch.running,
      waitingPromptTokens: 0,
      waitingDecodeTokens: 0,
      kvTokens: this.usedBlocks(now) * blockTokens,
      kvCapacityTokens: capacity * blockTokens,
      step: noStep(),
    };
    const waits = (request: number) => {
      const tokens = promptTokens[request] + generated[request];
      if (generated[request] === 0) load.waitingPromptTokens += tokens;
      else load.waitingDecodeTokens += tokens;
    };
    batch.queue.forEach(waits);
    this.#inbox.forEach(waits);
    if (outstanding === 0 || this.#lastStep === undefined) return load;
    const ahead = this.#clock.ahead(now);
    if (ahead > 0) this.#readStep(ahead, load.step);
    else Object.assign(load.step, this.#lastStep);
    return load;
  }
}

/** No steps, as an observer would be told of them. */
function noSteps(): { -readonly [Key in keyof ObservedSteps]: number } {
  return {
    startAtSeconds: 0,
    endAtSeconds: 0,
    steps: 0,
    prefillSequences: 0,
    prefillTokens: 0,
    decodeSequences: 0,
    decodeTokens: 0,
    running: 0,
    waiting: 0,
    kvBlocks: 0,
  };
}
