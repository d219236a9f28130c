import { ConfigError } from "../config/config_error.ts";
import { type Candidate, makeCandidates } from "./candidates.ts";
import type { Factor } from "./factors.ts";
import { showValue } from "../std/show_value.ts";
import { settingAt } from "./setting_paths.ts";

/**
 * Refuses levels that are no value of their setting in any configuration: a number out of its range, a
 * misspelt name. A level that only some combinations refuse, or only the model or the GPU of this
 * configuration, is one of a candidate with a reason.
 *
 * @throws {ConfigError} If there is one: the message names it and, of a name, the nearest.
 */
export function checkLevels(factors: readonly Factor[]): void {
  for (const { path, levels } of factors) {
    const info = settingAt(path)?.info;
    if (info === undefined) continue;
    for (const level of levels) {
      if (info.read(level) !== undefined) continue;
      throw new ConfigError([`Cannot read "${path}" ${info.refusal(level)}`]);
    }
  }
}

/**
 * Refuses names that no catalogue has, such as a misspelt GPU, model or preset: every candidate with the
 * name is refused for it, and so is the configuration of nothing but the name.
 *
 * @throws {ConfigError} If there is one.
 */
export async function checkNames(
  factors: readonly Factor[],
  candidates: readonly Candidate[],
): Promise<void> {
  for (const { path, levels } of factors) {
    for (const level of levels) {
      if (typeof level !== "string") continue;
      const own = candidates.filter((one) => one.levels[path] === level);
      const isAbout = ({ refusal = "" }: Candidate) =>
        [level, showValue(level)].some((shown) =>
          `${refusal} `.includes(`current value is ${shown} `) ||
          refusal.includes(`current value is ${shown};`)
        );
      if (!own.every(isAbout)) continue;
      const [bare] = await makeCandidates([{ [path]: level }, {}], {
        ...{ texts: [""], options: {}, objectives: [], inputs: {} },
      });
      if (isAbout(bare)) throw new ConfigError([unknownName(path, level, bare.refusal!)]);
    }
  }
}

/** The line on a name that no catalogue has, with the nearest one that its refusal says. */
function unknownName(path: string, level: string, refusal: string): string {
  const near = /did you mean "?([^"?]+)"?\?/.exec(refusal)?.[1];
  if (near === undefined) return refusal;
  return `Cannot read "${path}" as a name that is known: current value is ${showValue(level)}; ` +
    `did you mean "${near}"?`;
}
