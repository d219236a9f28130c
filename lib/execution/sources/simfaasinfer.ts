import { simfaasinferTime } from "../simfaasinfer_time.ts";
import { BLIND_LAWS, type ExecutionEntry } from "./source.ts";

/** `simfaasinfer` as files name it. Its coefficients have a section of their own in its files. */
export const simfaasinferSource: ExecutionEntry<"simfaasinfer"> = {
  name: "simfaasinfer",
  describe: "From the coefficients of `profiling`.",
  settings: {},
  laws: {
    skip: [
      ...BLIND_LAWS,
      { law: "compute shrinks", reason: "its all-reduces know no link" },
    ],
  },
  create: (_options, { profiling, shape, tensorParallel, pipelineParallel }) =>
    simfaasinferTime({
      profiling,
      layers: shape.layers.length,
      hiddenSize: shape.hiddenSize,
      tensorParallel,
      pipelineParallel,
    }),
};
