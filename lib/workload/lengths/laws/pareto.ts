import { pareto } from "../../../sim/distributions/pareto.ts";
import { type LengthEntry, spreadLaw, type SpreadSettings } from "./law.ts";

/** `pareto` as files name it. */
export const paretoLengths: LengthEntry<"pareto", SpreadSettings> = spreadLaw(
  "pareto",
  "A Pareto law: a heavy tail.",
  pareto,
);
