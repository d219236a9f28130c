import { all, type Condition, is, type RunFacts } from "./applies.ts";
import type { Configuration } from "./configuration.ts";
import { entryMapping } from "./function_configurations.ts";
import { pathsOf, saysSomething } from "./given.ts";
import { listed } from "./listed.ts";
import { givenPaths, platformPaths } from "./load.ts";
import { normalize } from "./normalize.ts";
import { configurationSchema } from "./schema.ts";
import { FUNCTION_SECTIONS } from "./sections/functions.ts";
import { nodeInfo, type SectionInfo, type SettingInfo } from "./setting.ts";

/** One function of a run, or several alike. */
export interface AskedFunction {
  /** The whole configuration as it is for this function. */
  readonly config: Configuration;
  readonly facts: RunFacts;
}

/** A setting by its path, with lists as "classes[]", and when it applies. */
export interface Declared {
  readonly info: SettingInfo;
  readonly condition: Condition | undefined;
  readonly isCommon: boolean;
}

let declared: ReadonlyMap<string, Declared> | undefined;

/** When each setting applies, by its path with lists as "workload.classes[].share". */
export function declaredConditions(): ReadonlyMap<string, Declared> {
  declared ??= collect(nodeInfo(configurationSchema) as SectionInfo, "", [], false);
  return declared;
}

function collect(
  section: SectionInfo,
  path: string,
  above: readonly Condition[],
  isCommon: boolean,
  found = new Map<string, Declared>(),
): Map<string, Declared> {
  const { appliesWhen, switchedBy } = section;
  const own = appliesWhen === undefined ? above : [...above, appliesWhen];
  const common = isCommon || section.isCommon === true;
  for (const [key, schema] of Object.entries(section.shape)) {
    const info = nodeInfo(schema);
    const here = path === "" ? key : `${path}.${key}`;
    const isSwitched = switchedBy !== undefined && key !== switchedBy;
    const outer = isSwitched ? [...own, is(`${path}.${switchedBy}`, true)] : own;
    if (info.kind === "section") {
      collect(info, here, outer, common, found);
    } else if (info.kind === "list") {
      const conditions = info.appliesWhen === undefined ? outer : [...outer, info.appliesWhen];
      collect(info.item, `${here}[]`, conditions, common, found);
    } else {
      const conditions = info.appliesWhen === undefined ? outer : [...outer, info.appliesWhen];
      found.set(here, {
        info,
        condition: conditions.length === 0 ? undefined : all(...conditions),
        isCommon: common || info.isCommon === true,
      });
    }
  }
  return found;
}

/** Whether a function's entry may have a setting of its own in place of the common one. */
function isOfFunction(path: string): boolean {
  return path === "cluster.gpu_type" ||
    (FUNCTION_SECTIONS as readonly string[]).includes(path.split(".")[0]);
}

/**
 * The settings that somebody asked for and that change nothing under the others: one sentence for
 * those of a section that have one reason, in the order of the schema.
 *
 * @param functions By kind, in the order of the configuration's list.
 */
export function ignoredSettings(
  config: Configuration,
  functions: readonly AskedFunction[],
): string[] {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const entries = config.functions.map((entry) =>
    pathsOf(root, normalize(root, entryMapping(entry)).settings)
  );
  const given = givenPaths(config);
  const ofPlatform = new Set(platformPaths(config).filter((path) => !given.has(path)));
  return [
    ...sentences(
      ignoredIn(config, functions, ofPlatform, entries),
      `platform ${config.platform}: `,
    ),
    ...sentences(ignoredIn(config, functions, given, entries)),
    ...ofEntries(entries.map((paths, i) => sentences(ignoredInEntry(functions[i], paths, i)))),
  ];
}

/** The sentences on functions' entries, each for the first of those of which it can be said. */
function ofEntries(byEntry: readonly (readonly string[])[]): string[] {
  const groups = Map.groupBy(byEntry.flat(), (line) => line.replaceAll(/^functions\[\d+\]/g, ""));
  return [...groups.values()].map(([first, ...others]) =>
    others.length === 0 ? first : `${first} (so it is in ${others.length} more of the functions)`
  );
}

