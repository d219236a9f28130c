import type { Overhead } from "./overhead.ts";

/** Mean absolute relative errors of measured points, as shares. */
export interface CalibrationErrors {
  readonly ttft: number;
  readonly tpot: number;
  /** Absent where the measurements hold no end-to-end latency. */
  readonly e2e?: number;
}

/** Errors for a model by the constants that the other models' points give. */
export interface HeldOutErrors extends CalibrationErrors {
  readonly model: string;
  readonly points: number;
}

/** Overhead constants of a serving framework on a family of GPUs, fitted on measured load. */
export interface CalibrationEntry {
  readonly framework: string;
  /** Version whose servers were measured. */
  readonly version: string;
  /** Whether that version forms a step while the one before runs, which hides most of its work. */
  readonly asyncScheduling: boolean;
  /** Family of GPUs, such as "hopper"; "any" for those without measurements of their own. */
  readonly family: string;
  readonly overhead: Overhead;
  /**
   * Seconds between a client and the engine, per request: HTTP, tokenising, the first answer. Part of
   * what a client measures; the engine never sees it.
   */
  readonly requestSeconds: number;
  /** Data set that the constants were fitted on. */
  readonly data: string;
  readonly points: number;
  /** Errors of those points without any constant, and with these. */
  readonly untuned: CalibrationErrors;
  readonly errors: CalibrationErrors;
  readonly leaveOneModelOut: readonly HeldOutErrors[];
}
