/**
 * Orders of waiting requests: which of them a batch takes next. Read order.ts first; the table is
 * orders.ts.
 * @module
 */
export * from "./order.ts";
export * from "./orders.ts";
