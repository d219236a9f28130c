import text from "../../../data/profiles/calibration.yaml" with { type: "text" };
import { parse } from "../../std/yaml.ts";
import type { CalibrationEntry } from "./calibration_entry.ts";

let entries: readonly CalibrationEntry[] | undefined;

/** The shipped overhead constants: data/profiles/calibration.yaml, written by `deno task calibrate`. */
export function calibrationEntries(): readonly CalibrationEntry[] {
  entries ??= (parse(text) as { entries: readonly CalibrationEntry[] }).entries;
  return entries;
}

/** Which constants are wanted. */
export interface CalibrationKey {
  /** Whether the engine forms a step while the one before runs. */
  readonly asyncScheduling: boolean;
  /** Generation of the GPU as its data sheet names it, such as "hopper" or "hopper-141". */
  readonly generation: string;
}

/**
 * The constants for a way of scheduling on a generation of GPUs: those of its family, else those
 * fitted on all families.
 *
 * @throws {RangeError} If nothing was fitted for that way of scheduling.
 *
 * @example
 * ```ts
 * import { calibrationFor } from "simfaasinfer/profiles";
 * const { overhead } = calibrationFor({ asyncScheduling: true, generation: "hopper" });
 * console.log(overhead.stepSeconds < 0.001); // true
 * ```
 */
export function calibrationFor(key: CalibrationKey): CalibrationEntry {
  const [family] = key.generation.split("-");
  const candidates = calibrationEntries().filter((entry) =>
    entry.asyncScheduling === key.asyncScheduling
  );
  const entry = candidates.find((candidate) => candidate.family === family) ??
    candidates.find((candidate) => candidate.family === "any");
  if (entry === undefined) {
    throw new RangeError(
      `Cannot find overhead constants of asyncScheduling ${key.asyncScheduling} as fitted ones: ` +
        `current value is ${key.generation}`,
    );
  }
  return entry;
}
