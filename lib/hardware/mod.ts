/**
 * Hardware: data sheets of GPUs and nodes, and how near kernels come to them.
 * Read `gpu.ts` first.
 */
export * from "./attention_kernels.ts";
export * from "./efficiency.ts";
export * from "./gpu.ts";
export * from "./gpu_catalogue.ts";
export * from "./kv_link.ts";
export * from "./layer_efficiency.ts";
export * from "./link.ts";
export * from "./node.ts";
export * from "./node_catalogue.ts";
export * from "./power.ts";
