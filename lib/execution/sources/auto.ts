import { analyticalSource } from "./analytical.ts";
import type { ExecutionEntry } from "./source.ts";

/** `auto` as files name it. */
export const autoSource: ExecutionEntry<"auto"> = {
  name: "auto",
  describe: "Measured tables with fitted overheads where they have the model, else data sheets.",
  readsMachine: true,
  readsProfile: true,
  settings: {},
  async create(options, needs) {
    try {
      return await needs.fromProfile();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return analyticalSource.create(options, needs);
    }
  },
};
