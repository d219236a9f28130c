import { lognormal } from "../../../sim/distributions/lognormal.ts";
import { type LengthEntry, spreadLaw, type SpreadSettings } from "./law.ts";

/** `lognormal` as files name it. */
export const lognormalLengths: LengthEntry<"lognormal", SpreadSettings> = spreadLaw(
  "lognormal",
  "A lognormal law.",
  lognormal,
);
