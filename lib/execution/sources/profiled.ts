import type { ExecutionEntry } from "./source.ts";

/** `profiled` as files name it. */
export const profiledSource: ExecutionEntry<"profiled"> = {
  name: "profiled",
  describe: "From measured tables of operators.",
  readsMachine: true,
  readsProfile: true,
  settings: {},
  create: (_options, needs) => needs.fromProfile(),
};

/** `calibrated` as files name it. */
export const calibratedSource: ExecutionEntry<"calibrated"> = {
  name: "calibrated",
  describe: "From measured tables, with overheads that were fitted to servers.",
  readsMachine: true,
  readsProfile: true,
  settings: {},
  create: (_options, needs) => needs.fromProfile(),
};
