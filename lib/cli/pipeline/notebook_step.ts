import { foldersDigest, sourceDigest } from "../../experiment/mod.ts";
import { exists } from "../../results/exists.ts";
import { sha256 } from "../../results/sha256.ts";
import { notebookNames, runNotebooks } from "../notebooks/notebooks.ts";
import type { PipelineFolders, PipelineStep } from "./pipeline_steps.ts";

/**
 * Executes the notebooks: they depend on the library, on drawing and on the experiments' rows, which
 * they read from the folder that the pipeline writes to.
 */
export async function notebookStep(folders: PipelineFolders): Promise<PipelineStep> {
  const { notebooks, results } = folders;
  const names = notebookNames(notebooks);
  const none = { name: "notebooks", isThere: () => true, run: () => Promise.resolve(0) };
  if (names.length === 0) {
    return { ...none, fingerprint: undefined, inputs: "", why: "there are none" };
  }
  const root = new URL("../../../", import.meta.url);
  const rows = foldersWithTargets(results);
  const parts = [
    await sourceDigest(root),
    await foldersDigest(root, ["lib/plot/", "lib/report/"]),
    ...names.map((name) => Deno.readTextFileSync(`${notebooks}/${name}.ipynb`)),
    ...rows.map((id) => Deno.readTextFileSync(`${results}/${id}/targets.md`)),
  ];
  return {
    name: "notebooks",
    fingerprint: await sha256(parts.join("\n")),
    inputs: "notebooks, sources and results",
    isThere: () => true,
    run: (print) => runNotebooks(notebooks, names, print, { results }),
  };
}

/** Names of the experiments whose results are in a folder, in their order. */
function foldersWithTargets(results: string): string[] {
  if (!exists(results)) return [];
  return Array.from(Deno.readDirSync(results))
    .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => exists(`${results}/${name}/targets.md`))
    .sort();
}
