import { repairTables } from "../../execution/profiled/repair_tables.ts";
import { importLlmServingSim } from "../../execution/profiled/import_llmservingsim.ts";
import { importVidurCollective, importVidurLayers } from "../../execution/profiled/import_vidur.ts";
import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../../execution/profiled/operator_table.ts";
import { unequalShareOf } from "../../execution/profiled/unequal_share.ts";
import { parseInput } from "../../std/input_error.ts";
import { deriveProfile, everyShape, readMeasurements } from "./derive_profile.ts";
import { PROFILE_RECIPES, type ProfileRecipe } from "./profile_recipes.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";

/** What the command line says about the measurements. */
export interface ImportOptions {
  /** aiconfigurator, llmservingsim or vidur. */
  readonly format: string | undefined;
  /** Catalogue name of the measured model. */
  readonly model: string | undefined;
  readonly framework: string | undefined;
  readonly nccl: string | undefined;
}

/**
 * Reads published measurements from files in their own format.
 *
 * @throws {RangeError} If the format is unknown or its files are not there.
 */
export async function importProfile(
  path: string,
  options: ImportOptions,
  { gpu, peaks }: Pick<ProfileRecipe, "gpu" | "peaks">,
): Promise<OperatorProfile> {
  const { format, model, framework = "unknown" } = options;
  const source = {
    repository: "imported",
    commit: "unknown",
    licence: "see the source",
    framework,
    description: `Imported from ${format} files`,
    command: `deno task profile import --format ${format}`,
  };
  if (format === "aiconfigurator") {
    const known = PROFILE_RECIPES.find((candidate) => candidate.gpu === gpu)!;
    const recipe = {
      ...known,
      format,
      folder: path.split("/").pop()!,
      framework: framework === "unknown" ? known.framework : framework,
      nccl: options.nccl ?? known.nccl,
    } as const;
    const derived = await deriveProfile(recipe, path.slice(0, path.lastIndexOf("/")), everyShape);
    const { description } = derived.source;
    return { ...derived, source: { ...source, framework: recipe.framework, description } };
  }
  if (model === undefined) throw new UsageError("Cannot import without --model");
  const tables: OperatorTable[] = [];
  if (format === "vidur") {
    const what = "Vidur measurements";
    tables.push(
      ...parseInput({ file: path, what }, readInput(path, what, "measurements"), (text) => {
        const collective = /time_stats\.(all_reduce|send_recv)\./.test(text.slice(0, 2000));
        return collective ? importVidurCollective(text) : importVidurLayers(text, model);
      }),
    );
  } else if (format === "llmservingsim") {
    for (const tensorParallel of [1, 2, 4, 8]) {
      const read = (name: string) => readMeasurements(`${path}/${name}`);
      const [dense, perSequence, attention] = ["dense", "per_sequence", "attention"].map((name) =>
        read(`tp${tensorParallel}/${name}.csv`)
      );
      if (dense === undefined || perSequence === undefined || attention === undefined) continue;
      const texts = { dense, perSequence, attention, moe: read(`tp${tensorParallel}/moe.csv`) };
      const meta = read("meta.yaml");
      const unequalShare = meta === undefined
        ? undefined
        : parseInput({ file: `${path}/meta.yaml`, what: "facts of the measurements" }, meta, () =>
          unequalShareOf(meta, tensorParallel));
      tables.push(...importLlmServingSim({
        path: `${path}/tp${tensorParallel}`,
        model,
        tensorParallel,
        dtype: "bf16",
        ...texts,
        ...(unequalShare !== undefined && { unequalShare }),
      }));
    }
  } else {
    throw new RangeError(
      `Cannot import a format as one of aiconfigurator, llmservingsim, vidur: current value is ${format}`,
    );
  }
  if (tables.length === 0) throw new RangeError(`Cannot find ${format} files under ${path}`);
  const repaired = repairTables(tables);
  const description = [source.description, ...repaired.notes].filter(Boolean).join("; ");
  return { gpu, peaks, source: { ...source, description }, tables: repaired.tables };
}
