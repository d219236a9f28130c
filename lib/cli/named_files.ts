import { dirname, isAbsolute, join } from "node:path";
import type { Configuration } from "../config/configuration.ts";
import { PROFILED_GPUS } from "../execution/profiled/mod.ts";
import { readInput } from "./read_input.ts";

/** Content of the files that a configuration names. */
export interface NamedFiles {
  readonly traceText?: string;
  readonly modelConfigText?: string;
  readonly presetText?: string;
  readonly profileText?: string;
  /** The same files for the manifest: name as the configuration has it, and content. */
  readonly inputs: readonly { readonly name: string; readonly content: string }[];
}

/** Where a configuration comes from, so that the paths in it can be followed. */
export interface ConfigurationOrigin {
  /** Names of its files, later ones over earlier ones. */
  readonly fileNames: readonly string[];
  /** Settings that the command line gives; their paths count from the working directory. */
  readonly overridden: ReadonlySet<string>;
}

/**
 * Reads the files that a configuration names: its trace, a model's config.json, a cold-start
 * preset, a profile.
 * A relative path counts from the directory of the configuration file; a file that is not there is
 * looked for in the working directory. Paths on the command line count from the working directory.
 *
 * @throws {UsageError} If one cannot be read.
 */
export function readNamedFiles(config: Configuration, origin: ConfigurationOrigin): NamedFiles {
  const { model, workload, cold_start: start, execution } = config;
  const inputs: { name: string; content: string }[] = [];
  const read = (setting: string, name: string | null, what: string) => {
    if (name === null) return undefined;
    const content = readInput(locate(name, setting, origin), what);
    inputs.push({ name, content });
    return content;
  };
  const replays = workload.type === "trace" || workload.cycle_prompts;
  const isPresetFile = /\.ya?ml$/i.test(start.preset);
  const traceText = read("workload.trace.path", replays ? workload.trace.path : null, "a trace");
  const modelConfigText = read("model.hf_config", model.hf_config, "a model's config.json");
  const preset = isPresetFile && start.enabled ? start.preset : null;
  const presetText = read("cold_start.preset", preset, "a cold-start preset");
  const isProfileFile = execution.profile !== null && !PROFILED_GPUS.includes(execution.profile);
  const isProfiled = execution.source === "profiled" || execution.source === "calibrated";
  const profile = isProfiled && isProfileFile ? execution.profile : null;
  const profileText = read("execution.profile", profile, "a profile");
  return {
    ...(traceText !== undefined && { traceText }),
    ...(modelConfigText !== undefined && { modelConfigText }),
    ...(presetText !== undefined && { presetText }),
    ...(profileText !== undefined && { profileText }),
    inputs,
  };
}

function locate(name: string, setting: string, origin: ConfigurationOrigin): string {
  if (isAbsolute(name) || origin.overridden.has(setting)) return name;
  const places = origin.fileNames.map((file) => join(dirname(file), name)).toReversed();
  return places.find(exists) ?? (exists(name) ? name : places[0] ?? name);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
