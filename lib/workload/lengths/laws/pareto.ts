import { pareto } from "../../../sim/distributions/pareto.ts";
import {
  LENGTH_SETTINGS,
  lengthBounds,
  type LengthEntry,
  needed,
  type SpreadSettings,
} from "./law.ts";

/** `pareto` as files name it. */
export const paretoLengths: LengthEntry<"pareto", SpreadSettings> = {
  name: "pareto",
  describe: "A Pareto law: a heavy tail.",
  section: null,
  settings: LENGTH_SETTINGS,
  required: ["mean", "std"],
  laws: { options: { mean: 100, std: 60, max: 900 } },
  create: ({ mean, std, ...bounds }) =>
    pareto({ ...lengthBounds(bounds), mean: needed(mean), std: needed(std) }),
};
