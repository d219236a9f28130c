/**
 * Serverless: how instances come up, how many there are, how long they stay, where they run and what
 * they cost. Read lifecycle.ts first, then the mod.ts of each folder.
 * @module
 */
export * from "./cold_start/mod.ts";
export * from "./cost/mod.ts";
export * from "./energy/mod.ts";
export * from "./faults/mod.ts";
export * from "./keep_alive/mod.ts";
export * from "./life_phases.ts";
export * from "./lifecycle.ts";
export * from "./placement/mod.ts";
export * from "./platforms/mod.ts";
export * from "./scaling/mod.ts";
