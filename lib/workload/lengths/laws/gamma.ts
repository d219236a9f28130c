import { gamma } from "../../../sim/distributions/gamma.ts";
import {
  LENGTH_SETTINGS,
  lengthBounds,
  type LengthEntry,
  needed,
  type SpreadSettings,
} from "./law.ts";

/** `gamma` as files name it. */
export const gammaLengths: LengthEntry<"gamma", SpreadSettings> = {
  name: "gamma",
  describe: "A gamma law.",
  section: null,
  settings: LENGTH_SETTINGS,
  required: ["mean", "std"],
  laws: { options: { mean: 100, std: 60, max: 900 } },
  create: ({ mean, std, ...bounds }) =>
    gamma({ ...lengthBounds(bounds), mean: needed(mean), std: needed(std) }),
};
