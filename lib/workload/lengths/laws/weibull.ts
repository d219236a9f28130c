import { weibull } from "../../../sim/distributions/weibull.ts";
import { type LengthEntry, spreadLaw, type SpreadSettings } from "./law.ts";

/** `weibull` as files name it. */
export const weibullLengths: LengthEntry<"weibull", SpreadSettings> = spreadLaw(
  "weibull",
  "A Weibull law.",
  weibull,
);
