/**
 * Batching: who is in the next step of an engine. Read strategy.ts first, then vllm.ts; each other
 * strategy is one file.
 * @module
 */
export * from "./faster_transformer.ts";
export * from "./orca.ts";
export * from "./orders/mod.ts";
export * from "./sarathi.ts";
export * from "./sglang.ts";
export * from "./strategies.ts";
export * from "./strategy.ts";
export * from "./trt_llm.ts";
export { vllm, vllmStrategy } from "./vllm.ts";
export * from "./vllm_v0.ts";
export { type WaitingQueue, waitingQueue } from "./waiting_queue.ts";
