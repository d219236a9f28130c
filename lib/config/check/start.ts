import type { Configuration } from "../configuration.ts";
import { isPlausible, likelyMeant, plausibleOf } from "../../settings/plausible.ts";
import type { Dimension } from "../../settings/units.ts";
import type { Problem } from "./problem.ts";

/** What the parameters of cold-start presets measure, by the end of their names. */
const MEASURED: readonly (readonly [RegExp, Dimension])[] = [
  [/_bytes_per_s$/, "bytes per second"],
  [/(?<!_per)_s$/, "seconds"],
];

/** Parameters of the preset that cannot be meant. */
export function checkStart({ cold_start: start }: Configuration): Problem[] {
  return Object.entries(start.parameters).flatMap(([name, value]): Problem[] => {
    const dimension = MEASURED.find(([pattern]) => pattern.test(name))?.[1] ?? "number";
    if (isPlausible(value, dimension)) return [];
    const { wanted = "a number", least, most } = plausibleOf(dimension)!;
    const allowed = least === undefined ? `0 to ${most}` : `${least} to ${most}`;
    return [{
      path: `cold_start.parameters.${name}`,
      text: `as ${wanted}: current value is ${value} (allowed: ${allowed})` +
        likelyMeant(value, dimension),
    }];
  });
}
