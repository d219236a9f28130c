import { exists } from "../results/exists.ts";

/** An experiment's place. */
export interface ExperimentPlace {
  /** Name of its folder, which is its id. */
  readonly id: string;
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
