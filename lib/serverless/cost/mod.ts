/**
 * Cost: dated prices, what time is billed, and the bill. Read bill.ts first, then billing_plan.ts.
 * @module
 */
export * from "./bill.ts";
export * from "./billing_plan.ts";
export * from "./prices.ts";
export * from "./storage.ts";
