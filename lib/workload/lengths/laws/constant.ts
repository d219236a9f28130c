import { constant } from "../../../sim/distributions/constant.ts";
import { LENGTH_SETTINGS, type LengthEntry, needed } from "./law.ts";

/** `constant` as files name it. */
export const constantLengths: LengthEntry<"constant", { readonly mean: number | null }> = {
  name: "constant",
  aliases: ["fixed", "deterministic"],
  describe: "One length.",
  section: null,
  settings: { mean: LENGTH_SETTINGS.mean },
  required: ["mean"],
  laws: { options: { mean: 100 } },
  create: ({ mean }) => constant({ value: needed(mean), integer: true }),
};
