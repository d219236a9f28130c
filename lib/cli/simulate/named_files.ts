import type { Configuration } from "../../config/configuration.ts";
import { PROFILE_SOURCES } from "../../execution/sources/sources.ts";
import type { RunInputs } from "../../run/cluster.ts";
import { functionConfigurations } from "../../config/function_configurations.ts";
import type { InputFile } from "../../results/manifest.ts";
import type { Trace } from "../../workload/traces/trace.ts";
import type { InputSize } from "../../results/read_input.ts";
import { shownFile } from "../../std/input_error.ts";
import { importLater } from "../import_later.ts";
import { readInput, STANDARD_INPUT } from "../read_input.ts";

/** Content of the files that a configuration names. */
export interface NamedFiles extends RunInputs {
  /** The same files for the manifest: name as the configuration has it, and content. */
  readonly inputs: readonly InputFile[];
}

/** A setting of a function that may name a file. */
interface FileSetting {
  readonly setting: string;
  /** What the file should be. */
  readonly what: string;
  readonly size: InputSize;
  /** The name that is used, if any; null for none. */
  readonly nameIn: (config: Configuration) => string | null;
}

const FILE_SETTINGS: readonly FileSetting[] = [
  {
    setting: "model.hf_config",
    what: "a model's config.json",
    size: "description",
    nameIn: ({ model }) => model.hf_config,
  },
  {
    setting: "speculative.draft.hf_config",
    what: "a draft model's config.json",
    size: "description",
    nameIn: ({ speculative: { method, draft } }) => method === "none" ? null : draft.hf_config,
  },
  {
    setting: "cold_start.preset",
    what: "a cold-start preset",
    size: "description",
    nameIn: ({ cold_start: { enabled, preset } }) =>
      enabled && preset !== null && /\.ya?ml$/i.test(preset) ? preset : null,
  },
  {
    setting: "cluster.gpu_link.nccl_tests",
    what: "an output of nccl-tests",
    size: "description",
    nameIn: ({ cluster }) => cluster.gpu_link.nccl_tests,
  },
  {
    setting: "execution.profile",
    what: "a profile",
    size: "measurements",
    nameIn: ({ execution: { source, profile } }) =>
      PROFILE_SOURCES.includes(source) ? profile : null,
  },
];

/** Where a configuration comes from, so that the paths in it can be followed. */
export interface ConfigurationOrigin {
  /** Names of its files, later ones over earlier ones. */
  readonly fileNames: readonly string[];
  /** Settings that the command line gives; their paths count from the working directory. */
  readonly overridden: ReadonlySet<string>;
}

/**
 * Reads the files that a configuration and its functions name: a trace, models' config.json,
 * cold-start presets, profiles. A relative path counts from the directory of the configuration file;
 * a file that is not there is looked for in the working directory. Paths on the command line count
 * from the working directory.
 *
 * @throws {UsageError} If one cannot be read.
 */
export async function readNamedFiles(
  config: Configuration,
  origin: ConfigurationOrigin,
): Promise<NamedFiles> {
  const inputs: InputFile[] = [];
  const read: Read = async (setting, name, what, size) => {
    const content = await readLocated(origin, setting, name, what, size);
    inputs.push({ name: shownFile(name), content });
    return content;
  };
  const { workload } = config;
  const replays = workload.type === "trace" || workload.cycle_prompts;
  const trace = replays && workload.trace.path !== null
    ? await readTrace(config, workload.trace.path, origin)
    : undefined;
  if (trace !== undefined) inputs.push(trace.input);
  const files = await readFunctionFiles(config, FILE_SETTINGS, read);
  return { ...(trace !== undefined && { trace: trace.trace }), files, inputs };
}

function locating(): Promise<typeof import("./locate.ts")> {
  return importLater(import.meta.resolve("./locate.ts"));
}

async function readTrace(
  config: Configuration,
  name: string,
  origin: ConfigurationOrigin,
): Promise<{ readonly trace: Trace; readonly input: InputFile }> {
  const [{ locate }, { readTraceFile }, { traceOptions }] = await Promise.all([
    locating(),
    importLater<typeof import("./trace_file.ts")>(import.meta.resolve("./trace_file.ts")),
    importLater<typeof import("../../run/trace.ts")>(import.meta.resolve("../../run/trace.ts")),
  ]);
  const path = name === STANDARD_INPUT ? name : locate(name, "workload.trace.path", origin);
  const { trace, sha256 } = await readTraceFile(path, { ...traceOptions(config) });
  return { trace, input: { name: shownFile(name), sha256 } };
}

/**
 * Reads the models' config.json files alone that a configuration and its functions name.
 *
 * @returns Texts by the names that the configuration has.
 * @throws {UsageError} If one cannot be read.
 */
export function readModelFiles(
  config: Configuration,
  origin: ConfigurationOrigin,
): Promise<ReadonlyMap<string, string>> {
  const settings = FILE_SETTINGS.filter(({ setting }) => setting.endsWith(".hf_config"));
  return readFunctionFiles(
    config,
    settings,
    (setting, name, what, size) => readLocated(origin, setting, name, what, size),
  );
}

/** Reads the file that a setting names. */
type Read = (setting: string, name: string, what: string, size: InputSize) => Promise<string>;

async function readLocated(
  origin: ConfigurationOrigin,
  ...[setting, name, what, size]: Parameters<Read>
): Promise<string> {
  const { locate } = await locating();
  const path = name === STANDARD_INPUT ? name : locate(name, setting, origin);
  return readInput(path, what, size);
}

async function readFunctionFiles(
  config: Configuration,
  settings: readonly FileSetting[],
  read: Read,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { config: own } of functionConfigurations(config)) {
    for (const { setting, what, size, nameIn } of settings) {
      const name = nameIn(own);
      if (name === null || files.has(name)) continue;
      if (setting === "execution.profile" && await isShippedProfile(name)) continue;
      // What a function names by itself stands in its entry of the list.
      const given = nameIn(config) === name ? setting : "functions";
      files.set(name, await read(given, name, what, size));
    }
  }
  return files;
}

async function isShippedProfile(name: string): Promise<boolean> {
  const { PROFILE_NAMES } = await importLater<typeof import("../../execution/profiled/mod.ts")>(
    import.meta.resolve("../../execution/profiled/mod.ts"),
  );
  return PROFILE_NAMES.includes(name);
}
