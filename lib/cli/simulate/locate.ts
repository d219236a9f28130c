import { dirname, isAbsolute, join } from "node:path";
import { exists } from "../../results/exists.ts";
import type { ConfigurationOrigin } from "./named_files.ts";

/**
 * Where a file that a configuration names is: in the directory of the configuration, or in the
 * working directory. What cannot be found is said to be where it was to be expected.
 *
 * @param setting Path of the setting that names it.
 */
export function locate(name: string, setting: string, origin: ConfigurationOrigin): string {
  if (isAbsolute(name) || origin.overridden.has(setting)) return name;
  const places = origin.fileNames.map((file) => join(dirname(file), name)).toReversed();
  return places.find(exists) ?? (exists(name) ? name : places[0] ?? name);
}
