import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { exists } from "../results/exists.ts";
import { importExperiment } from "./load_experiment.ts";

/** An experiment's place. */
export interface ExperimentPlace {
  /** Its id, which is the name of its folder where it is one of many. */
  readonly id: string;
  /** How it was asked for on the command line, where that was not by its id. */
  readonly given?: string;
  /** Address of its experiment.ts. */
  readonly module: string;
  /** Path of its expected.json, which may not exist. */
  readonly expected: string;
}

/**
 * The experiments in a folder, in the order of their names.
 *
 * @param folder Address of the folder, ending in "/".
 */
export function findExperiments(folder: URL): ExperimentPlace[] {
  const places: ExperimentPlace[] = [];
  let entries: Deno.DirEntry[];
  try {
    entries = Array.from(Deno.readDirSync(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  for (const { name, isDirectory } of entries) {
    if (!isDirectory) continue;
    const module = new URL(`${name}/experiment.ts`, folder);
    if (!exists(module)) continue;
    const expected = decodeURIComponent(new URL(`${name}/expected.json`, folder).pathname);
    places.push({ id: name, module: module.href, expected });
  }
  return places.sort((a, b) => a.id < b.id ? -1 : 1);
}

/** Whether a name on the command line is a path rather than an id. */
export function isExperimentPath(name: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(name);
}

/**
 * The experiment of a module anywhere.
 *
 * @param path The module, or a folder with an experiment.ts.
 * @throws {RangeError} If there is none, or it cannot be loaded.
 */
export async function experimentAt(path: string): Promise<ExperimentPlace> {
  const isFolder = exists(path) && Deno.statSync(path).isDirectory;
  const file = resolve(isFolder ? `${path}/experiment.ts` : path);
  if (!exists(file)) {
    const what = isFolder ? "a folder with an experiment.ts" : "a file";
    throw new RangeError(`Cannot find an experiment as ${what}: current value is "${path}"`);
  }
  const module = pathToFileURL(file).href;
  const { id } = await importExperiment(module);
  const stem = file.replace(/^.*[/\\]/, "").replace(/\.[cm]?[jt]s$/, "");
  const pinned = stem === "experiment" ? "expected.json" : `${stem}.expected.json`;
  return { id, given: path, module, expected: `${dirname(file)}/${pinned}` };
}
