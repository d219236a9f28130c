import { quantity } from "./quantities.ts";
import type { NumberBounds, Setting, SettingOptions } from "./setting.ts";
import { parseQuantity } from "./units.ts";

/**
 * A ratio that may be written in per cent as well: "150 %", or a plain number above the greatest ratio,
 * as in settings of others that are in per cent by their name.
 *
 * @example
 * ```ts
 * import { share } from "./share.ts";
 * const threshold = share({ above: 1, max: 10, default: 2, describe: "A multiple." });
 * console.log(threshold.read(1.5), threshold.read("150 %"), threshold.read(150)); // 1.5 1.5 1.5
 * ```
 */
export function share(
  options: SettingOptions<number> & NumberBounds & { readonly max: number },
): Setting<number> {
  const { max, ...bounds } = options;
  const ratio = quantity("fraction", options);
  const percent = quantity("fraction", { ...bounds, max: 100 * max });
  return {
    ...ratio,
    jsonSchema: percent.jsonSchema,
    read(input) {
      const plain = typeof input === "string" ? parseQuantity(input, "number") : input;
      const isPercent = typeof plain === "number" && plain > max;
      return ratio.read(isPercent ? plain / 100 : input);
    },
  };
}
