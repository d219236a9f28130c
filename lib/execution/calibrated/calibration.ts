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
  /** Version of the engine, such as "vllm@0.15"; absent: whichever was measured. */
  readonly engine?: string;
}

/**
 * The constants for a version of the engine on a generation of GPUs: those of that version, whether it
 * schedules as wanted or not; else those of the version nearest to it that was measured with that way of
 * scheduling. Of its family of GPUs, else those fitted on all families. {@link calibrationNotice} says
 * what is not as wanted.
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
  const scheduled = calibrationEntries().filter((entry) =>
    entry.asyncScheduling === key.asyncScheduling
  );
  const ofVersion = calibrationEntries().filter((entry) => isOfVersion(entry, key.engine));
  const asWanted = ofVersion.filter((entry) => scheduled.includes(entry));
  const candidates = asWanted.length > 0
    ? asWanted
    : ofVersion.length > 0
    ? ofVersion
    : nearest(scheduled, key.engine);
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

/** What a user should know where constants are not those of the engine that runs; undefined: they are. */
export function calibrationNotice(
  key: CalibrationKey,
  { framework, version, asyncScheduling, family }: CalibrationEntry,
): string | undefined {
  const measured = `${framework} ${version}`;
  const differences: string[] = [];
  if (!isOfVersion({ framework, version }, key.engine)) {
    differences.push(key.engine === undefined ? "an engine of no version" : key.engine);
  }
  if (asyncScheduling !== key.asyncScheduling) {
    differences.push(key.asyncScheduling ? "asynchronous scheduling" : "synchronous scheduling");
  }
  const [own] = key.generation.split("-");
  if (family !== own && !isFamilyMeasured(own)) differences.push(`${own} GPUs`);
  return differences.length === 0
    ? undefined
    : `execution.source: calibrated takes the constants of ${measured} with ` +
      `${asyncScheduling ? "asynchronous" : "synchronous"} scheduling` +
      `${family === "any" ? " on the GPUs that were measured" : ""}: none were fitted for ` +
      differences.join(" with ");
}

/** Whether an engine such as "vllm@0.15" is of a measured version such as 0.15.1. */
function isOfVersion(
  { framework, version }: Pick<CalibrationEntry, "framework" | "version">,
  engine: string | undefined,
): boolean {
  return engine !== undefined && `${framework}@${version}.`.startsWith(`${engine}.`);
}

/** Whether constants of a family of GPUs are in those of all families. */
function isFamilyMeasured(family: string): boolean {
  return calibrationEntries().some((entry) => entry.family === family);
}

/** Entries of the version nearest to an engine's: by its second number. */
function nearest(
  entries: readonly CalibrationEntry[],
  engine: string | undefined,
): readonly CalibrationEntry[] {
  if (
    engine === undefined || !entries.some(({ framework }) => engine.startsWith(`${framework}@`))
  ) {
    return entries;
  }
  const minor = (version: string) => Number(version.split(".")[1]);
  const wanted = minor(engine.split("@")[1] ?? "");
  const distance = ({ version }: CalibrationEntry) => Math.abs(minor(version) - wanted);
  const least = Math.min(...entries.map(distance));
  return entries.filter((entry) => !(distance(entry) > least));
}
