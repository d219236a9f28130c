import { weibull } from "../../../sim/distributions/weibull.ts";
import {
  LENGTH_SETTINGS,
  lengthBounds,
  type LengthEntry,
  needed,
  type SpreadSettings,
} from "./law.ts";

/** `weibull` as files name it. */
export const weibullLengths: LengthEntry<"weibull", SpreadSettings> = {
  name: "weibull",
  describe: "A Weibull law.",
  section: null,
  settings: LENGTH_SETTINGS,
  required: ["mean", "std"],
  laws: { options: { mean: 100, std: 60, max: 900 } },
  create: ({ mean, std, ...bounds }) =>
    weibull({ ...lengthBounds(bounds), mean: needed(mean), std: needed(std) }),
};
