/**
 * Tables: the policies of each kind as configurations name them, with their settings. fromTable() makes
 * one by its name; the vocabulary of settings is for tables of one's own.
 *
 * @module
 */
export { GATEWAY_ORDERS } from "../lib/scheduling/admission/gateway_orders.ts";
export { QUEUE_ORDERS } from "../lib/scheduling/batching/orders/orders.ts";
export { BATCHING_STRATEGIES } from "../lib/scheduling/batching/strategies.ts";
export { ROUTING_POLICIES } from "../lib/scheduling/routing/policies.ts";
export { KEEP_ALIVE_POLICIES } from "../lib/serverless/keep_alive/policies.ts";
export { POOL_POLICIES } from "../lib/serverless/keep_alive/pool_policies.ts";
export { PLACEMENT_POLICIES } from "../lib/serverless/placement/policies.ts";
export { SCALING_POLICIES } from "../lib/serverless/scaling/policies.ts";
export { fromTable, namesOf, policyNamed, withDefaults } from "../lib/settings/from_table.ts";
export type {
  AnyPolicy,
  CheckFacts,
  Contradiction,
  Declaration,
  Declared,
  MadeOf,
  Named,
  NameOf,
  NeedsOf,
  OptionsOf,
  Policy,
  PolicyLaws,
  PolicyTable,
  SettingGroup,
  SettingList,
} from "../lib/settings/policy.ts";
export {
  choice,
  type ChoiceOptions,
  count,
  flag,
  quantity,
  quantityOr,
  text,
  tokens,
} from "../lib/settings/quantities.ts";
export type {
  Applicability,
  NumberBounds,
  Setting,
  SettingOptions,
} from "../lib/settings/setting.ts";
export type { Dimension } from "../lib/settings/units.ts";
export { ARRIVALS } from "../lib/workload/arrivals/processes.ts";
export { LENGTH_LAWS } from "../lib/workload/lengths/laws/laws.ts";
