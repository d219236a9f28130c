/**
 * Planning: the cheapest configuration that keeps limits under a load, the capacity of configurations,
 * the frontier of cost against a latency. Read plan.ts first, then cheapest.ts and bound.ts.
 *
 * @module
 */
export { readFactors } from "./factors.ts";
export { readObjectives } from "./objectives.ts";
export { plan, planWith } from "./plan.ts";
export type { PlanOptions } from "./prepare.ts";
export { planTable } from "./plan_table.ts";
