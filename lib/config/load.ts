import { parse, YamlSyntaxError } from "../std/yaml.ts";
import { platformPreset } from "../serverless/platforms/platform_preset.ts";
import { contentKind } from "../std/content_kind.ts";
import { displayedAs } from "../std/display.ts";
import { shownFile } from "../std/input_error.ts";
import { checkConfiguration, checkSize, type Problem } from "./check/mod.ts";
import { ConfigError } from "./config_error.ts";
import type { Configuration } from "./configuration.ts";
import { enginePreset } from "./engine_preset.ts";
import { groupProblems } from "./group_problems.ts";
import { migrationProblems } from "./migration_problems.ts";
import { readFunction } from "./function_configurations.ts";
import { differingPaths, pathsOf, rememberedPaths, rememberGiven } from "./given.ts";
import { manifestName } from "./manifests/likeness.ts";
import { fillSections, merge } from "./merge.ts";
import { emptyMapping, isConfiguration, isMapping, type Mapping, normalize } from "./normalize.ts";
import { type Overrides, readOverrides } from "./overrides.ts";
import { configurationSchema } from "./schema.ts";
import type { ValuePath } from "./schema_node.ts";
import { nodeInfo, type SectionInfo } from "./setting.ts";
import { showValue } from "./show_value.ts";

/** Options of {@linkcode loadConfig}. */
export interface LoadOptions {
  /** Settings that win over the texts: values by path, or texts "path=value". */
  readonly set?: Overrides;
  /** Names of the texts for error messages, in their order. */
  readonly fileNames?: readonly string[];
}

/** The settings of one text. */
function readText(text: string, fileName: string): Mapping {
  const file = shownFile(fileName);
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    if (isManifestText(text)) throw new ConfigError([manifestProblem(file, MANIFESTS)]);
    const { line, column, reason } = error;
    const place = line > 0 ? `:${line}:${column}` : "";
    const current = hasSections(text)
      ? showValue(text.split(/\r?\n/)[line - 1]?.trim() ?? text)
      : contentKind(text);
    throw new ConfigError([
      `Cannot read ${file}${place} as YAML (${reason}): current value is ${current}`,
    ]);
  }
  if (document === null) return emptyMapping();
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const isOwn = isMapping(document) && Object.keys(root.shape).some((name) => name in document);
  const manifest = isMapping(document) && !isOwn ? manifestName(document) : undefined;
  if (manifest !== undefined) throw new ConfigError([manifestProblem(file, manifest)]);
  if (isMapping(document) && !isOwn && isModelFile(document)) {
    throw new ConfigError([
      `Cannot read ${file} as a configuration: current value is a model's config.json, which is a ` +
      `setting: model.hf_config (--set model.hf_config=${file})`,
    ]);
  }
  if (isMapping(document) && isConfiguration(root, document)) return document;
  if (isMapping(document)) {
    throw new ConfigError([
      `Cannot read ${file} as a configuration: current value is a mapping without any of the ` +
      `sections (allowed: ${Object.keys(root.shape).join(", ")})`,
    ]);
  }
  const kind = Array.isArray(document) ? "a list" : contentKind(text);
  throw new ConfigError([
    `Cannot read ${file} as a mapping of sections: current value is ${kind}`,
  ]);
}

/** Whether a mapping is a model's config.json, as Hugging Face has it. */
function isModelFile(document: Mapping): boolean {
  return ["model_type", "architectures", "text_config"].some((key) => key in document);
}

/** Whether a text of several documents, which is no configuration, is one of manifests. */
function isManifestText(text: string): boolean {
  return /^apiVersion: *\S/m.test(text) && /^kind: *\S/m.test(text);
}

/** What such a text is, for its message. */
const MANIFESTS = "manifests of Kubernetes";

function manifestProblem(file: string, what: string): string {
  return `Cannot read ${file} as a configuration: current value is ${what}: ` +
    `"deno task import ${file} > config.yaml" makes a configuration of it`;
}

/** Whether a text has a section's name in front of a line: any other file may hold secrets. */
function hasSections(text: string): boolean {
  const { shape } = nodeInfo(configurationSchema) as SectionInfo;
  return Object.keys(shape).some((name) =>
    text.startsWith(`${name}:`) || text.includes(`\n${name}:`)
  );
}

/** `functions: from-trace` is a word for a setting of the workload. */
function functionsFromTrace(input: Mapping): void {
  if (input.functions !== "from-trace") return;
  const workload = isMapping(input.workload) ? input.workload : emptyMapping();
  const functions = isMapping(workload.functions) ? workload.functions : emptyMapping();
  functions.from_trace = true;
  workload.functions = functions;
  input.workload = workload;
  input.functions = [];
}

/** Names of the arrival rate. */
const RATE_NAMES = ["arrival_rate", "rate", "qps"];

/** An infinite rate is a word for a setting of its own: a manifest has no such number. */
function infiniteRate({ workload }: Mapping): void {
  if (!isMapping(workload)) return;
  for (const name of RATE_NAMES) {
    const rate = workload[name];
    const isInfinite = rate === Infinity ||
      (typeof rate === "string" && /^\.?inf(inity)?$/i.test(rate.trim()));
    if (!isInfinite) continue;
    delete workload[name];
    workload.all_at_once = true;
  }
}

/** A path such as "workload.classes[0].share". */
function showPath(path: ValuePath): string {
  return path.reduce<string>(
    (shown, key) =>
      typeof key === "number"
        ? `${shown}[${key}]`
        : shown === ""
        ? String(key)
        : `${shown}.${String(key)}`,
    "",
  );
}

