import type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../execution/execution_time_model.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { Clock } from "./clock.ts";
import type { EngineParts } from "./engine_parts.ts";
import { Leap } from "./leap.ts";

/** How long the steps of one engine take: one step, or a leap of decode steps at once. */
export class StepClock {
  /** The steps in progress; a single one when there are prefill chunks in it. */
  readonly leap = new Leap();
  /** Whether steps are in progress; whoever ends them says so here. */
  isStepping = false;
  #execution: ExecutionTimeModel;
  readonly #parts: EngineParts;
  readonly #batch: BatchBuilder;
  readonly #clock: Clock;
  readonly #line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  /**
   * Sequences for which the line looked up last holds until its end, 0 where it depends on more than
   * them and the context; and the context that it begins with, tokens.
   */
  #keptSequences = 0;
  #lineStartTokens = 0;
  /** Scratch of {@link secondsWithoutChunks}. */
  #alone: StepShape | undefined;
  /** Single decode steps: the leap that they would be, were they taken at once. */
  readonly #series = new Leap();
  /** Whether the next single decode step may belong to that leap. */
  #isSeries = false;
  /** Its steps so far, and the seconds that the execution model gave them one by one. */
  #seriesSteps = 0;
  #seriesSeconds = 0;

  constructor(parts: EngineParts, batch: BatchBuilder, clock: Clock) {
    this.#parts = parts;
    this.#execution = parts.execution;
    this.#batch = batch;
    this.#clock = clock;
  }

  /** How long a step takes. */
  get execution(): ExecutionTimeModel {
    return this.#execution;
  }

  set execution(execution: ExecutionTimeModel) {
    this.#execution = execution;
    this.#keptSequences = 0;
  }

  /**
   * Times the step that the batch builder has formed, which starts now.
   *
   * @param isSteady Whether nobody waits who could join at the next step boundary.
   * @param interrupted Whether the batch may differ from the step before: a new leap begins.
   */
  begin(isSteady: boolean, interrupted: boolean): void {
    this.isStepping = true;
    const { chunkCount } = this.#batch.shape;
    const leaps = chunkCount === 0 && this.#parts.stepping === "leap" && this.#isForeseen;
    if (!leaps || !this.#leap(isSteady)) this.#single(interrupted);
  }

  /** Whether it is known what a step brings before it ends. */
  get #isForeseen(): boolean {
    const { speculation } = this.#batch;
    return speculation === undefined || speculation.isForeseen;
  }

  /** Steps of the leap in progress that have ended by `now`; 0 when there is none. */
  ahead(now: number): number {
    const { leap } = this;
    // A single step ends by an event, unless it is what is left of a leap that was cut right here.
    if (!this.isStepping || (leap.steps <= 1 && leap.endsAtSeconds > now)) return 0;
    return leap.stepsDoneBy(now);
  }

  /**
   * Steps of the leap in progress that have begun before `now`: where one ends at `now`, the next is
   * formed at the end of the instant only.
   */
  begun(now: number): number {
    if (!this.isStepping) return 0;
    const ahead = this.ahead(now);
    return ahead > 0 && this.leap.endAtSeconds(ahead) >= now ? ahead : ahead + 1;
  }

  /** End of the step in progress, seconds; one that ends now has ended. */
  stepEndsAtSeconds(): number {
    const { leap } = this;
    const { now } = this.#clock;
    if (leap.steps <= 1) return leap.endsAtSeconds;
    const done = leap.stepsDoneBy(now);
    const isEnd = done > 0 && leap.endAtSeconds(done) >= now;
    return leap.endAtSeconds(isEnd ? done : done + 1);
  }

