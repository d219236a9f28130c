import { zipf } from "../../../sim/distributions/zipf.ts";
import type { Distribution } from "../../../sim/distributions/distribution.ts";
import { quantity } from "../../../settings/quantities.ts";
import { LENGTH_SETTINGS, type LengthEntry, needed } from "./law.ts";

/** `zipf` as files name it. */
export const zipfLengths: LengthEntry<
  "zipf",
  { readonly exponent: number | null; readonly max: number | null }
> = {
  name: "zipf",
  describe: "Lengths from 1 on, the short ones most often.",
  section: null,
  settings: {
    exponent: quantity("number", {
      above: 0,
      default: null,
      describe: "Exponent of `zipf`: length k from 1 to `max` has a probability ~ k^-exponent.",
    }),
    max: LENGTH_SETTINGS.max,
  },
  required: ["exponent", "max"],
  laws: { options: { exponent: 1.2, max: 300 } },
  create: ({ exponent, max }) => fromOne(zipf({ count: needed(max), exponent: needed(exponent) })),
};

/** The lengths 1, 2, ... for the items 0, 1, ... of a law. */
function fromOne(law: Distribution): Distribution {
  return {
    mean: law.mean + 1,
    sample: (stream) => law.sample(stream) + 1,
    fillInt32(target, stream) {
      law.fillInt32(target, stream);
      for (let i = 0; i < target.length; i++) target[i]++;
    },
  };
}
