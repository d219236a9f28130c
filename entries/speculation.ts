/**
 * Speculative decoding in programs that put a run together: what is accepted, what drafts take, and how
 * engines speculate. Start from acceptanceLaw(), withDraft() and speculate().
 *
 * @module
 */
export { speculate, type SpeculateOptions } from "../lib/engine/speculate.ts";
export type { SpeculationParts } from "../lib/engine/speculation.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
  StepWork,
} from "../lib/execution/execution_time_model.ts";
export {
  type AcceptanceLaw,
  acceptanceLaw,
  type AcceptanceOptions,
  meanTokens,
} from "../lib/execution/speculation/acceptance.ts";
export {
  type DraftCoefficients,
  type DraftedStep,
  type DraftTime,
  modelDraft,
  plainDraft,
  withDraft,
} from "../lib/execution/speculation/draft_time.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
