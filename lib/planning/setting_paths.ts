import { configurationSettings, type PathedSetting } from "../config/configuration_settings.ts";

let settings: readonly PathedSetting[] | undefined;
let pathByAlias: ReadonlyMap<string, string> | undefined;

/** Every setting outside lists; read once. */
export function allSettings(): readonly PathedSetting[] {
  return settings ??= configurationSettings();
}

/** Paths by which files know a setting beside its own. */
export function aliasesOf({ path, info }: PathedSetting): string[] {
  const above = path.slice(0, path.lastIndexOf(".") + 1);
  return info.aliases.map((alias) => alias.includes(".") ? alias : above + alias);
}

/** The path of a setting that may be written by an alias, such as "workload.qps". */
export function canonicalPath(path: string): string {
  pathByAlias ??= new Map(
    allSettings().flatMap((setting) =>
      aliasesOf(setting).map((alias) => [alias, setting.path] as const)
    ),
  );
  return pathByAlias.get(path) ?? path;
}

/** A setting by its path or an alias; undefined where there is none, as for a mapping's entries. */
export function settingAt(path: string): PathedSetting | undefined {
  const own = canonicalPath(path);
  return allSettings().find((setting) => setting.path === own);
}
