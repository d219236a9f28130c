import type { Configuration } from "./configuration.ts";
import { isMapping, type Mapping } from "./normalize.ts";
import { nodeInfo, type SectionInfo } from "./setting.ts";

/** Paths of the settings that texts and overrides gave to configurations made here. */
const given = new WeakMap<Configuration, ReadonlySet<string>>();

/** Remembers which settings a configuration was given. */
export function rememberGiven(config: Configuration, paths: ReadonlySet<string>): void {
  given.set(config, paths);
}

/**
 * Which settings a configuration was given, such as "workload.classes[0].share"; undefined for one
 * that `loadConfig` did not make: a copy, or one from another thread.
 */
export function rememberedPaths(config: Configuration): ReadonlySet<string> | undefined {
  return given.get(config);
}

/** Whether a value says something: null and empty collections say what saying nothing would. */
export function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** Visits each setting of a section that says something: its path and its value. */
export function eachSetting(
  section: SectionInfo,
  values: Mapping,
  visit: (path: string, value: unknown) => void,
  path = "",
): void {
  for (const [key, schema] of Object.entries(section.shape)) {
    const value = values[key];
    if (!saysSomething(value)) continue;
    const info = nodeInfo(schema);
    const here = path === "" ? key : `${path}.${key}`;
    if (info.kind === "section") {
      if (isMapping(value)) eachSetting(info, value, visit, here);
    } else if (info.kind === "list") {
      if (!Array.isArray(value)) continue;
      value.forEach((item, i) => {
        if (isMapping(item)) eachSetting(info.item, item, visit, `${here}[${i}]`);
      });
    } else {
      visit(here, value);
    }
  }
}

/** Paths of the settings that a text gives. */
export function pathsOf(section: SectionInfo, values: Mapping): Set<string> {
  const paths = new Set<string>();
  eachSetting(section, values, (path) => paths.add(path));
  return paths;
}

/** Paths at which two texts differ, among those that the first one gives. */
export function differingPaths(section: SectionInfo, values: Mapping, basis: Mapping): Set<string> {
  const before = new Map<string, string>();
  eachSetting(section, basis, (path, value) => before.set(path, JSON.stringify(value)));
  const paths = new Set<string>();
  eachSetting(section, values, (path, value) => {
    if (before.get(path) !== JSON.stringify(value)) paths.add(path);
  });
  return paths;
}
