import type { Overhead } from "./overhead.ts";

/** Mean absolute relative errors of measured points, as shares. */
export interface CalibrationErrors {
  /** Error of the time to first token. */
  readonly ttft: number;
  /** Error of the time per output token. */
  readonly tpot: number;
  /** Absent where the measurements hold no end-to-end latency. */
  readonly e2e?: number;
}

/** Errors for a model by the constants that the other models' points give. */
export interface HeldOutErrors extends CalibrationErrors {
  /** Name of the model left out. */
  readonly model: string;
  /** Its measured points. */
  readonly points: number;
}

/** Overhead constants of a serving framework on a family of GPUs, fitted on measured load. */
export interface CalibrationEntry {
  /** Serving framework, such as "vllm". */
  readonly framework: string;
  /** Version whose servers were measured. */
  readonly version: string;
  /** Whether that version forms a step while the one before runs, which hides most of its work. */
  readonly asyncScheduling: boolean;
  /** Family of GPUs, such as "hopper"; "any" for those without measurements of their own. */
  readonly family: string;
  /** The fitted constants. */
  readonly overhead: Overhead;
  /**
   * Seconds between a client and the engine, per request: HTTP, tokenising, the first answer. Part of
   * what a client measures; the engine never sees it.
   */
  readonly requestSeconds: number;
  /** How the measured servers chose tokens, whose cost is not in the constants. */
  readonly sampling: "greedy" | "random" | "top-k" | "top-p";
  /** Data set that the constants were fitted on. */
  readonly data: string;
  /** Measured points that the constants were fitted on. */
  readonly points: number;
  /** Errors of those points without any constant, and with these. */
  readonly untuned: CalibrationErrors;
  /** Errors of those points with these constants. */
  readonly errors: CalibrationErrors;
  /** Errors for each model by the constants of the others. */
  readonly leaveOneModelOut: readonly HeldOutErrors[];
}
