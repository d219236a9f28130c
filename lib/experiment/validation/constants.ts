import { calibrationFor, NO_OVERHEAD, type Overhead } from "../../execution/calibrated/mod.ts";
import { gpuNamed } from "../../hardware/mod.ts";

/** What is added to the operators' times. */
export interface Constants {
  /** What the framework adds to a step. */
  readonly overhead: Overhead;
  /** Seconds between client and engine, per request. */
  readonly requestSeconds: number;
}

/** Nothing is added. */
export const UNTUNED: Constants = { overhead: NO_OVERHEAD, requestSeconds: 0 };

/** The shipped constants for a GPU of the catalogue. */
export function shippedConstants(gpu: string, asyncScheduling: boolean): Constants {
  return calibrationFor({ asyncScheduling, generation: gpuNamed(gpu).generation });
}
