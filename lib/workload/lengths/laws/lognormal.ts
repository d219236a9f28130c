import { lognormal } from "../../../sim/distributions/lognormal.ts";
import {
  LENGTH_SETTINGS,
  lengthBounds,
  type LengthEntry,
  needed,
  type SpreadSettings,
} from "./law.ts";

/** `lognormal` as files name it. */
export const lognormalLengths: LengthEntry<"lognormal", SpreadSettings> = {
  name: "lognormal",
  describe: "A lognormal law.",
  section: null,
  settings: LENGTH_SETTINGS,
  required: ["mean", "std"],
  laws: { options: { mean: 100, std: 60, max: 900 } },
  create: ({ mean, std, ...bounds }) =>
    lognormal({ ...lengthBounds(bounds), mean: needed(mean), std: needed(std) }),
};
