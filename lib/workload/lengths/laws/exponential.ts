import { exponential } from "../../../sim/distributions/exponential.ts";
import {
  type BoundedSettings,
  LENGTH_SETTINGS,
  lengthBounds,
  type LengthEntry,
  needed,
} from "./law.ts";

/** `exponential` as files name it. */
export const exponentialLengths: LengthEntry<"exponential", BoundedSettings> = {
  name: "exponential",
  describe: "An exponential law.",
  section: null,
  settings: { mean: LENGTH_SETTINGS.mean, min: LENGTH_SETTINGS.min, max: LENGTH_SETTINGS.max },
  required: ["mean"],
  laws: { options: { mean: 100, max: 900 } },
  create: ({ mean, ...bounds }) => exponential({ ...lengthBounds(bounds), mean: needed(mean) }),
};
