import { NO_FACTS } from "../../execution/profiled/profile_facts.ts";
import { repairTables } from "../../execution/profiled/repair_tables.ts";
import { importLlmServingSim } from "../../execution/profiled/import_llmservingsim.ts";
import { importVidurCollective, importVidurLayers } from "../../execution/profiled/import_vidur.ts";
import type { OperatorProfile, ProfileSource } from "../../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../../execution/profiled/operator_table.ts";
import { holeNotes } from "../../execution/profiled/table_holes.ts";
import { unequalShareOf } from "../../execution/profiled/unequal_share.ts";
import { parseInput } from "../../std/input_error.ts";
import { deriveProfile, everyShape, readMeasurements } from "./derive_profile.ts";
import type { NamedGpu } from "./profile_gpu.ts";
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

/** A profile, and what a user should know of it, a sentence each. */
export interface ImportedProfile {
  readonly profile: OperatorProfile;
  readonly notes: readonly string[];
}

/**
 * Reads published measurements from files in their own format.
 *
 * @throws {RangeError} If the format is unknown or its files are not there.
 */
export async function importProfile(
  path: string,
  options: ImportOptions,
  named: NamedGpu,
): Promise<ImportedProfile> {
  const { gpu, peaks, device } = named;
  const { format, model, framework = "unknown" } = options;
  const source = {
    repository: "imported",
    commit: "unknown",
    licence: "see the source",
    framework,
    description: `Imported from ${format} files`,
    command: `deno task profile import --format ${format}`,
  };
  if (format === "aiconfigurator") return await importOperators(path, options, named, source);
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
    tables.push(...layerTables(path, model));
  } else {
    throw new RangeError(
      `Cannot import a format as one of collected, aiconfigurator, llmservingsim, vidur: current value is ${format}`,
    );
  }
  if (tables.length === 0) throw new RangeError(`Cannot find ${format} files under ${path}`);
  const repaired = repairTables(tables);
  const description = [source.description, ...repaired.notes].filter(Boolean).join("; ");
  return {
    profile: {
      gpu,
      ...(device !== undefined && { facts: { ...NO_FACTS, device } }),
      peaks,
      source: { ...source, description },
      tables: repaired.tables,
    },
    notes: holeNotes(repaired.tables),
  };
}

/** Operators of any shape, from the folder of one GPU. */
async function importOperators(
  path: string,
  { framework = "unknown", nccl: statedNccl }: ImportOptions,
  { gpu, peaks, device }: NamedGpu,
  source: ProfileSource,
): Promise<ImportedProfile> {
  const known = PROFILE_RECIPES.find((candidate) => candidate.gpu === gpu);
  const stated = framework === "unknown" ? known?.framework : framework;
  const nccl = statedNccl ?? known?.nccl;
  if (stated === undefined || nccl === undefined) {
    throw new UsageError(
      `Cannot import aiconfigurator files of ${gpu} without --framework NAME and --nccl VERSION`,
    );
  }
  const [format, folder] = ["aiconfigurator" as const, path.split("/").pop()!];
  const recipe: ProfileRecipe = {
    ...known,
    ...{ name: gpu, gpu, peaks, format, folder, framework: stated, nccl },
  };
  const derived = await deriveProfile(recipe, path.slice(0, path.lastIndexOf("/")), everyShape);
  const { description } = derived.source;
  const profile = {
    ...derived,
    ...(device !== undefined && { facts: { ...NO_FACTS, device } }),
    source: { ...source, framework: recipe.framework, description },
  };
  return { profile, notes: holeNotes(profile.tables) };
}

/** Layers of one model, from its tp<N> folders. */
function layerTables(path: string, model: string): OperatorTable[] {
  const tables: OperatorTable[] = [];
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
  return tables;
}
