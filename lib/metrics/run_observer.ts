import type { RunRecord } from "./run_record.ts";
import type { ObservedTransfer } from "../serverless/cold_start/observed_transfer.ts";

/** A step of an engine, or a leap of decode steps, that has ended. */
export interface ObservedSteps {
  /** Start of the first step and end of the last one, seconds. */
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
  /** Steps, >= 1; more than one only in a leap of decode steps. */
  readonly steps: number;
  /** Prompts that they computed a part of, and tokens of those parts. */
  readonly prefillSequences: number;
  readonly prefillTokens: number;
  /** Sequences that decoded in each step, and the tokens that they computed in all steps. */
  readonly decodeSequences: number;
  readonly decodeTokens: number;
  /** Sequences in the batch, requests that waited in the engine at the end, most KV blocks in use. */
  readonly running: number;
  readonly waiting: number;
  readonly kvBlocks: number;
}

/**
 * Is told what a run does while it does it, and cannot change it. What is handed over is valid during
 * the call alone.
 */
export interface RunObserver {
  /** A run begins: whatever was told before belongs to another one. */
  begins(): void;
  /** Steps of an instance have ended; in order for each instance. */
  stepsEnd(instanceId: number, steps: ObservedSteps): void;
  /** A step will never end: its instance was lost, or the run is over. Seconds. */
  stepIsCut(instanceId: number, startAtSeconds: number, endAtSeconds: number): void;
  /** A transfer of a start is over. */
  transferEnds(transfer: ObservedTransfer): void;
  /** The run is over and leaves this behind. */
  ends(record: RunRecord): void;
}
