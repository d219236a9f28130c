import { convertSvg, type FigureFormat, renderSvg } from "../plot/mod.ts";
import { codeRevision, openResultDirectory, sha256, writeTable } from "../results/mod.ts";
import type { TargetRow } from "./targets/target.ts";
import type { Experiment, ExperimentRow } from "./experiment.ts";
import type { ExperimentPlan } from "./plan_experiment.ts";
import { rowTable } from "./row_table.ts";
import type { ExperimentRun } from "./run_experiment.ts";
import { targetPage } from "./target_page.ts";

/** What of an experiment is written. */
export interface WrittenExperiment {
  readonly targets: readonly TargetRow[];
  readonly headlines: Readonly<Record<string, number>>;
}

/**
 * Writes what a whole run of an experiment gives to a directory, which is put into place at once:
 * rows.parquet, figures/ in all formats, targets.md, manifest.json. Equal runs give equal bytes but
 * for the wall time in the manifest.
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
  const { experiment, inputDigests, sources } = plan;
  const { id, version, seed, replications, question } = experiment;
  const targets = experiment.targets(run.rows);
  const headlines = experiment.headlines(run.rows);
  const files: [string, Uint8Array | string][] = [];
  await drawExperimentFigures(
    experiment,
    run.rows,
    { formats: ["svg", "pdf", "png"] },
    (name, bytes) => files.push([`figures/${name}`, bytes]),
  );
  const manifest = {
    format: "simfaasinfer-experiment/1",
    experiment: id,
    version,
    seed,
    replications,
    question,
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
  const target = openResultDirectory(directory);
  try {
    writeTable(target, "rows", rowTable(run.rows), ["parquet"]);
    files.push(
      ["targets.md", targetPage(experiment, targets, headlines)],
      ["manifest.json", JSON.stringify(manifest, null, 2) + "\n"],
    );
    for (const [path, content] of files) target.write(path, (append) => append(content));
    target.commit();
  } finally {
    target.discard();
  }
  return { targets, headlines };
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
    const svg = await renderSvg(experiment.figures[name](rows, { column }));
    for (const format of formats) write(`${name}.${format}`, await convertSvg(svg, format));
  }
}
