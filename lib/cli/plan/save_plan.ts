import type { Plan } from "../../planning/plan_result.ts";
import { planFigures } from "../../planning/figures.ts";
import { planTable } from "../../planning/plan_table.ts";
import { convertSvg, renderSvg } from "../../plot/mod.ts";
import {
  addToResults,
  codeRevision,
  type InputFile,
  openResultDirectory,
  sha256,
  writeTable,
} from "../../results/mod.ts";
import { onStop } from "../on_stop.ts";

const FORMATS = ["svg", "pdf", "png"] as const;

/** Files of a plan, but its figures. */
export const PLAN_FILES = ["plan.json", "plan.parquet"];

/**
 * Writes a plan to a directory: plan.json, plan.parquet and manifest.json at once, then figures/.
 *
 * @returns Why there are no figures; undefined when they were drawn.
 * @throws {RangeError} If the directory holds something else than results.
 */
export async function savePlan(
  out: string,
  plan: Plan,
  inputs: readonly InputFile[],
): Promise<string | undefined> {
  const digests = await Promise.all(inputs.map(async (input) => ({
    name: input.name,
    sha256: "content" in input ? await sha256(input.content) : input.sha256,
  })));
  const text = JSON.stringify(plan, null, 2) + "\n";
  const directory = openResultDirectory(out);
  const dispose = onStop(() => directory.discard());
  try {
    directory.write("plan.json", (append) => append(text));
    writeTable(directory, "plan", planTable(plan), ["parquet"]);
    directory.commit(
      {
        format: "simfaasinfer-plan/1",
        digest: await sha256(text),
        inputs: digests,
        code: await codeRevision(),
        deno: Deno.version.deno,
      } as { readonly format: string },
    );
  } finally {
    dispose();
    directory.discard();
  }
  try {
    const files: [string, Uint8Array][] = [];
    for (const [name, spec] of Object.entries(planFigures(plan))) {
      const svg = await renderSvg(spec);
      for (const format of FORMATS) {
        files.push([`figures/${name}.${format}`, await convertSvg(svg, format)]);
      }
    }
    if (files.length > 0) addToResults(out, files);
    return undefined;
  } catch (error) {
    return `Cannot draw the figures: ${error instanceof Error ? error.message : String(error)}`;
  }
}
