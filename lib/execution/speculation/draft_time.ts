import type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../execution_time_model.ts";

/** How long it takes to propose the next step's drafts at the end of a step. */
export interface DraftTime {
  /** Seconds for a step of that shape, whose pass through the target takes `targetSeconds`. */
  seconds(step: StepShape, targetSeconds: number): number;
  /**
   * Adds itself to the target's line of decode-only steps; false if it has no such line. Must agree
   * with `seconds` to 1e-12 relative.
   */
  addTo(line: DecodeLine, step: DraftedStep): boolean;
}

/** Decode-only steps that draft. */
export interface DraftedStep extends DecodeWidth {
  /** Decoding sequences. */
  readonly sequences: number;
  /** KV entries that they attend to. */
  readonly contextTokens: number;
}

/** Coefficients of a draft's time, each >= 0. */
export interface DraftCoefficients {
  /** Per step, seconds. */
  readonly baseSeconds: number;
  /** Per token that the step computes, seconds. */
  readonly perTokenSeconds: number;
  /** Per KV entry that decoding sequences attend to, seconds. */
  readonly perContextTokenSeconds: number;
  /** Share of the step's pass through the target. */
  readonly shareOfTarget: number;
}

/** A draft whose time is plain numbers: host time, or what was fitted to a measured draft. */
export function plainDraft(coefficients: DraftCoefficients): DraftTime {
  for (const [name, value] of Object.entries(coefficients)) {
    if (value >= 0 && value < Infinity) continue;
    throw new RangeError(
      `Cannot use a draft's ${name} as a number >= 0: current value is ${value}`,
    );
  }
  const { baseSeconds, perTokenSeconds, perContextTokenSeconds, shareOfTarget } = coefficients;
  return {
    seconds(step, targetSeconds) {
      let tokens = step.decodeTokens ?? step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      return baseSeconds + perTokenSeconds * tokens +
        perContextTokenSeconds * step.decodeContextTokens + shareOfTarget * targetSeconds;
    },
    addTo(line, { decodeTokens }) {
      line.baseSeconds += baseSeconds + perTokenSeconds * decodeTokens +
        shareOfTarget * line.baseSeconds;
      line.slopeSecondsPerToken += perContextTokenSeconds +
        shareOfTarget * line.slopeSecondsPerToken;
      return true;
    },
  };
}

/**
 * A draft that is a model: it computes the step's tokens once, prompts included, since they fill its
 * own KV cache, and then proposes one token per pass, so that k tokens take k passes.
 *
 * @param passSeconds What a pass takes beside, >= 0: launching it, sampling from it.
 */
export function modelDraft(model: ExecutionTimeModel, passSeconds = 0): DraftTime {
  const none = new Int32Array(0);
  const pass: StepShape = {
    decodeSequences: 0,
    decodeContextTokens: 0,
    chunkCount: 0,
    chunkTokens: none,
    chunkPastTokens: none,
    sampledSequences: 0,
  };
  const first: StepShape = { ...pass, decodeTokens: 0 };
  const own: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  const width = { decodeTokens: 0, sampledSequences: 0, draftTokens: 0 };
  return {
    seconds(step) {
      const { decodeSequences, decodeTokens = decodeSequences, draftTokens = 0 } = step;
      const finishing = step.sampledSequences - decodeTokens;
      const drafting = decodeSequences + finishing;
      first.decodeSequences = decodeSequences;
      first.decodeTokens = decodeTokens;
      first.decodeContextTokens = step.decodeContextTokens;
      first.chunkCount = step.chunkCount;
      first.chunkTokens = step.chunkTokens;
      first.chunkPastTokens = step.chunkPastTokens;
      first.sampledSequences = drafting;
      const firstSeconds = passSeconds + model.stepSeconds(first);
      if (drafting === 0 || draftTokens < 2) return firstSeconds;
      pass.decodeSequences = pass.sampledSequences = drafting;
      pass.decodeContextTokens = step.decodeContextTokens + finishedContext(step, finishing);
      return firstSeconds + (draftTokens - 1) * (passSeconds + model.stepSeconds(pass));
    },
    addTo(line, { sequences, contextTokens, decodeTokens, draftTokens }) {
      width.decodeTokens = decodeTokens;
      width.sampledSequences = sequences;
      if (!model.decodeLine(sequences, contextTokens, own, undefined, width)) return false;
      add(line, own, 1, passSeconds);
      if (draftTokens < 2) return true;
      if (!model.decodeLine(sequences, contextTokens, own)) return false;
      add(line, own, draftTokens - 1, passSeconds);
      return true;
    },
  };
}

/** Contexts of the prompts that end in the step: of the mean length of its chunks, each. */
function finishedContext(step: StepShape, finishing: number): number {
  if (finishing === 0) return 0;
  let tokens = 0;
  for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i] + step.chunkPastTokens[i];
  return Math.round(tokens * finishing / step.chunkCount);
}

function add(line: DecodeLine, own: DecodeLine, times: number, passSeconds: number): void {
  line.baseSeconds += times * (passSeconds + own.baseSeconds);
  line.slopeSecondsPerToken += times * own.slopeSecondsPerToken;
  if (own.contextEndTokens < line.contextEndTokens) line.contextEndTokens = own.contextEndTokens;
}

/** A target's step times with those of its draft: the step verifies, then proposes the next drafts. */
export function withDraft(target: ExecutionTimeModel, draft: DraftTime): ExecutionTimeModel {
  const drafted = {
    sequences: 0,
    contextTokens: 0,
    decodeTokens: 0,
    sampledSequences: 0,
    draftTokens: 0,
  };
  return {
    name: target.name,
    ...(target.needsLongestContext && { needsLongestContext: true }),
    stepSeconds(step) {
      const seconds = target.stepSeconds(step);
      // A step that proposes nothing runs the target alone.
      return (step.draftTokens ?? 0) === 0 ? seconds : seconds + draft.seconds(step, seconds);
    },
    decodeLine(sequences, contextTokens, line, longest, width) {
      if (!target.decodeLine(sequences, contextTokens, line, longest, width)) return false;
      if (width === undefined || width.draftTokens === 0) return true;
      drafted.sequences = sequences;
      drafted.contextTokens = contextTokens;
      drafted.decodeTokens = width.decodeTokens;
      drafted.sampledSequences = width.sampledSequences;
      drafted.draftTokens = width.draftTokens;
      return draft.addTo(line, drafted);
    },
  };
}
