/**
 * Run: the composition root. Reads a configuration, makes the parts of a cluster from it, and runs
 * them. Read simulate.ts first, then cluster.ts, which makes everything.
 * @module
 */
export type { ConfiguredTexts } from "./cluster.ts";
export { simulate, type SimulateOptions, type SimulatePhase } from "./simulate.ts";
