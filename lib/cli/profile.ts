import { parseArgs } from "@std/cli";
import { PROFILED_GPUS, shippedProfile } from "../execution/profiled/catalogue.ts";
import { importLlmServingSim } from "../execution/profiled/import_llmservingsim.ts";
import { importVidurCollective, importVidurLayers } from "../execution/profiled/import_vidur.ts";
import type { GpuPeaks, OperatorProfile } from "../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../execution/profiled/operator_table.ts";
import { profileCoverage } from "../execution/profiled/profile_coverage.ts";
import { parseProfile, writeProfile } from "../execution/profiled/profile_text.ts";
import { synthesizeProfile } from "../execution/profiled/synthesize_profile.ts";
import { unequalShareOf } from "../execution/profiled/unequal_share.ts";
import { externalData } from "../results/external_data.ts";
import { randomStreams } from "../sim/random_streams.ts";
import { deriveProfile, everyShape } from "./derive_profile.ts";
import { PROFILE_RECIPES } from "./profile_recipes.ts";
import type { Command } from "./command.ts";
import { readInput } from "./read_input.ts";
import { UsageError } from "./usage_error.ts";

const HELP = `Measured operator times: import, inspect, make.

Usage: deno task profile COMMAND

  show FILE|GPU       What a profile covers (shipped: ${PROFILED_GPUS.join(", ")})
  import PATH --format FORMAT --gpu GPU --out FILE
                      Writes a profile from published measurements:
                        aiconfigurator  folder of one GPU (data/h100_sxm)
                        llmservingsim   folder of tp<N> folders (perf/RTX4090/.../bf16), with --model
                        vidur           mlp.csv, all_reduce.csv or send_recv.csv, with --model
                      --framework "vllm 0.24.0", --nccl VERSION choose among versions
  derive [NAME...]    Writes the shipped profiles again from external data (all without a name)
  synthesize --gpu GPU --out FILE [--noise 0.03] [--seed 1]
                      Writes roofline times with noise in the same format

  GPU is one of the shipped profiles; its data sheet is used.`;

/** Runs "profile". Returns the exit code; 2 for a wrong command line. */
export async function runProfile(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["help"],
    string: ["format", "gpu", "out", "model", "framework", "nccl", "noise", "seed"],
    alias: { h: "help" },
  });
  const [command, ...rest] = options._.map(String);
  const save = (profile: OperatorProfile, path: string) => {
    const text = writeProfile(profile);
    Deno.writeTextFileSync(`${path}.part`, text);
    Deno.renameSync(`${path}.part`, path);
    print(`${path}: ${profile.tables.length} tables, ${text.length} bytes`);
  };
  if (command === "show" && rest.length === 1) {
    const shipped = PROFILED_GPUS.includes(rest[0]);
    show(shipped ? shippedProfile(rest[0]) : parseProfile(readInput(rest[0], "a profile")), print);
    return 0;
  }
  if (command === "derive") {
    const recipes = rest.length === 0 ? PROFILE_RECIPES : rest.map(recipeOf);
    for (const recipe of recipes) {
      const profile = await deriveProfile(recipe, externalData(recipe.format));
      const folder = new URL("../../data/profiles/", import.meta.url);
      save(profile, decodeURIComponent(new URL(`${recipe.name}.json`, folder).pathname));
    }
    return 0;
  }
  if (command === "synthesize" && options.out !== undefined && options.gpu !== undefined) {
    const { gpu, peaks } = recipeOf(options.gpu);
    const seed = Number(options.seed ?? 1);
    const stream = randomStreams(seed, 0).take("profile");
    const noise = Number(options.noise ?? 0.03);
    save(synthesizeProfile({ gpu, peaks, noise }, stream), options.out);
    return 0;
  }
  if (command === "import" && rest.length === 1 && options.out !== undefined) {
    const recipe = recipeOf(options.gpu ?? "");
    save(await importFrom(rest[0], options, recipe.peaks, recipe.gpu), options.out);
    return 0;
  }
  print(HELP);
  return options.help || command === undefined ? 0 : 2;
}

function recipeOf(name: string) {
  const recipe = PROFILE_RECIPES.find((candidate) => candidate.name === name);
  if (recipe === undefined) {
    const known = PROFILE_RECIPES.map((candidate) => candidate.name).join(", ");
    throw new RangeError(`Cannot use a GPU as one of ${known}: current value is ${name}`);
  }
  return recipe;
}

async function importFrom(
  path: string,
  options: Readonly<Record<string, unknown>>,
  peaks: GpuPeaks,
  gpu: string,
): Promise<OperatorProfile> {
  const { format, model, framework = "unknown" } = options as Record<string, string | undefined>;
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
      nccl: (options.nccl as string | undefined) ?? known.nccl,
    } as const;
    const derived = await deriveProfile(recipe, path.slice(0, path.lastIndexOf("/")), everyShape);
    return { ...derived, source: { ...source, framework: recipe.framework } };
  }
  if (model === undefined) throw new UsageError("Cannot import without --model");
  const tables: OperatorTable[] = [];
  if (format === "vidur") {
    const text = readInput(path, "Vidur measurements");
    const collective = /time_stats\.(all_reduce|send_recv)\./.test(text.slice(0, 2000));
    tables.push(...(collective ? importVidurCollective(text) : importVidurLayers(text, model)));
  } else if (format === "llmservingsim") {
    for (const tensorParallel of [1, 2, 4, 8]) {
      const read = (name: string) => {
        try {
          return Deno.readTextFileSync(`${path}/${name}`);
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) return undefined;
          throw error;
        }
      };
      const [dense, perSequence, attention] = ["dense", "per_sequence", "attention"].map((name) =>
        read(`tp${tensorParallel}/${name}.csv`)
      );
      if (dense === undefined || perSequence === undefined || attention === undefined) continue;
      const texts = { dense, perSequence, attention, moe: read(`tp${tensorParallel}/moe.csv`) };
      const meta = read("meta.yaml");
      const unequalShare = meta === undefined ? undefined : unequalShareOf(meta, tensorParallel);
      tables.push(...importLlmServingSim({
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
  return { gpu, peaks, source, tables };
}

function show(profile: OperatorProfile, print: (line: string) => void): void {
  const { gpu, source, peaks } = profile;
  print(`${gpu}: ${source.framework} kernels from ${source.repository} (${source.licence})`);
  print(`  ${source.description}`);
  print(
    `  data sheet: ${peaks.bf16FlopsPerSecond / 1e12} TFLOP/s bf16, ` +
      `${peaks.fp8FlopsPerSecond / 1e12} fp8, ${peaks.memoryBytesPerSecond / 1e9} GB/s`,
  );
  for (const table of profileCoverage(profile)) {
    const range = `${(table.leastSeconds * 1e6).toPrecision(3)} to ` +
      `${(table.greatestSeconds * 1e6).toPrecision(3)} us`;
    const fit = table.referenceError === null
      ? ""
      : `; smooth fit off by ${(100 * table.referenceError).toFixed(1)} %`;
    print(`  ${table.operator} ${table.attributes}: ${table.cells} times, ${range}${fit}`);
    print(`    ${table.axes.join("; ")}`);
  }
}

/** The command "profile". */
export const profileCommand: Command = {
  name: "profile",
  summary: "Import, inspect and make profiles of measured operator times",
  help: HELP,
  run: runProfile,
};
