import { quantity } from "../../settings/quantities.ts";
import { constantTime } from "../constant_time.ts";
import { BLIND_LAWS, type ExecutionEntry } from "./source.ts";

/** `constant` as files name it. */
export const constantSource: ExecutionEntry<"constant", { readonly stepSeconds: number }> = {
  name: "constant",
  describe: "The same time for every step.",
  section: null,
  settings: {
    stepSeconds: quantity("seconds", {
      key: "step_seconds",
      above: 0,
      default: 0.02,
      describe: "Time of every step under `source: constant`, seconds.",
    }),
  },
  laws: { skip: BLIND_LAWS },
  create: ({ stepSeconds }) => constantTime(stepSeconds),
};
