/**
 * Engine: one inference engine in a box, with its queue, batches, KV blocks and the time of its steps.
 * Read engine_parts.ts (what an engine is made of) first, then engine.ts and step_clock.ts.
 * @module
 */
export * from "./clock.ts";
export * from "./engine_parts.ts";
export type { EntryPulls } from "./expected_requests.ts";
export * from "./speculate.ts";
export type * from "./speculation.ts";