  /** What the step that was formed last would take without its prompts, seconds; 0 without decodes. */
  secondsWithoutChunks(): number {
    const { shape } = this.#batch;
    const { decodeSequences, decodeContextTokens } = shape;
    if (decodeSequences === 0) return 0;
    const line = this.#line;
    const isOnLine = this.#keptSequences === decodeSequences &&
      this.#lineStartTokens <= decodeContextTokens &&
      decodeContextTokens <= line.contextEndTokens;
    if (!isOnLine) {
      const alone = this.#withoutChunks();
      if (!this.#lookUpLine(alone)) return this.#execution.stepSeconds(alone);
    }
    return line.baseSeconds + line.slopeSecondsPerToken * decodeContextTokens;
  }

  /** Lets the leap in progress end with the step under way, or `extra` steps later. */
  cut(extra: number): void {
    const { leap } = this;
    const { now } = this.#clock;
    if (leap.steps <= 1) return;
    const done = leap.stepsDoneBy(now);
    // A step that ends at this very instant has ended: the batch can change right here.
    const ended = done > 0 && leap.endAtSeconds(done) >= now;
    const steps = (ended ? done : done + 1) + extra;
    if (steps < leap.steps) leap.endAfter(steps);
  }

  /** Lets the leap in progress end with the first step that ends at `untilSeconds` or later. */
  cutAt(untilSeconds: number): void {
    const { leap } = this;
    if (leap.steps <= 1 || untilSeconds >= leap.endsAtSeconds) return;
    const from = Math.max(untilSeconds, this.#clock.now);
    const done = leap.stepsDoneBy(from);
    const isEnd = done > 0 && leap.endAtSeconds(done) >= from;
    const steps = isEnd ? done : done + 1;
    if (steps < leap.steps) leap.endAfter(steps);
  }

  /** Plans as many decode steps as cannot differ from one another; false if there is no line. */
  #leap(isSteady: boolean): boolean {
    const { sequences, lookahead, shape, speculation, swapSeconds, isUnsettled } = this.#batch;
    const { strategy } = this.#parts;
    const { decodeSequences, decodeContextTokens: contextTokens } = shape;
    const line = this.#line;
    if (!this.#lookUpLine(shape)) return false;
    const perStep = speculation === undefined
      ? decodeSequences
      : decodeSequences * speculation.tokensPerStep;
    let steps = 1;
    // After a preemption or a swap the next plan may admit, so it has to be asked again.
    if (strategy.repeatsDecode && isSteady && !isUnsettled) {
      steps = sequences.ends.firstStep - sequences.step;
      if (speculation !== undefined) steps = speculation.stepsFor(steps);
      if (line.contextEndTokens < contextTokens + perStep * (steps - 1)) {
        steps = Math.max(1, Math.floor((line.contextEndTokens - contextTokens) / perStep) + 1);
      }
      const { free } = this.#batch.blocks;
      steps = lookahead === undefined
        ? sequences.stepsWithin(free, steps)
        : lookahead.stepsWithin(free, steps);
    }
    const first = line.baseSeconds + line.slopeSecondsPerToken * contextTokens + swapSeconds;
    this.leap.begin(this.#clock.now, first, line.slopeSecondsPerToken * perStep, steps);
    return true;
  }

  /** Looks up the line that begins with a decode step; false if the model has none. */
  #lookUpLine(shape: StepShape): boolean {
    const { decodeSequences, decodeContextTokens, decodeLongestContextTokens: longest } = shape;
    const line = this.#line;
    const isThere = this.#batch.speculation === undefined
      ? this.#execution.decodeLine(decodeSequences, decodeContextTokens, line, longest)
      : this.#execution.decodeLine(
        decodeSequences,
        decodeContextTokens,
        line,
        longest,
        shape as DecodeWidth,
      );
    const isKept = isThere && this.#batch.speculation === undefined &&
      this.#execution.needsLongestContext !== true;
    this.#keptSequences = isKept ? decodeSequences : 0;
    this.#lineStartTokens = decodeContextTokens;
    return isThere;
  }

  /** The step that was formed last, without its prompts. */
  #withoutChunks(): StepShape {
    const { shape } = this.#batch;
    const alone = this.#alone ??= { ...shape, chunkCount: 0 };
    alone.decodeSequences = shape.decodeSequences;
    alone.decodeContextTokens = shape.decodeContextTokens;
    alone.decodeLongestContextTokens = shape.decodeLongestContextTokens;
    alone.decodeTokens = shape.decodeTokens;
    alone.draftTokens = shape.draftTokens;
    alone.sampledSequences = shape.decodeTokens ?? shape.decodeSequences;
    return alone;
  }

