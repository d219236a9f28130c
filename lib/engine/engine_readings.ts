import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { MeterTotals } from "../metrics/meter_totals.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import { SequenceState } from "./sequences.ts";
import type { StepClock } from "./step_clock.ts";
import { WorkMeter } from "./work_meter.ts";

/**
 * What routers, scaling policies and the time series read of an engine at any instant. In the middle
 * of a leap it is what single steps would show: the steps that have ended by then count.
 */
export class EngineReadings {
  /** Work of the steps that have ended for the engine. */
  readonly meter: WorkMeter;
  readonly #run: RunColumns;
  readonly #parts: EngineParts;
  /** Scratch for readings in the middle of a leap. */
  #peek: WorkMeter | undefined;
  readonly #batch: BatchBuilder;
  readonly #clock: StepClock;

  constructor(parts: EngineParts, run: RunColumns, batch: BatchBuilder, clock: StepClock) {
    this.#parts = parts;
    this.#run = run;
    this.#batch = batch;
    this.#clock = clock;
    this.meter = new WorkMeter(parts.work);
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
    const { pool, endedBlocks } = this.#batch;
    const isFirst = this.#clock.begun(now) <= 1;
    return pool.used + (isFirst ? endedBlocks : this.#grownBlocks(now));
  }

  /** KV blocks that the leap in progress has taken at `now` since its first step began. */
  #grownBlocks(now: number): number {
    const begun = this.#clock.begun(now);
    return begun > 1 ? this.#batch.sequences.blocksNeededThrough(begun - 1) : 0;
  }

  /** Tokens that the decode batch has gained at `now` since the step or leap in progress began. */
  gainedTokens(now: number): number {
    return this.#clock.ahead(now) * this.#batch.shape.decodeSequences;
  }

  /**
   * Adds what the KV blocks of the running sequences hold at `now` to `out`: tokens, and tokens that
   * they have room for. Shared blocks count for each of their sequences.
   */
  readKvTokens(now: number, out: KvTokens): void {
    const { sequences, pool, decodes } = this.#batch;
    const steps = decodes ? this.#clock.begun(now) : 0;
    for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
      if (sequences.state[slot] === SequenceState.ended) continue;
      const reserved = sequences.reservedBlocks[slot];
      let tokens = sequences.computedTokens(slot);
      let blocks = sequences.blocksHeld(slot);
      if (sequences.state[slot] === SequenceState.decode) {
        tokens += steps;
        if (reserved === 0) blocks = pool.blocksFor(tokens);
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
    let matched = cache.matchedBlocks(request, tokens);
    // Blocks that a leap has filled so far are free ones that have lost their identity. A router asks
    // all instances, most of which have nothing: the look at the leap is for the others.
    const grown = matched > 0 ? this.#grownBlocks(now) : 0;
    if (grown > 0) matched = cache.keptBlocks(request, matched, grown);
    return matched * pool.blockTokens;
  }

  /** Writes what has been done by `now` into `out`: whole steps, and the busy time to the instant. */
  readMeter(now: number, out: MeterTotals): void {
    if (!this.#clock.isStepping) return this.meter.read(out);
    const peek = this.#peek ??= new WorkMeter(this.#parts.work);
    peek.copyFrom(this.meter);
    const { pool, sequences, shape, endedBlocks } = this.#batch;
    const { leap } = this.#clock;
    const ahead = this.#clock.ahead(now);
    let used = pool.used;
    let blockSeconds = 0;
    if (ahead > 0) {
      peek.addSteps(shape, ahead);
      sequences.countBlocks(leap, ahead, used);
      blockSeconds = sequences.blockSeconds +
        endedBlocks * (leap.endAtSeconds(1) - leap.startAtSeconds);
      used += sequences.blocksNeededThrough(ahead);
    } else {
      used += endedBlocks;
    }
    blockSeconds += used * (now - leap.endAtSeconds(ahead));
    peek.addTime(now - leap.startAtSeconds, blockSeconds, sequences.count);
    peek.read(out);
  }
}
