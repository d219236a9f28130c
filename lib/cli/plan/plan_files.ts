import { loadConfig } from "../../config/load.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { InputFile } from "../../results/manifest.ts";
import { checkOwners } from "../../planning/owners.ts";
import { combinations, type FactorsByPath, readFactors } from "../../planning/factors.ts";
import { inputsByConfig, type InputsOf, type PlanTrace, traceKey } from "../../planning/inputs.ts";
import { readNamedFiles } from "../simulate/named_files.ts";

/** Sections whose settings say which files are read, and how. */
const SECTIONS = ["workload", "model", "cold_start", "execution", "speculative", "functions"];
/** Combinations of such levels at most: what is beyond reads what others have named. */
const MOST_COMBINATIONS = 1000;

/** Where a plan's configurations come from. */
export interface PlanSources {
  readonly texts: readonly string[];
  readonly fileNames: readonly string[];
  /** Settings of the command line, "path=value". */
  readonly set: readonly string[];
  readonly over: string | FactorsByPath;
}

/** Files that the configurations of a plan name. */
export interface PlanFiles {
  readonly inputsOf: InputsOf;
  /** The same files for the manifest. */
  readonly inputs: readonly InputFile[];
}

/**
 * Reads the files that the configurations of a plan name, those of factors' levels too: traces, models'
 * config.json, cold-start presets, profiles. A path counts from the directory of the configuration file;
 * one of `--set` from the working directory.
 *
 * @throws {UsageError} If one cannot be read.
 */
export async function readPlanFiles(sources: PlanSources): Promise<PlanFiles> {
  const { fileNames, set, over } = sources;
  // Before what both name is looked for.
  checkOwners(readFactors(over), set, undefined);
  const overridden = new Set(set.map((text) => text.slice(0, text.indexOf("=")).trim()));
  const files = new Map<string, string>();
  const traces = new Map<string, PlanTrace>();
  const inputs = new Map<string, InputFile>();
  const seen = new Set<string>();
  for (const config of configurations(sources)) {
    const key = namedBy(config);
    if (seen.has(key)) continue;
    seen.add(key);
    const read = await readNamedFiles(config, { fileNames, overridden });
    for (const [name, text] of read.files ?? []) files.set(name, text);
    for (const input of read.inputs) inputs.set(input.name, input);
    const sha256 = read.inputs.flatMap((input) => "sha256" in input ? input.sha256 : []).at(0);
    const trace = traceKey(config);
    if (read.trace !== undefined && trace !== undefined && sha256 !== undefined) {
      traces.set(trace, { trace: read.trace, sha256 });
    }
  }
  return { inputsOf: inputsByConfig({ files }, traces), inputs: [...inputs.values()] };
}

/** The configurations of all combinations of levels that may name files, but those that are refused. */
function* configurations({ texts, fileNames, set, over }: PlanSources): Generator<Configuration> {
  const factors = readFactors(over).filter(({ path }) => SECTIONS.includes(path.split(".")[0]));
  const all = combinations(factors);
  for (const levels of all.slice(0, MOST_COMBINATIONS)) {
    const own = Object.entries(levels).map(([path, level]) => `${path}=${JSON.stringify(level)}`);
    try {
      yield loadConfig(texts, { set: [...set, ...own], fileNames });
    } catch (error) {
      // The plan says what is wrong with it, be it of all or of one candidate.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

/** What decides which files a configuration names, and how they are read. */
function namedBy(config: Configuration): string {
  const { model, speculative, cold_start: start, execution, functions } = config;
  return JSON.stringify([
    traceKey(config) ?? null,
    [model.hf_config, speculative.method, speculative.draft.hf_config],
    [start.enabled, start.preset, execution.source, execution.profile],
    functions,
  ]);
}