  /** Tokens by which the context of the batch grows in each decode step. */
  #contextPerStep(): number {
    const { shape: { decodeSequences }, speculation } = this.#batch;
    return speculation === undefined
      ? decodeSequences
      : decodeSequences * speculation.tokensPerStep;
  }

  /** Plans one step by asking the execution model for the whole shape. */
  #single(interrupted: boolean): void {
    const { now } = this.#clock;
    const { shape, swapSeconds } = this.#batch;
    shape.sampledSequences = this.#sampledSequences();
    const seconds = this.#execution.stepSeconds(shape) + swapSeconds;
    if (shape.chunkCount === 0 && this.#isForeseen) {
      if (interrupted || !this.#goesOn()) this.#beginSeries();
      if (this.#isSeries) return this.#stepOfSeries(seconds);
    }
    this.#isSeries = false;
    this.leap.begin(now, seconds, 0, 1);
  }

  /** Whether a leap would go on with the decode step that the batch builder has formed. */
  #goesOn(): boolean {
    const { shape, isUnsettled } = this.#batch;
    return this.#isSeries && this.#parts.strategy.repeatsDecode && !isUnsettled &&
      shape.decodeContextTokens <= this.#line.contextEndTokens;
  }

  /** A leap would begin with this decode step, provided that the model has a line for it. */
  #beginSeries(): void {
    const { shape, swapSeconds } = this.#batch;
    const { decodeContextTokens } = shape;
    const line = this.#line;
    this.#isSeries = this.#lookUpLine(shape);
    if (!this.#isSeries) return;
    const first = line.baseSeconds + line.slopeSecondsPerToken * decodeContextTokens + swapSeconds;
    this.#series.begin(
      this.#clock.now,
      first,
      line.slopeSecondsPerToken * this.#contextPerStep(),
      1,
    );
    this.#seriesSteps = 0;
    this.#seriesSeconds = 0;
  }

  /**
   * Times a decode step by the closed form of the leap that it belongs to, so that both stepping
   * modes give the same bits; the sum of the model's own step times has to agree with that.
   */
  #stepOfSeries(seconds: number): void {
    const series = this.#series;
    const step = this.#seriesSteps++;
    this.#seriesSeconds += seconds;
    checkOnLine(series.seconds(step + 1), this.#seriesSeconds);
    const { firstStepSeconds, incrementSeconds } = series;
    this.leap.begin(this.#clock.now, firstStepSeconds + incrementSeconds * step, 0, 1);
    this.leap.endsAtSeconds = series.endAtSeconds(step + 1);
  }

  /** Sequences that get a token at the end of the step: decodes, and prefills that finish in it. */
  #sampledSequences(): number {
    const { shape, sequences, chunkSlots } = this.#batch;
    let sampled = shape.decodeTokens ?? shape.decodeSequences;
    for (let i = 0; i < shape.chunkCount; i++) {
      const slot = chunkSlots[i];
      const end = sequences.doneTokens[slot] + shape.chunkTokens[i];
      if (end === sequences.targetTokens[slot]) sampled++;
    }
    return sampled;
  }
}

/** Largest relative difference between a leap's closed form and its steps one by one. */
const MOST_OFF_LINE = 1e-9;

/** @throws {RangeError} If the decode line of an execution model is not what its steps take. */
function checkOnLine(lineSeconds: number, stepSeconds: number): void {
  if (Math.abs(lineSeconds - stepSeconds) <= MOST_OFF_LINE * stepSeconds) return;
  throw new RangeError(
    `Cannot use a decode line as the time of single steps: they take ${stepSeconds} s, ` +
      `current value is ${lineSeconds} s`,
  );
}
