import { analytical } from "../analytical/analytical.ts";
import type { ExecutionEntry } from "./source.ts";

/** `analytical` as files name it. */
export const analyticalSource: ExecutionEntry<"analytical"> = {
  name: "analytical",
  describe: "From data sheets: any model on any GPU.",
  readsMachine: true,
  settings: {},
  create(_options, { overheads, ...needs }) {
    const { stepSeconds, sequenceSeconds, collectiveSeconds } = overheads;
    return analytical({
      ...needs,
      ...(stepSeconds !== null && { stepOverheadSeconds: stepSeconds }),
      ...(sequenceSeconds !== null && { sequenceOverheadSeconds: sequenceSeconds }),
      ...(collectiveSeconds !== null && { collectiveOverheadSeconds: collectiveSeconds }),
    });
  },
};
