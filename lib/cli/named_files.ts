import type { Configuration } from "../config/configuration.ts";
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
export async function readNamedFiles(
  config: Configuration,
  origin: ConfigurationOrigin,
): Promise<NamedFiles> {
  const { model, workload, cold_start: start, execution } = config;
  const inputs: { name: string; content: string }[] = [];
  const read = async (setting: string, name: string | null, what: string) => {
    if (name === null) return undefined;
    const { locate } = await import("./locate.ts");
    const content = readInput(locate(name, setting, origin), what);
    inputs.push({ name, content });
    return content;
  };
  const replays = workload.type === "trace" || workload.cycle_prompts;
  const isPresetFile = /\.ya?ml$/i.test(start.preset);
  const traceText = await read(
    "workload.trace.path",
    replays ? workload.trace.path : null,
    "a trace",
  );
  const modelConfigText = await read("model.hf_config", model.hf_config, "a model's config.json");
  const preset = isPresetFile && start.enabled ? start.preset : null;
  const presetText = await read("cold_start.preset", preset, "a cold-start preset");
  const isProfiled = execution.source === "profiled" || execution.source === "calibrated";
  const profile = isProfiled && await isProfileFile(execution.profile) ? execution.profile : null;
  const profileText = await read("execution.profile", profile, "a profile");
  return {
    ...(traceText !== undefined && { traceText }),
    ...(modelConfigText !== undefined && { modelConfigText }),
    ...(presetText !== undefined && { presetText }),
    ...(profileText !== undefined && { profileText }),
    inputs,
  };
}

async function isProfileFile(profile: string | null): Promise<boolean> {
  if (profile === null) return false;
  const { PROFILED_GPUS } = await import("../execution/profiled/mod.ts");
  return !PROFILED_GPUS.includes(profile);
}
