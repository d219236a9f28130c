import { analytical } from "../analytical/analytical.ts";
import { hostBound, laterBy } from "../host_bound.ts";
import { knownModel } from "../known_models.ts";
import type { ExecutionEntry } from "./source.ts";

/** `analytical` as files name it. */
export const analyticalSource: ExecutionEntry<"analytical"> = {
  name: "analytical",
  describe: "From data sheets: any model on any GPU.",
  readsMachine: true,
  settings: {},
  create(_options, { overheads, profiling: _, fromProfile: __, host, ...needs }) {
    const { stepSeconds, sequenceSeconds, collectiveSeconds } = overheads;
    const options = {
      ...needs,
      ...(stepSeconds !== null && { stepOverheadSeconds: stepSeconds }),
      ...(sequenceSeconds !== null && { sequenceOverheadSeconds: sequenceSeconds }),
      ...(collectiveSeconds !== null && { collectiveOverheadSeconds: collectiveSeconds }),
    };
    const source = knownModel("analytical", options, () => analytical(options));
    if (host === undefined) return source;
    // What a step costs beside its kernels and their launches comes after either.
    return hostBound({
      source,
      host: laterBy(host, stepSeconds ?? 0),
      mostCaptured: needs.mostCaptured ?? 0,
    });
  },
};
