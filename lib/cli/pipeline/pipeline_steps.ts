import { pathToFileURL } from "node:url";
import {
  type ExperimentPlace,
  type ExperimentPlan,
  filesOfRows,
  findExperiments,
  foldersDigest,
  planExperiment,
} from "../../experiment/mod.ts";
import { dataSources } from "../../results/data_sources.ts";
import { exists } from "../../results/exists.ts";
import { findExternalData } from "../../results/external_data.ts";
import { sha256 } from "../../results/sha256.ts";
import { runData } from "../data/data.ts";
import { reproduce } from "../experiment/experiment_actions.ts";
import type { SlurmCall } from "../experiment/executor_options.ts";
import { plotCommand } from "../plot.ts";

/** A step of the pipeline. */
export interface PipelineStep {
  readonly name: string;
  /** SHA-256 of what it depends on; undefined leaves it out. */
  readonly fingerprint: string | undefined;
  /** What that is, for a line such as "skipped, sources and inputs unchanged". */
  readonly inputs: string;
  /** Why it is left out. */
  readonly why?: string;
  /** Whether what it makes is there. */
  isThere(): boolean;
  /** @returns Exit code. */
  run(print: (line: string) => void): Promise<number>;
}

/** Folders that the pipeline works on. */
export interface PipelineFolders {
  readonly results: string;
  readonly experiments: string;
  readonly notebooks: string;
  /** Slurm as the executor of the experiments; undefined for Workers. */
  readonly slurm?: SlurmCall | undefined;
}

/** The steps in their order. Each is looked at when the one before has ended: it may depend on it. */
export async function* pipelineSteps(folders: PipelineFolders): AsyncGenerator<PipelineStep> {
  const { results } = folders;
  yield await dataStep();
  const places = findExperiments(pathToFileURL(`${folders.experiments}/`));
  for (const place of places) yield await experimentStep(place, folders);
  for (const place of places) {
    if (hasRows(`${results}/${place.id}`)) yield await figureStep(place, folders);
  }
  const { notebookStep } = await import("./notebook_step.ts");
  yield await notebookStep(folders);
}

/** Verifies the data sets. Size and date of a file stand for its content. */
async function dataStep(): Promise<PipelineStep> {
  const lines = dataSources().flatMap(({ id, files }) =>
    files.map((file) => {
      const path = findExternalData(id, file.path);
      const info = path === undefined ? undefined : Deno.statSync(path);
      return `${id}/${file.path} ${file.sha256} ${info?.size} ${info?.mtime?.getTime()}`;
    })
  );
  return {
    name: "data",
    fingerprint: await sha256(lines.join("\n")),
    inputs: "data sets",
    isThere: () => true,
    run: (print) => runData(["verify"], print),
  };
}

async function experimentStep(
  place: ExperimentPlace,
  { results, experiments, slurm }: PipelineFolders,
): Promise<PipelineStep> {
  const name = `experiment ${place.id}`;
  const cells = `${results}/.cells`;
  let plan: ExperimentPlan;
  try {
    plan = await planExperiment(place.module, cells);
  } catch (error) {
    if (!(error instanceof RangeError && error.message.includes("external data set"))) throw error;
    const why = "a data set that it needs is not present";
    return { name, fingerprint: undefined, inputs: "", why, isThere: () => false, run: nothing };
  }
  const pinned = exists(place.expected) ? Deno.readTextFileSync(place.expected) : "";
  const parts = [...plan.tasks.map(({ address }) => address), pinned];
  return {
    name,
    fingerprint: await sha256(parts.join("\n")),
    inputs: "sources, inputs and pinned results",
    isThere: () => hasRows(`${results}/${place.id}`),
    run(print) {
      const workers = navigator.hardwareConcurrency;
      const options = { cells: [], pin: false, quiet: false, named: true };
      return reproduce([place], { results, experiments, workers, slurm, ...options }, print);
    },
  };
}

async function figureStep(
  place: ExperimentPlace,
  { results, experiments }: PipelineFolders,
): Promise<PipelineStep> {
  const directory = `${results}/${place.id}`;
  const root = new URL("../../../", import.meta.url);
  const parts = [
    ...await Promise.all(
      filesOfRows(directory).map((path) => sha256(Deno.readFileSync(path))),
    ),
    await foldersDigest(root, ["lib/plot/"]),
    await sha256(Deno.readFileSync(new URL(place.module))),
  ];
  return {
    name: `figures ${place.id}`,
    fingerprint: await sha256(parts.join("\n")),
    inputs: "rows and lib/plot",
    isThere: () => exists(`${directory}/figures`),
    run: async (print) => await plotCommand.run([directory, "--experiments", experiments], print),
  };
}

function hasRows(directory: string): boolean {
  return filesOfRows(directory).length > 0;
}

function nothing(): Promise<number> {
  return Promise.resolve(0);
}
