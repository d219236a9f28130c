import type { Configuration } from "./configuration.ts";
import { enginePreset } from "./engine_preset.ts";
import { fillSections, merge } from "./merge.ts";
import { emptyMapping, isMapping, type Mapping, normalize } from "./normalize.ts";
import { configurationSchema } from "./schema.ts";
import { FUNCTION_SECTIONS } from "./sections/functions.ts";
import { nodeInfo, type SectionInfo } from "./setting.ts";

/** A function as its entry in the configuration has it. */
export interface FunctionConfiguration {
  /** Name in the results; null: the model's. */
  readonly name: string | null;
  /** Functions of this kind. */
  readonly count: number;
  /** Weight of its popularity; null: by rank. */
  readonly share: number | null;
  /** The whole configuration as it is for this function. */
  readonly config: Configuration;
}

/** What is wrong with an entry: internal path below it, and the rest of the line. */
export interface FunctionProblem {
  readonly path: string;
  readonly text: string;
}

type Entry = Configuration["functions"][number];

/** The settings of an entry as a configuration text would have them. */
export function entryMapping(entry: Entry): Mapping {
  const mapping = emptyMapping();
  for (const key of FUNCTION_SECTIONS) {
    const own = entry[key];
    if (own !== null) mapping[key] = own;
  }
  if (entry.gpu_type !== null) mapping.cluster = { gpu_type: entry.gpu_type };
  return mapping;
}

/** Reads an entry over the whole configuration. */
export function readFunction(
  config: Configuration,
  entry: Entry,
): { readonly config: Configuration | undefined; readonly problems: readonly string[] } {
  return settingsOver({ ...config, functions: [] }, entryMapping(entry));
}

/** Reads settings over a whole configuration. */
export function settingsOver(
  base: Configuration,
  mapping: Mapping,
): { readonly config: Configuration | undefined; readonly problems: readonly string[] } {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const own = normalize(root, mapping);
  const withEngine = merge(root, enginePreset(own.settings), own.settings);
  const settings = fillSections(
    root,
    merge(root, plain(base as unknown as Mapping) as Mapping, withEngine),
  );
  const parsed = configurationSchema.safeParse(settings);
  if (parsed.success) return { config: parsed.data, problems: own.problems };
  const problems = parsed.wrong.map(({ path, text }) => `Cannot read "${path.join(".")}" ${text}`);
  return { config: undefined, problems: [...own.problems, ...problems] };
}

/** A copy whose mappings have no prototype, as those of a text. */
function plain(value: unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.assign(
    emptyMapping(),
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])),
  );
}

/** The functions of a checked configuration; without a list, as many alike as the workload calls. */
export function functionConfigurations(config: Configuration): FunctionConfiguration[] {
  if (config.functions.length === 0) {
    return [{ name: null, count: config.workload.functions.count, share: null, config }];
  }
  return config.functions.map((entry) => ({
    name: entry.name,
    count: entry.count,
    share: entry.share,
    config: readFunction(config, entry).config!,
  }));
}
