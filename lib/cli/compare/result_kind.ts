import type { Plan } from "../../planning/plan_result.ts";
import { type OwnManifest, readManifest } from "../../results/owned_files.ts";
import { readInput } from "../../results/read_input.ts";
import { recoverResults } from "../../results/result_directory.ts";
import { parseInput } from "../../std/input_error.ts";
import { parseJson } from "../../std/json.ts";
import { UsageError } from "../usage_error.ts";

/** What a directory of results is of. */
export type ResultKind = "run" | "experiment" | "plan";

/** The manifest of a directory of results. @throws {UsageError} If there is none of ours. */
export function manifestOf(folder: string): OwnManifest {
  recoverResults(folder);
  const manifest = readManifest(folder);
  if (manifest !== undefined) return manifest;
  throw new UsageError(
    `Cannot read a directory as results: current value is "${folder}", without a manifest.json of ours`,
  );
}

/** What a directory of results is of. @throws {UsageError} If it is none. */
export function resultKind(folder: string): ResultKind {
  const { format } = manifestOf(folder);
  if (format.startsWith("simfaasinfer-plan/")) return "plan";
  return format.startsWith("simfaasinfer-experiment/") ? "experiment" : "run";
}

/** The plan in a directory of results. */
export function readPlan(folder: string): Plan {
  const path = `${folder}/plan.json`;
  const what = "a plan";
  return parseInput({ file: path, what }, readInput(path, what), (text) => {
    const plan = parseJson(text) as Plan | null;
    if (plan?.format === "simfaasinfer-plan/1" && Array.isArray(plan.rows)) return plan;
    throw new SyntaxError(`Cannot read the file as ${what}: current value has no rows`);
  });
}
