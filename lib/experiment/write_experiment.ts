import { convertSvg, type FigureFormat, renderSvg } from "../plot/mod.ts";
import {
  addToResults,
  codeRevision,
  openResultDirectory,
  sha256,
  writeTable,
} from "../results/mod.ts";
import type { TargetRow } from "./targets/target.ts";
import { showValue } from "../std/show_value.ts";
import { ofAuthor } from "./author_error.ts";
import { contained } from "./contained.ts";
import type { Experiment, ExperimentRow } from "./experiment.ts";
import type { ExperimentPlan } from "./plan_experiment.ts";
import { rowTable } from "./row_table.ts";
import type { ExperimentRun } from "./run_experiment.ts";
import { writeTables } from "./tables.ts";
import { targetPage } from "./target_page.ts";

const FIGURE_FORMATS = ["svg", "pdf", "png"] as const;

/** Paths of the files that an experiment writes into its directory, but the manifest. */
export function filesOfExperiment({ figures }: Experiment): string[] {
  const names = Object.keys(figures);
  return [
    "rows.parquet",
    "targets.md",
    ...names.flatMap((name) => FIGURE_FORMATS.map((format) => `figures/${name}.${format}`)),
  ];
}

/** What of an experiment is written. */
export interface WrittenExperiment {
  readonly targets: readonly TargetRow[];
  readonly headlines: Readonly<Record<string, number>>;
  /** Why there are no figures; undefined when they were drawn. */
  readonly figureError: unknown;
}

/** What the author's functions make of the rows. @throws {RangeError} If they fail. */
async function findings(
  { experiment, module }: ExperimentPlan,
  rows: readonly ExperimentRow[],
): Promise<Omit<WrittenExperiment, "figureError">> {
  const { id } = experiment;
  const targets = await ofAuthor(`compute the targets of ${id}`, module, () => {
    const found = experiment.targets(rows);
    if (!Array.isArray(found)) throw new TypeError("targets() returns no list");
    const wrong = found.findIndex((row) => !isTarget(row));
    if (wrong >= 0) throw new TypeError(`targets()[${wrong}] is no row of a target`);
    return found;
  });
  const headlines = await ofAuthor(`compute the headlines of ${id}`, module, () => {
    const found = experiment.headlines(rows);
    if (!(found instanceof Object) || Array.isArray(found)) {
      throw new TypeError("headlines() returns no numbers by name");
    }
    // JSON has no other numbers: what is pinned has to read back.
    const wrong = Object.keys(found).find((name) => !Number.isFinite(found[name]));
    if (wrong !== undefined) {
      throw new TypeError(`${wrong} is ${showValue(found[wrong])}, not a finite number`);
    }
    return found;
  });
  return { targets, headlines };
}

function isTarget(row: unknown): row is TargetRow {
  if (!(row instanceof Object)) return false;
  const { id, source, unit, paper, range, ours, error, tolerance, pass } = row as Partial<
    TargetRow
  >;
  const ends: readonly unknown[] = range ?? [0, 0];
  return [id, source, unit].every((one) => typeof one === "string") &&
    [paper, ours, error, tolerance].every((one) => one === null || Number.isFinite(one)) &&
    Array.isArray(ends) && ends.length === 2 && ends.every(Number.isFinite) &&
    (pass === null || typeof pass === "boolean");
}

/**
 * Writes what a whole run of an experiment gives to a directory: rows.parquet (of tables the folder
 * rows/), targets.md and manifest.json, which are put into place at once; then figures/ in all formats. An error while these
 * are drawn leaves the rows. Equal runs give equal bytes but for the wall time in the manifest.
 *
 * @param wallTimeSeconds Wall time of the cells; null where it was not measured.
 * @returns The targets and headline numbers of these rows.
 * @throws {RangeError} If the directory holds something else than results.
 */
export async function writeExperiment(
  directory: string,
  plan: ExperimentPlan,
  run: ExperimentRun,
  wallTimeSeconds: number | null,
): Promise<WrittenExperiment> {
  const { experiment } = plan;
  const { targets, headlines } = await findings(plan, run.rows);
  const manifest = await manifestOf(plan, run, wallTimeSeconds);
  const target = openResultDirectory(directory);
  try {
    if (run.tables.length === 0) writeTable(target, "rows", rowTable(run.rows), ["parquet"]);
    else writeTables(target, run.tables);
    target.write("targets.md", (append) => append(targetPage(experiment, targets, headlines)));
    target.commit(manifest);
  } finally {
    target.discard();
  }
  let figureError: unknown;
  try {
    const files: [string, Uint8Array][] = [];
    await drawExperimentFigures(
      experiment,
      run.rows,
      { formats: FIGURE_FORMATS },
      (name, bytes) => {
        files.push([`figures/${name}`, bytes]);
      },
    );
    addToResults(directory, files);
  } catch (error) {
    figureError = error ?? new Error("no reason given");
  }
  return { targets, headlines, figureError };
}

async function manifestOf(
  plan: ExperimentPlan,
  run: ExperimentRun,
  wallTimeSeconds: number | null,
) {
  const { experiment, inputDigests, sources } = plan;
  const { id, version, seed, replications, question, factors, design } = experiment;
  return {
    format: "simfaasinfer-experiment/1",
    experiment: id,
    version,
    seed,
    replications,
    question,
    factors,
    // Listed cells are in the rows themselves.
    design: design !== undefined && "cells" in design
      ? { cells: design.cells.length }
      : design ?? null,
    digest: await sha256(run.finished.map(({ digest }) => digest).join("")),
    inputs: Object.entries(inputDigests).map(([name, digest]) => ({
      name,
      ...experiment.inputs[name],
      sha256: digest,
    })),
    sources_sha256: sources,
    code: await codeRevision(),
    deno: Deno.version.deno,
    cells: run.finished,
    wall_time_s: wallTimeSeconds,
  };
}

/** Options of {@link drawExperimentFigures}. */
export interface DrawExperimentOptions {
  readonly formats: readonly FigureFormat[];
  /** Figures to draw; default all. */
  readonly only?: readonly string[];
  /** Columns of a page; default by figure. */
  readonly column?: 1 | 2;
}

/**
 * Draws the figures of an experiment from its rows.
 *
 * @param write Takes the name of each file, such as "stages.svg", and its bytes.
 */
export async function drawExperimentFigures(
  experiment: Experiment,
  rows: readonly ExperimentRow[],
  { formats, only = Object.keys(experiment.figures), column }: DrawExperimentOptions,
  write: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  for (const name of only) {
    const spec = await contained(() => experiment.figures[name](rows, { column }));
    if (!(spec instanceof Object)) throw new TypeError(`${name}() returns no specification`);
    const svg = await renderSvg(spec);
    for (const format of formats) write(`${name}.${format}`, await convertSvg(svg, format));
  }
}
