import { all, type Condition, is, type RunFacts } from "./applies.ts";
import type { Configuration } from "./configuration.ts";
import { entryMapping } from "./function_configurations.ts";
import { pathsOf, saysSomething } from "./given.ts";
import { listed } from "./listed.ts";
import { givenPaths } from "./load.ts";
import { normalize } from "./normalize.ts";
import { configurationSchema } from "./schema.ts";
import { FUNCTION_SECTIONS } from "./sections/functions.ts";
import { nodeInfo, type SectionInfo } from "./setting.ts";

/** One function of a run, or several alike. */
export interface AskedFunction {
  /** The whole configuration as it is for this function. */
  readonly config: Configuration;
  readonly facts: RunFacts;
}

/** A setting by its path, with lists as "classes[]", and when it applies. */
interface Declared {
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
  const given = givenPaths(config);
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const entries = config.functions.map((entry) =>
    pathsOf(root, normalize(root, entryMapping(entry)).settings)
  );
  const ignored: { readonly path: string; readonly reason: string }[] = [];
  for (const path of ordered(given)) {
    // What a later text has taken back was not asked for in the end.
    if (!saysSomething(valueAt(config, path))) continue;
    const key = path.replaceAll(/\[\d+\]/g, "[]");
    const { condition, isCommon } = declaredConditions().get(key) ?? {};
    const users = isCommon || !isOfFunction(path)
      ? functions
      : functions.filter((_, i) => !entries[i]?.has(path));
    const reason = users.length === 0
      ? "each of the functions has its own"
      : condition && whyNone(condition, users);
    if (reason !== undefined) ignored.push({ path, reason });
  }
  entries.forEach((paths, i) => {
    for (const path of ordered(paths)) {
      const { condition, isCommon } = declaredConditions().get(path) ?? {};
      const reason = isCommon
        ? `it holds for all functions together, so it stands in the section ${path.split(".")[0]}`
        : condition?.whyNot(functions[i].config, functions[i].facts);
      if (reason !== undefined) ignored.push({ path: `functions[${i}].${path}`, reason });
    }
  });
  return sentences(ignored);
}

/** Why a setting applies to none of the functions; undefined if it does to one. */
function whyNone(condition: Condition, users: readonly AskedFunction[]): string | undefined {
  let first: string | undefined;
  for (const { config, facts } of users) {
    const reason = condition.whyNot(config, facts);
    if (reason === undefined) return undefined;
    first ??= reason;
  }
  return first;
}

/** Paths in the order of the schema, items of lists by their number. */
function ordered(paths: ReadonlySet<string>): string[] {
  const places = new Map([...declaredConditions().keys()].map((path, place) => [path, place]));
  const place = (path: string) => places.get(path.replaceAll(/\[\d+\]/g, "[]")) ?? Infinity;
  return [...paths].sort((a, b) => place(a) - place(b));
}

/** The value at a path such as "workload.classes[0].share". */
function valueAt(config: Configuration, path: string): unknown {
  return path.split(/[.[\]]+/).filter((key) => key !== "").reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    config,
  );
}

/** The section of a path by which sentences are put together. */
function headOf(path: string): string {
  return /^(functions\[\d+\]\.)?[^.]+/.exec(path)![0];
}

function sentences(ignored: readonly { readonly path: string; readonly reason: string }[]) {
  const groups = Map.groupBy(ignored, ({ path, reason }) => `${headOf(path)}\n${reason}`);
  return [...groups.values()].map((group) => {
    const [{ path, reason }] = group;
    const head = headOf(path);
    const names = group.map((one, i) => i === 0 ? one.path : one.path.slice(head.length + 1));
    return `${listed(names)} ${names.length === 1 ? "has" : "have"} no effect: ${reason}`;
  });
}
