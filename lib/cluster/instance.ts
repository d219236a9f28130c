import type { DecodeLine } from "../execution/execution_time_model.ts";
import { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import type { KvTokens } from "../metrics/kv_tokens.ts";
import { DecodeRun, toTick } from "./leap.ts";
import { SequenceState } from "./sequences.ts";
import { TokenGaps } from "./token_gaps.ts";
import type { MeterTotals } from "../metrics/meter_totals.ts";
import { WorkMeter } from "./work_meter.ts";

/**
 * The engine of one instance: queue in, batches through the execution model, finished requests out.
 *
 * Protocol of the cluster loop: `enqueue` at arrivals; when {@link needsPlan}, `begin` at the end of
 * the instant; `finish` when {@link endAtSeconds} comes. After `finish`, the requests that ended
 * stand in `finished[0 .. finishedCount)`.
 */
export class Engine {
  /** Requests waiting, running or swapped out. */
  outstanding = 0;
  /** Prompt tokens of the requests inside that have had no token yet. */
  promptTokensAhead = 0;
  /** End of the step or run in progress, seconds; Infinity when idle. */
  endAtSeconds = Infinity;
  /** Requests that ended in the step that finished last. */
  finished = new Int32Array(64);
  finishedCount = 0;
  /** Steps taken as part of a leap, and singly. */
  stepsLeapt = 0;
  stepsSingle = 0;

  readonly #parts: EngineParts;
  readonly #run: RunColumns;
  readonly #batch: BatchBuilder;
  readonly #gaps: TokenGaps;
  readonly #meter: WorkMeter;
  /** Scratch for readings in the middle of a run. */
  readonly #peek: WorkMeter;
  readonly #line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  /** The decode steps in progress; one step when there are prefill chunks beside them. */
  readonly #decode = new DecodeRun();
  /** Whether the batch may change at the next step boundary, so that a run must not go on. */
  #interrupted = true;
  /** Whether a request that joins the queue now cannot be admitted before somebody leaves. */
  #closed = false;
  #stepping = false;
  /** Prompt and output tokens of the requests inside, as of the last step's end. */
  #tokensInside = 0;
  /** Sequences that have ended and wait for their static batch. */
  #heldCount = 0;
  /** End of the last decode step, seconds. */
  #lastDecodeAtSeconds = 0;
  /** Asynchronous scheduling: requests that came too late for the next plan, and when they came. */
  readonly #inbox: number[] = [];
  readonly #inboxAtSeconds: number[] = [];
  /** Slots that joined the decode batch since its last step. */
  readonly #fresh: Int32Array;
  #freshCount = 0;
  /** Step mode: start of the run of equal batches and the seconds its steps have taken. */
  #anchorAtSeconds = 0;
  #elapsedSeconds = 0;

  constructor(parts: EngineParts, run: RunColumns) {
    this.#parts = parts;
    this.#run = run;
    this.#batch = new BatchBuilder(parts, run);
    this.#gaps = new TokenGaps(run.gaps);
    this.#fresh = new Int32Array(parts.maxSequences);
    this.#meter = new WorkMeter(parts.work);
    this.#peek = new WorkMeter(parts.work);
    this.#batch.onJoin = (slot) => {
      this.#fresh[this.#freshCount++] = slot;
      this.#batch.sequences.firstRun[slot] = this.#gaps.nextRun;
    };
    this.#batch.onPreempt = (slot) => this.#suspendGaps(slot);
  }

  /** Whether `begin` is due: requests are there and no step is in progress. */
  get needsPlan(): boolean {
    return !this.#stepping && this.outstanding > 0;
  }

  /** Adds a request; a run in progress is cut at the end of its present step if it may join. */
  enqueue(request: number, now: number): void {
    const { queue } = this.#batch;
    if (this.#parts.asyncScheduling && this.#stepping) {
      this.#inbox.push(request);
      this.#inboxAtSeconds.push(now);
    } else {
      queue.push(request);
    }
    this.outstanding++;
    this.#tokensInside += this.#run.columns.promptTokens[request];
    this.promptTokensAhead += this.#run.columns.promptTokens[request];
    if (this.#stepping && !this.#closed) this.#cut(now);
  }

  /** Lets the scheduler see the requests that came before `until`. */
  #readInbox(until: number): void {
    let count = 0;
    while (count < this.#inbox.length && this.#inboxAtSeconds[count] <= until) {
      this.#batch.queue.push(this.#inbox[count++]);
    }
    this.#inbox.splice(0, count);
    this.#inboxAtSeconds.splice(0, count);
    if (count > 0 && !this.#closed) this.#interrupted = true;
  }

  /** Starts the next step or run at `now`. */
  begin(now: number): void {
    const batch = this.#batch;
    const { shape, sequences, pool } = batch;
    batch.form(now);
    if (batch.isEmpty && this.#inbox.length > 0) {
      // Nothing is left to run ahead of: the request is taken as soon as the engine is idle.
      this.#readInbox(Infinity);
      batch.form(now);
    }
    if (batch.isEmpty) {
      throw new RangeError(
        `Cannot make progress at ${now} s: request ${batch.queue.peek()} does not fit into ${pool.capacity} KV blocks, current value of free is ${pool.free}`,
      );
    }
    const decoding = batch.decodes ? sequences.decoding : 0;
    shape.decodeSequences = decoding;
    shape.decodeContextTokens = decoding > 0 ? sequences.contextTokens : 0;
    if (this.#parts.execution.needsLongestContext) {
      shape.decodeLongestContextTokens = decoding > 0 ? sequences.longestContextTokens() : 0;
    }
    if (decoding > 0) pool.take(sequences.blocksNeeded);
    this.#stepping = true;
    const { queue } = batch;
    this.#closed = sequences.count >= batch.maxSequences ||
      (queue.isFirstComeFirstServed && queue.size > 0);
    if (shape.chunkCount > 0 || this.#parts.stepping === "step" || !this.#leap(now)) {
      this.#single(now);
    }
    // After a preemption or a swap the next plan may admit, so the next step is a new run.
    this.#interrupted = batch.preempted > 0 || batch.swappedIn > 0;
  }

  /** Ends the step or run in progress at `now`. */
  finish(now: number): void {
    const batch = this.#batch;
    const { shape, sequences, pool } = batch;
    const { steps } = this.#decode;
    this.finishedCount = 0;
    if (this.#inbox.length > 0) this.#readInbox(this.#decode.endAtSeconds(steps - 1));
    this.#stepping = false;
    this.endAtSeconds = Infinity;
    const run = this.#decode;
    this.#countSteps(this.#meter, steps);
    this.#meter.addTime(
      now - run.startAtSeconds,
      steps > 1 ? sequences.blockSeconds(run, steps, pool.used) : pool.used * run.firstStepSeconds,
    );
    if (steps > 1) this.stepsLeapt += steps;
    else this.stepsSingle++;
    if (shape.decodeSequences > 0) {
      if (steps > 1) pool.take(sequences.grownBlocks);
      this.#finishDecode(now);
    }
    if (shape.chunkCount > 0) this.#finishChunks(now);
    if (sequences.decoding === 0) this.#gaps.clear();
  }

  /**
   * Counts the gaps and blocks of the steps that have ended by `now` in a run that the end of the
   * simulation cuts short. Nothing may follow.
   */
  settle(now: number): void {
    const ended = this.#stepping ? this.#ahead(now) : 0;
    if (ended === 0) return;
    this.#decode.steps = ended;
    this.finish(this.#decode.endAtSeconds(ended));
    // The step in progress has its blocks.
    this.#batch.pool.take(this.#batch.sequences.blocksNeeded);
  }

  /** KV blocks in use at `now`. */
  usedBlocks(now: number): number {
    const { pool, sequences } = this.#batch;
    const ahead = this.#stepping ? this.#ahead(now) : 0;
    return pool.used + (ahead > 0 ? sequences.blocksNeededThrough(ahead) : 0);
  }

  /** KV blocks of the engine. */
  get kvBlocks(): number {
    return this.#batch.pool.capacity;
  }

  /** Tokens inside at `now`: prompts of all requests and the output tokens they have so far. */
  outstandingTokens(now: number): number {
    if (!this.#stepping) return this.#tokensInside;
    return this.#tokensInside + this.#ahead(now) * this.#batch.shape.decodeSequences;
  }

  /**
   * Adds what the KV blocks of the running sequences hold at `now` to `out`: tokens, and tokens that
   * they have room for. Shared blocks count for each of their sequences.
   */
  readKvTokens(now: number, out: KvTokens): void {
    const { sequences, pool } = this.#batch;
    const steps = this.#stepping && this.#batch.decodes ? this.#ahead(now) + 1 : 0;
    for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
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

  /** Sequences in the batch. */
  get running(): number {
    return this.#batch.sequences.count;
  }

  /** Most KV blocks in use so far. */
  get peakBlocks(): number {
    return this.#batch.pool.peakUsed;
  }

  /** Leading prompt tokens of `request` that the prefix cache holds. */
  cachedPrefixTokens(request: number): number {
    const { cache, pool } = this.#batch;
    if (!cache) return 0;
    const tokens = this.#run.columns.promptTokens[request] - 1;
    return cache.matchedBlocks(request, tokens) * pool.blockTokens;
  }

  /** Writes what has been done by `now` into `out`: whole steps, and the busy time to the instant. */
  readMeter(now: number, out: MeterTotals): void {
    if (!this.#stepping) return this.#meter.read(out);
    const peek = this.#peek;
    peek.copyFrom(this.#meter);
    const { pool, sequences } = this.#batch;
    const run = this.#decode;
    const ahead = this.#ahead(now);
    let used = pool.used;
    let blockSeconds = 0;
    if (ahead > 0) {
      this.#countSteps(peek, ahead);
      blockSeconds = sequences.blockSeconds(run, ahead, used);
      used += sequences.blocksNeededThrough(ahead);
    }
    blockSeconds += used * (now - run.endAtSeconds(ahead));
    peek.addTime(now - run.startAtSeconds, blockSeconds);
    peek.read(out);
  }

  /** Steps of the run in progress that have ended by `now`. */
  #ahead(now: number): number {
    const run = this.#decode;
    return run.steps > 1 ? Math.min(run.stepsDoneBy(now), run.steps - 1) : 0;
  }

  /** Counts the tokens of the first `steps` steps of the run in progress. */
  #countSteps(meter: WorkMeter, steps: number): void {
    const { shape } = this.#batch;
    if (shape.chunkCount > 0) meter.addMixed(shape);
    else meter.addDecode(shape.decodeSequences, shape.decodeContextTokens, steps);
  }

  /** Plans as many decode steps as cannot differ from one another; false if there is no line. */
  #leap(now: number): boolean {
    const batch = this.#batch;
    const { sequences } = batch;
    const { execution, strategy } = this.#parts;
    const line = this.#line;
    const decoding = sequences.decoding;
    const context = sequences.contextTokens;
    const longest = batch.shape.decodeLongestContextTokens;
    if (!execution.decodeLine(decoding, context, line, longest)) return false;
    let steps = 1;
    // After a preemption or a swap the next plan may admit, so it has to be asked again; and so it
    // has when somebody came too late for this one.
    const isSteady = batch.preempted === 0 && batch.swappedIn === 0 &&
      (this.#closed || this.#inbox.length === 0);
    if (strategy.repeatsDecode && isSteady) {
      steps = sequences.ends.firstKey - sequences.step;
      if (line.contextEndTokens < context + decoding * (steps - 1)) {
        steps = Math.max(1, Math.floor((line.contextEndTokens - context) / decoding) + 1);
      }
      steps = sequences.stepsWithin(batch.pool.free, steps);
    }
    this.#decode.begin(
      now,
      line.baseSeconds + line.slopeSecondsPerToken * context + batch.swapSeconds,
      line.slopeSecondsPerToken * decoding,
      steps,
    );
    this.endAtSeconds = this.#decode.endAtSeconds(steps);
    return true;
  }

  /** Plans one step by asking the execution model for the whole shape. */
  #single(now: number): void {
    const { shape, sequences, swapSeconds, preempted, swappedIn, chunkSlots } = this.#batch;
    let sampled = shape.decodeSequences;
    for (let i = 0; i < shape.chunkCount; i++) {
      const slot = chunkSlots[i];
      const end = sequences.doneTokens[slot] + shape.chunkTokens[i];
      if (end === sequences.targetTokens[slot]) sampled++;
    }
    shape.sampledSequences = sampled;
    const seconds = this.#parts.execution.stepSeconds(shape) + swapSeconds;
    this.#decode.begin(now, seconds, 0, 1);
    // Equal batches are timed from their first step's start, as a leap would, so that the ticks of
    // their ends do not depend on the mode.
    const { execution, strategy } = this.#parts;
    const context = shape.decodeContextTokens;
    const goesOn = shape.chunkCount === 0 && !this.#interrupted && preempted === 0 &&
      swappedIn === 0 && strategy.repeatsDecode && context <= this.#line.contextEndTokens;
    if (!goesOn) {
      this.#anchorAtSeconds = now;
      this.#elapsedSeconds = 0;
      const longest = shape.decodeLongestContextTokens;
      const onLine = shape.chunkCount === 0 &&
        execution.decodeLine(shape.decodeSequences, context, this.#line, longest);
      if (!onLine) this.#line.contextEndTokens = -1;
    }
    this.#elapsedSeconds += seconds;
    this.endAtSeconds = toTick(this.#anchorAtSeconds + this.#elapsedSeconds);
  }

  /** Cuts the run in progress at the end of the step that is under way at `now`. */
  #cut(now: number): void {
    const isAsync = this.#parts.asyncScheduling === true;
    // With asynchronous scheduling the change comes when the inbox is read, a step later.
    if (!isAsync) this.#interrupted = true;
    const run = this.#decode;
    if (run.steps <= 1) return;
    const done = run.stepsDoneBy(now);
    // A step that ends at this very instant has ended: the batch can change right here.
    let steps = done > 0 && run.endAtSeconds(done) >= now ? done : done + 1;
    if (isAsync) steps++;
    if (steps < run.steps) {
      run.steps = steps;
      this.endAtSeconds = run.endAtSeconds(steps);
    }
  }

  #finishDecode(now: number): void {
    const { sequences } = this.#batch;
    if (!this.#parts.strategy.holdsFinished) this.#recordGaps();
    this.#tokensInside += this.#decode.steps * sequences.decoding;
    sequences.advance(this.#decode.steps);
    this.#lastDecodeAtSeconds = now;
    const { ends } = sequences;
    while (ends.firstKey <= sequences.step) {
      this.#interrupted = true;
      this.#end(ends.firstId, now);
    }
  }

  /** Records the gaps of the run that has just ended. */
  #recordGaps(): void {
    const { sequences } = this.#batch;
    const gaps = this.#gaps;
    const { steps, firstStepSeconds, incrementSeconds, startAtSeconds } = this.#decode;
    const decoding = sequences.decoding;
    const last = firstStepSeconds + incrementSeconds * (steps - 1);
    const old = decoding - this.#freshCount;
    let late = old > 0 && startAtSeconds > this.#lastDecodeAtSeconds;
    for (let i = 0; i < this.#freshCount && !late; i++) {
      late = sequences.lastTokenAtSeconds[this.#fresh[i]] < startAtSeconds;
    }
    if (!late) {
      gaps.addGaps(firstStepSeconds, incrementSeconds, steps, decoding);
      gaps.endRun(last);
    } else {
      // Somebody's last token is older than the run's start: the first gaps differ.
      const oldGap = startAtSeconds - this.#lastDecodeAtSeconds + firstStepSeconds;
      if (old > 0) gaps.addGaps(oldGap, 0, 1, old);
      for (let i = 0; i < this.#freshCount; i++) {
        const slot = this.#fresh[i];
        const gap = startAtSeconds - sequences.lastTokenAtSeconds[slot] + firstStepSeconds;
        gaps.addSingle(gap);
        const longest = steps > 1 ? Math.max(gap, last) : gap;
        if (longest > sequences.longestGapSeconds[slot]) {
          sequences.longestGapSeconds[slot] = longest;
        }
        sequences.firstRun[slot] = gaps.nextRun + 1;
      }
      if (steps > 1) {
        gaps.addGaps(firstStepSeconds + incrementSeconds, incrementSeconds, steps - 1, decoding);
      }
      gaps.endRun(old > 0 ? Math.max(oldGap, last) : last);
    }
    this.#freshCount = 0;
  }

  #finishChunks(now: number): void {
    const batch = this.#batch;
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
        const gap = now - columns.completedAtSeconds[request];
        this.#gaps.addSingle(gap);
        sequences.longestGapSeconds[slot] = gap;
      } else if (!held) {
        columns.firstTokenAtSeconds[request] = now;
        this.promptTokensAhead -= columns.promptTokens[request];
      }
      generated[request]++;
      this.#tokensInside++;
      if (held || generated[request] < outputLimit[request]) batch.join(slot, done, now);
      if (generated[request] >= outputLimit[request]) this.#end(slot, now);
    }
    this.#interrupted = true;
  }

  /** A sequence has produced its last token; a static batch returns once its longest member has. */
  #end(slot: number, now: number): void {
    const { sequences } = this.#batch;
    if (!this.#parts.strategy.holdsFinished) return this.#complete(slot, now);
    sequences.hold(slot);
    if (++this.#heldCount < sequences.count) return;
    this.#heldCount = 0;
    this.#freshCount = 0;
    while (sequences.first >= 0) {
      const request = sequences.request[sequences.first];
      const { columns, outputLimit } = this.#run;
      columns.firstTokenAtSeconds[request] = now;
      this.promptTokensAhead -= columns.promptTokens[request];
      // All tokens arrive together: the gaps between them are zero.
      if (outputLimit[request] > 1) this.#gaps.addGaps(0, 0, 1, outputLimit[request] - 1);
      this.#complete(sequences.first, now);
    }
  }

  #complete(slot: number, now: number): void {
    const { sequences } = this.#batch;
    const { columns, outputLimit } = this.#run;
    const request = sequences.request[slot];
    columns.completedAtSeconds[request] = now;
    this.#tokensInside -= columns.promptTokens[request] + this.#tokensProduced(slot);
    if (outputLimit[request] > 1) {
      columns.maxTbtSeconds[request] = this.#longestGap(slot, request);
    }
    this.#batch.release(slot);
    this.outstanding--;
    if (this.finishedCount === this.finished.length) this.#growFinished();
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

  /** Longest gap of the sequence so far, seconds. */
  #longestGap(slot: number, request: number): number {
    const { sequences } = this.#batch;
    const before = this.#run.columns.maxTbtSeconds[request];
    let longest = sequences.longestGapSeconds[slot];
    if (sequences.state[slot] === SequenceState.decode) {
      longest = Math.max(longest, this.#gaps.longestSince(sequences.firstRun[slot]));
    }
    return before > longest ? before : longest;
  }

  /** Notes where a preempted sequence stood, so that its next gap is measured from its last token. */
  #suspendGaps(slot: number): void {
    const { sequences } = this.#batch;
    const { columns } = this.#run;
    if (sequences.state[slot] !== SequenceState.decode) return;
    const request = sequences.request[slot];
    const fresh = this.#fresh.subarray(0, this.#freshCount).indexOf(slot);
    if (fresh >= 0) this.#fresh[fresh] = this.#fresh[--this.#freshCount];
    // The completion column holds the last token's instant until the request completes.
    columns.completedAtSeconds[request] = fresh >= 0
      ? sequences.lastTokenAtSeconds[slot]
      : this.#lastDecodeAtSeconds;
    const longest = this.#longestGap(slot, request);
    if (longest > 0) columns.maxTbtSeconds[request] = longest;
  }

  #growFinished(): void {
    const grown = new Int32Array(this.finished.length * 2);
    grown.set(this.finished);
    this.finished = grown;
  }
}
