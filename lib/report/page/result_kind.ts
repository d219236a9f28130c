import { type OwnManifest, readManifest } from "../../results/owned_files.ts";
import { recoverResults } from "../../results/result_directory.ts";
import { showValue } from "../../std/show_value.ts";

/** Kind of results that a report is made of. */
export type ResultKind = "run" | "experiment" | "plan";

const KINDS: Readonly<Record<string, ResultKind>> = {
  "simfaasinfer-results": "run",
  "simfaasinfer-experiment": "experiment",
  "simfaasinfer-plan": "plan",
};

/**
 * The manifest of a directory of results, and what kind of results it is of.
 *
 * @throws {RangeError} If there are no results of ours.
 */
export function openResults(
  directory: string,
): { readonly kind: ResultKind; readonly manifest: OwnManifest } {
  recoverResults(directory);
  const manifest = readManifest(directory);
  const kind = manifest && KINDS[manifest.format.split("/")[0]];
  if (manifest === undefined || kind === undefined) {
    throw new RangeError(
      `Cannot make a report of a directory without results of a run, an experiment or a plan: ` +
        `current value is ${showValue(directory)}`,
    );
  }
  return { kind, manifest };
}
