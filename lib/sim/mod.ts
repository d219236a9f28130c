/**
 * Kernel: the pending events, named random streams and the laws of random numbers.
 * Read event_queue.ts first, then random_streams.ts.
 * @module
 */
export * from "./distributions/mod.ts";
export * from "./event_queue.ts";
export * from "./interrupted.ts";
export * from "./invariant_error.ts";
export * from "./random_streams.ts";
export * from "./winner_tree.ts";
