/**
 * Admission and fairness at the gateway: who is let in, and who is next. Read gateway_queue.ts first,
 * then fair_queue.ts and admission.ts; the table of orders is gateway_orders.ts.
 * @module
 */
export * from "./admission.ts";
export * from "./fair_queue.ts";
export * from "./fcfs_queue.ts";
export * from "./gateway_orders.ts";
export * from "./gateway_queue.ts";
export * from "./token_bucket.ts";
export * from "./ttft_predictor.ts";