/**
 * Reads a configuration: the YAML texts in order, later ones merged over earlier ones, then `set`,
 * all over the `platform` they name and the defaults. Without texts it is the default configuration.
 *
 * @param yaml One text or several. Every key may be left out.
 * @throws {ConfigError} With one line per mistake: YAML syntax, unknown keys, values that are not
 * allowed, settings that contradict each other.
 *
 * @example
 * ```ts
 * import { loadConfig } from "./load.ts";
 * import { equal } from "#assert";
 * const configuration = loadConfig("workload: { type: poisson, arrival_rate: 120 req/min }");
 * equal(configuration.workload.arrival_rate, 2);
 * ```
 */
export function loadConfig(
  yaml: string | readonly string[] = [],
  options: LoadOptions = {},
): Configuration {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const texts = typeof yaml === "string" ? [yaml] : yaml;
  const inputs = texts.map((text, i) => readText(text, options.fileNames?.[i] ?? nameOf(i, texts)));
  if (options.set !== undefined) inputs.push(readOverrides(options.set));
  for (const input of inputs) {
    functionsFromTrace(input);
    infiniteRate(input);
  }
  const problems: string[] = [];
  const writtenPaths = new Map<string, string>();
  const given = new Set<string>();
  let settings = emptyMapping();
  for (const input of inputs) {
    const layer = normalize(root, input);
    problems.push(...layer.problems);
    for (const path of askedPaths(root, layer.settings)) given.add(path);
    for (const [path, written] of layer.writtenPaths) writtenPaths.set(path, written);
    settings = merge(root, settings, layer.settings);
  }
  settings = fillSections(root, overEngine(root, overPlatform(root, settings)));
  const parsed = configurationSchema.safeParse(settings);
  const lineOf = ({ path, text }: Problem) =>
    `Cannot read "${writtenPaths.get(path) ?? path}" ${text}`;
  if (parsed.success) {
    problems.push(...checkConfiguration(parsed.data).map(lineOf));
    problems.push(...functionProblems(parsed.data));
    if (problems.length === 0) problems.push(...checkSize(parsed.data).map(lineOf));
  } else {
    problems.push(...parsed.wrong.map(({ path, text }) => lineOf({ path: showPath(path), text })));
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  rememberGiven(parsed.data, given);
  return displayedAs("configuration", parsed.data);
}

/**
 * The settings that a text asks for. A text with every section is a whole configuration, as a
 * manifest holds it: it asks for what is not the default.
 */
function askedPaths(root: SectionInfo, settings: Mapping): ReadonlySet<string> {
  const isWhole = Object.keys(root.shape).every((key) => key in settings);
  return isWhole ? unlikeDefaults(root, settings) : pathsOf(root, settings);
}

/** The settings that differ from the defaults, which are those of the platform if one is named. */
function unlikeDefaults(root: SectionInfo, settings: Mapping): ReadonlySet<string> {
  const named = emptyMapping();
  named.platform = settings.platform;
  const defaults = configurationSchema.safeParse(fillSections(root, overPlatform(root, named)));
  return defaults.success
    ? differingPaths(root, settings, { ...defaults.data, platform: null } as unknown as Mapping)
    : pathsOf(root, settings);
}

/**
 * Paths of the settings that somebody asked for in a configuration, such as
 * "workload.classes[0].share": those that texts and overrides gave, or, where that is not known (a
 * copy of a configuration, one from another thread), those that are not the defaults.
 */
export function givenPaths(config: Configuration): ReadonlySet<string> {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  return rememberedPaths(config) ?? unlikeDefaults(root, config as unknown as Mapping);
}

/** The settings over what the engine sets that they name. */
function overEngine(root: SectionInfo, settings: Mapping): Mapping {
  return merge(root, enginePreset(settings), settings);
}

/** The settings over those of the platform that they name, if it is one. */
function overPlatform(root: SectionInfo, settings: Mapping): Mapping {
  const name = root.shape.platform.safeParse(settings.platform ?? null);
  if (!name.success || name.data === null) return settings;
  return merge(root, platformSettings(root, name.data as string), settings);
}

function platformSettings(root: SectionInfo, name: string): Mapping {
  return normalize(root, readText(platformPreset(name).configuration, name)).settings;
}

/** Paths of what a configuration's platform sets. */
export function platformPaths({ platform }: Configuration): string[] {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  return platform === null ? [] : [...pathsOf(root, platformSettings(root, platform))];
}

/** Paths of what a configuration's platform sets and the configuration has otherwise. */
export function changedFromPlatform(config: Configuration): string[] {
  if (config.platform === null) return [];
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const preset = platformSettings(root, config.platform);
  const parsed = configurationSchema.parse(fillSections(root, preset));
  const changed = differingPaths(root, parsed as unknown as Mapping, config as unknown as Mapping);
  return [...pathsOf(root, preset)].filter((path) => changed.has(path));
}

/** One line per mistake in the settings of each function. */
function functionProblems(config: Configuration): string[] {
  if (config.functions.length === 0) {
    return [...groupProblems(config), ...migrationProblems(config)];
  }
  const common = new Set(checkConfiguration(config).map(({ path }) => path));
  return config.functions.flatMap((entry, i) => {
    const { config: own, problems } = readFunction(config, entry);
    const contradictions = own === undefined ? [] : [
      ...checkConfiguration(own).map(({ path, text }) => `Cannot read "${path}" ${text}`),
      ...groupProblems(own),
      ...migrationProblems(own),
    ];
    return [...problems, ...contradictions]
      .filter((line) => ![...common].some((path) => line.includes(`"${path}"`)))
      .map((line) => `functions[${i}]: ${line}`);
  });
}

function nameOf(index: number, texts: readonly string[]): string {
  return texts.length === 1 ? "configuration" : `configuration ${index + 1}`;
}
