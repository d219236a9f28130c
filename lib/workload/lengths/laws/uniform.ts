import { uniform } from "../../../sim/distributions/uniform.ts";
import { LENGTH_SETTINGS, lengthBounds, type LengthEntry, type SpreadSettings } from "./law.ts";

/** `uniform` as files name it. */
export const uniformLengths: LengthEntry<"uniform", SpreadSettings> = {
  name: "uniform",
  describe: "Equally likely lengths.",
  section: null,
  settings: LENGTH_SETTINGS,
  required: ["min", "max"],
  laws: { options: { min: 10, max: 300 } },
  create: ({ mean, std, ...bounds }) =>
    uniform({
      ...lengthBounds(bounds),
      ...(mean !== null && { mean }),
      ...(std !== null && { std }),
    }),
};
