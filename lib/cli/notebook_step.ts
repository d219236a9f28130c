import { foldersDigest, sourceDigest } from "../experiment/mod.ts";
import { sha256 } from "../results/sha256.ts";
import { notebookNames, runNotebooks } from "./notebooks.ts";
import type { PipelineFolders, PipelineStep } from "./pipeline_steps.ts";

/** Executes the notebooks: they depend on the library, on drawing and on the experiments' rows. */
export async function notebookStep(folders: PipelineFolders): Promise<PipelineStep> {
  const { notebooks, results } = folders;
  const names = notebookNames(notebooks);
  const none = { name: "notebooks", isThere: () => true, run: () => Promise.resolve(0) };
  if (names.length === 0) {
    return { ...none, fingerprint: undefined, inputs: "", why: "there are none" };
  }
  const root = new URL("../../", import.meta.url);
  const rows = Array.from(Deno.readDirSync(results))
    .filter(({ name, isDirectory }) => isDirectory && !name.startsWith(".")).map(({ name }) => name)
    .sort();
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
    run: (print) => runNotebooks(notebooks, names, print),
  };
}
