import type { DecodeLine } from "../execution/execution_time_model.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { Clock } from "./clock.ts";
import type { EngineParts } from "./engine_parts.ts";
import { DecodeRun, toTick } from "./leap.ts";

/** How long the steps of one engine take: one step, or a run of decode steps at once. */
export class StepClock {
  /** The steps in progress; a single one when there are prefill chunks in it. */
  readonly run = new DecodeRun();
  /** Whether steps are in progress; whoever ends them says so here. */
  isStepping = false;
  readonly #parts: EngineParts;
  readonly #batch: BatchBuilder;
  readonly #clock: Clock;
  readonly #line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  /** Step mode: start of the run of equal batches, and the seconds its steps have taken. */
  #anchorAtSeconds = 0;
  #elapsedSeconds = 0;

  constructor(parts: EngineParts, batch: BatchBuilder, clock: Clock) {
    this.#parts = parts;
    this.#batch = batch;
    this.#clock = clock;
  }

  /**
   * Times the step that the batch builder has formed, which starts now.
   *
   * @param isSteady Whether nobody waits who could join at the next step boundary.
   * @param interrupted Whether the batch may differ from the step before: a new run begins.
   */
  begin(isSteady: boolean, interrupted: boolean): void {
    this.isStepping = true;
    const { chunkCount } = this.#batch.shape;
    const leaps = chunkCount === 0 && this.#parts.stepping === "leap";
    if (!leaps || !this.#leap(isSteady)) this.#single(interrupted);
  }

  /** Steps of the run in progress that have ended by `now`; 0 when there is none. */
  ahead(now: number): number {
    const { run } = this;
    return this.isStepping && run.steps > 1 ? Math.min(run.stepsDoneBy(now), run.steps - 1) : 0;
  }

  /** Lets the run in progress end with the step under way, or `extra` steps later. */
  cut(extra: number): void {
    const { run } = this;
    const { now } = this.#clock;
    if (run.steps <= 1) return;
    const done = run.stepsDoneBy(now);
    // A step that ends at this very instant has ended: the batch can change right here.
    const ended = done > 0 && run.endAtSeconds(done) >= now;
    const steps = (ended ? done : done + 1) + extra;
    if (steps < run.steps) run.endAfter(steps);
  }

  /** Plans as many decode steps as cannot differ from one another; false if there is no line. */
  #leap(isSteady: boolean): boolean {
    const { sequences, pool, swapSeconds, preempted, swappedIn } = this.#batch;
    const { execution, strategy } = this.#parts;
    const { decoding, contextTokens } = sequences;
    const line = this.#line;
    const longest = this.#batch.shape.decodeLongestContextTokens;
    if (!execution.decodeLine(decoding, contextTokens, line, longest)) return false;
    let steps = 1;
    // After a preemption or a swap the next plan may admit, so it has to be asked again.
    if (strategy.repeatsDecode && isSteady && preempted === 0 && swappedIn === 0) {
      steps = sequences.ends.firstStep - sequences.step;
      if (line.contextEndTokens < contextTokens + decoding * (steps - 1)) {
        steps = Math.max(1, Math.floor((line.contextEndTokens - contextTokens) / decoding) + 1);
      }
      steps = sequences.stepsWithin(pool.free, steps);
    }
    const first = line.baseSeconds + line.slopeSecondsPerToken * contextTokens + swapSeconds;
    this.run.begin(this.#clock.now, first, line.slopeSecondsPerToken * decoding, steps);
    return true;
  }

  /** Plans one step by asking the execution model for the whole shape. */
  #single(interrupted: boolean): void {
    const { now } = this.#clock;
    const { shape, swapSeconds, preempted, swappedIn } = this.#batch;
    const { execution, strategy } = this.#parts;
    shape.sampledSequences = this.#sampledSequences();
    const seconds = execution.stepSeconds(shape) + swapSeconds;
    this.run.begin(now, seconds, 0, 1);
    // Equal batches are timed from their first step's start, as a leap would, so that the ticks of
    // their ends do not depend on the mode.
    const context = shape.decodeContextTokens;
    const goesOn = shape.chunkCount === 0 && !interrupted && preempted === 0 && swappedIn === 0 &&
      strategy.repeatsDecode && context <= this.#line.contextEndTokens;
    if (!goesOn) {
      this.#anchorAtSeconds = now;
      this.#elapsedSeconds = 0;
      const longest = shape.decodeLongestContextTokens;
      const onLine = shape.chunkCount === 0 &&
        execution.decodeLine(shape.decodeSequences, context, this.#line, longest);
      if (!onLine) this.#line.contextEndTokens = -1;
    }
    this.#elapsedSeconds += seconds;
    this.run.endsAtSeconds = toTick(this.#anchorAtSeconds + this.#elapsedSeconds);
  }

  /** Sequences that get a token at the end of the step: decodes, and prefills that finish in it. */
  #sampledSequences(): number {
    const { shape, sequences, chunkSlots } = this.#batch;
    let sampled = shape.decodeSequences;
    for (let i = 0; i < shape.chunkCount; i++) {
      const slot = chunkSlots[i];
      const end = sequences.doneTokens[slot] + shape.chunkTokens[i];
      if (end === sequences.targetTokens[slot]) sampled++;
    }
    return sampled;
  }
}
