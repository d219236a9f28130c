/**
 * Batching: who is in the next step of an engine. Read strategy.ts first, then vllm.ts; each other
 * strategy is one file.
 * @module
 */
export * from "./create_batching.ts";
export * from "./faster_transformer.ts";
export * from "./orca.ts";
export * from "./sarathi.ts";
export * from "./strategy.ts";
export { vllm } from "./vllm.ts";
export * from "./vllm_v0.ts";
export * from "./waiting_queue.ts";
