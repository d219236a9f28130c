import { analytical } from "../analytical/analytical.ts";
import { knownModel } from "../known_models.ts";
import type { ExecutionEntry } from "./source.ts";

/** `analytical` as files name it. */
export const analyticalSource: ExecutionEntry<"analytical"> = {
  name: "analytical",
  describe: "From data sheets: any model on any GPU.",
  readsMachine: true,
  settings: {},
  create(_options, { overheads, profiling: _, fromProfile: __, ...needs }) {
    const { stepSeconds, sequenceSeconds, collectiveSeconds } = overheads;
    const options = {
      ...needs,
      ...(stepSeconds !== null && { stepOverheadSeconds: stepSeconds }),
      ...(sequenceSeconds !== null && { sequenceOverheadSeconds: sequenceSeconds }),
      ...(collectiveSeconds !== null && { collectiveOverheadSeconds: collectiveSeconds }),
    };
    return knownModel("analytical", options, () => analytical(options));
  },
};
