/**
 * Planning: the cheapest configuration that keeps limits under a load. Start from plan().
 *
 * @module
 */
export type { Overrides } from "../lib/config/overrides.ts";
export type { PlanObjective } from "../lib/planning/candidates.ts";
export type { ReplicationRule } from "../lib/planning/evaluate.ts";
export type { Factor, FactorLevel, FactorsByPath } from "../lib/planning/factors.ts";
export { readFactors } from "../lib/planning/factors.ts";
export { planFigures } from "../lib/planning/figures.ts";
export { type Comparison, type Objective, readObjectives } from "../lib/planning/objectives.ts";
export { plan } from "../lib/planning/plan.ts";
export type { PlanOptions } from "../lib/planning/prepare.ts";
export type {
  Plan,
  PlanCurve,
  PlanInterval,
  PlanLimit,
  PlanRow,
  PlanSensitivity,
  PlanStatus,
  PlanValidation,
} from "../lib/planning/plan_result.ts";
export { planTable } from "../lib/planning/plan_table.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export type {
  Column,
  ColumnFacts,
  FloatColumn,
  IntegerArray,
  IntegerColumn,
  Table,
  TextColumn,
} from "../lib/results/table.ts";
export type { ConfiguredTexts } from "../lib/run/cluster.ts";
