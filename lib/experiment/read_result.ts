import { readManifest } from "../results/owned_files.ts";
import { recoverResults } from "../results/result_directory.ts";
import type { Cell, Design, ExperimentRow, Factors, Value } from "./experiment.ts";
import { readRows } from "./read_rows.ts";

/** Design of an experiment as its manifest has it: of listed cells their number. */
export type WrittenDesign =
  | Exclude<Design<Factors>, { readonly cells: readonly Cell[] }>
  | { readonly cells: number };

/** An experiment as its directory of results tells of it. */
export interface ExperimentResult {
  /** The directory. */
  readonly folder: string;
  /** Name of the experiment. */
  readonly id: string;
  /** Its version, >= 1. */
  readonly version: number;
  /** Seed of its random streams. */
  readonly seed: number;
  /** Replications of each cell. */
  readonly replications: number;
  /** SHA-256 over the sources that its cells depend on. */
  readonly sources: string;
  /** What was varied. */
  readonly factors: Factors;
  /** Undefined: the full grid. */
  readonly design: WrittenDesign | undefined;
  /** All rows; levels are as the experiment declared them. */
  readonly rows: readonly ExperimentRow[];
}

/**
 * Reads an experiment and its rows from its directory of results.
 *
 * @throws {RangeError} If it holds no results of an experiment, or none with factors in the manifest.
 */
export async function readExperimentResult(folder: string): Promise<ExperimentResult> {
  recoverResults(folder);
  const manifest = readManifest(folder);
  if (manifest === undefined || !manifest.format.startsWith("simfaasinfer-experiment/")) {
    throw new RangeError(
      `Cannot read a directory as results of an experiment: current value is "${folder}", ` +
        `${manifest?.format ?? "without a manifest.json of ours"}`,
    );
  }
  const { experiment: id, version, seed, replications, factors, design, sources_sha256 } = manifest;
  if (typeof factors !== "object" || factors === null) {
    throw new RangeError(
      `Cannot read the factors of an experiment from a manifest without them: current value is ` +
        `"${folder}", written by an earlier version (run the experiment again)`,
    );
  }
  const declared = factors as Factors;
  const rows = await readRows(folder, Object.keys(declared));
  return {
    folder,
    id: String(id),
    version: Number(version),
    seed: Number(seed),
    replications: Number(replications),
    sources: String(sources_sha256),
    factors: declared,
    design: (design ?? undefined) as WrittenDesign | undefined,
    rows: rows.map((row) => withLevels(row, declared)),
  };
}

/** A table keeps booleans, and numbers beside texts, as texts: they become levels again. */
function withLevels(row: ExperimentRow, factors: Factors): ExperimentRow {
  const levels = Object.entries(factors).map(([name, own]) => {
    const level: Value = own.find((one) => String(one) === String(row[name])) ?? row[name];
    return [name, level];
  });
  return { ...row, ...Object.fromEntries(levels) };
}
