import { gamma } from "../../../sim/distributions/gamma.ts";
import { type LengthEntry, spreadLaw, type SpreadSettings } from "./law.ts";

/** `gamma` as files name it. */
export const gammaLengths: LengthEntry<"gamma", SpreadSettings> = spreadLaw(
  "gamma",
  "A gamma law.",
  gamma,
);