/** A setting that changes nothing, and why. */
interface Ignored {
  readonly path: string;
  readonly reason: string;
}

/** Settings of the sections that change nothing. */
function ignoredIn(
  config: Configuration,
  functions: readonly AskedFunction[],
  paths: ReadonlySet<string>,
  entries: readonly ReadonlySet<string>[],
): Ignored[] {
  return ordered(paths).flatMap((path): Ignored[] => {
    // What a later text has taken back was not asked for in the end.
    if (!saysSomething(valueAt(config, path))) return [];
    const { condition, isCommon } = declaredConditions().get(keyOf(path)) ?? {};
    const users = isCommon || !isOfFunction(path)
      ? functions
      : functions.filter((_, i) => !entries[i]?.has(path));
    const item = path.includes("]")
      ? valueAt(config, path.slice(0, path.lastIndexOf("]") + 1))
      : undefined;
    const reason = users.length === 0
      ? "each of the functions has its own"
      : condition && whyNone(condition, users, item);
    return reason === undefined ? [] : [{ path, reason }];
  });
}

/** Settings of a function's entry that change nothing. */
function ignoredInEntry(
  { config, facts }: AskedFunction,
  paths: ReadonlySet<string>,
  index: number,
): Ignored[] {
  return ordered(paths).flatMap((path): Ignored[] => {
    const { condition, isCommon } = declaredConditions().get(keyOf(path)) ?? {};
    const reason = isCommon
      ? `it holds for all functions together, so it stands in the section ${path.split(".")[0]}`
      : condition?.whyNot(config, facts);
    return reason === undefined ? [] : [{ path: `functions[${index}].${path}`, reason }];
  });
}

/** The path that a setting is declared under. */
function keyOf(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "[]");
}

/** Why a setting applies to none of the functions; undefined if it does to one. */
function whyNone(
  condition: Condition,
  users: readonly AskedFunction[],
  item: unknown,
): string | undefined {
  let first: string | undefined;
  for (const { config, facts } of users) {
    const reason = condition.whyNot(config, facts, item);
    if (reason === undefined) return undefined;
    first ??= reason;
  }
  return first;
}

let places: ReadonlyMap<string, number> | undefined;

/** Paths in the order of the schema, items of lists by their number. */
function ordered(paths: ReadonlySet<string>): string[] {
  const known = places ??= new Map(
    [...declaredConditions().keys()].map((path, place) => [path, place]),
  );
  const place = (path: string) => known.get(keyOf(path)) ?? Infinity;
  return [...paths].sort((a, b) => place(a) - place(b));
}

/** The value at a path such as "workload.classes[0].share". */
function valueAt(config: Configuration, path: string): unknown {
  return path.split(/[.[\]]+/).filter((key) => key !== "").reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    config,
  );
}

/** Names in one sentence; a list of classes or functions may have thousands. */
const MOST_NAMES = 20;

/** The section of a path by which sentences are put together. */
function headOf(path: string): string {
  return /^(functions\[\d+\]\.)?[^.]+/.exec(path)![0];
}

function sentences(ignored: readonly Ignored[], before = ""): string[] {
  const groups = Map.groupBy(ignored, ({ path, reason }) => `${headOf(path)}\n${reason}`);
  return [...groups.values()].map((group) => {
    const [{ path, reason }] = group;
    const head = headOf(path);
    const names = group.map((one, i) => i === 0 ? one.path : one.path.slice(head.length + 1));
    const shown = names.length > MOST_NAMES
      ? [...names.slice(0, MOST_NAMES), `${names.length - MOST_NAMES} more`]
      : names;
    return `${before}${listed(shown)} ${names.length === 1 ? "has" : "have"} no effect: ${reason}`;
  });
}
