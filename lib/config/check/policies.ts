import { ROUTING_POLICIES } from "../../scheduling/routing/policies.ts";
import { SPLIT_DECIDERS } from "../../scheduling/split/deciders.ts";
import { BATCHING_STRATEGIES } from "../../scheduling/batching/strategies.ts";
import { KEEP_ALIVE_POLICIES } from "../../serverless/keep_alive/policies.ts";
import { POOL_POLICIES } from "../../serverless/keep_alive/pool_policies.ts";
import { PLACEMENT_POLICIES } from "../../serverless/placement/policies.ts";
import { SCALING_POLICIES } from "../../serverless/scaling/policies.ts";
import { SPECULATION_METHODS } from "../../execution/speculation/methods/methods.ts";
import { optionsFrom, placedSettings } from "../../settings/placed_settings.ts";
import type { Policy, PolicyTable } from "../../settings/policy.ts";
import { ARRIVALS } from "../../workload/arrivals/processes.ts";
import type { Configuration } from "../configuration.ts";
import { keepAlivePolicyName } from "../keep_alive_policy_name.ts";
import { scalingPeriodSeconds, scalingPolicyName } from "../scaling_policy_name.ts";
import { type Problem, problem } from "./problem.ts";
import { SHORTEST_OWN_PERIOD_SECONDS } from "./run_size.ts";
import { tooManyParts } from "./too_many_parts.ts";

/** The policies of one kind, and which of them a configuration has. */
interface Chosen {
  readonly table: PolicyTable;
  /** Path of the section that they stand in. */
  readonly path: string;
  /** Key of the policy's name there; absent: "policy". */
  readonly nameKey?: string;
  /** The section's values. */
  readonly values: object;
  readonly name: string;
}

function chosenOf(
  { workload, cluster, scheduler, speculative, scaling, groups }: Configuration,
): Chosen[] {
  const { routing, placement } = cluster;
  const { keep_alive: keepAlive, prewarmed_pool: pool } = scaling;
  const named = (
    table: PolicyTable,
    path: string,
    values: { readonly policy: string },
  ): Chosen => ({
    table,
    path,
    values,
    name: values.policy,
  });
  return [
    { table: ARRIVALS, path: "workload", nameKey: "type", values: workload, name: workload.type },
    named(ROUTING_POLICIES, "cluster.routing", routing),
    named(SPLIT_DECIDERS, "groups.decider", groups.decider),
    named(PLACEMENT_POLICIES, "cluster.placement", placement),
    {
      table: BATCHING_STRATEGIES,
      path: "scheduler",
      nameKey: "type",
      values: scheduler,
      name: scheduler.type,
    },
    ...(speculative.method === "none" ? [] : [{
      table: SPECULATION_METHODS,
      path: "speculative",
      nameKey: "method",
      values: speculative,
      name: speculative.method,
    }]),
    {
      table: SCALING_POLICIES,
      path: "scaling",
      values: scaling,
      name: scalingPolicyName(scaling),
    },
    {
      table: KEEP_ALIVE_POLICIES,
      path: "scaling.keep_alive",
      values: keepAlive,
      name: keepAlivePolicyName(scaling),
    },
    ...(pool.of === null ? [] : [named(POOL_POLICIES, "scaling.prewarmed_pool", pool)]),
  ];
}

/** What the policies say is wrong between their options, and windows of too many parts. */
export function checkPolicies(config: Configuration): Problem[] {
  return chosenOf(config).flatMap((kind) =>
    (kind.table.entries as readonly Policy<string, Options, never, unknown>[])
      .flatMap((policy) => checkPolicy(config, kind, policy))
  );
}

type Options = Readonly<Record<string, unknown>>;

function checkPolicy(
  { scaling, slo }: Configuration,
  { table, path, nameKey = "policy", values, name }: Chosen,
  policy: Policy<string, Options, never, unknown>,
): Problem[] {
  const options = optionsFrom(table, policy, values);
  const pathOf = (option: string) => {
    const place = placedSettings(table).find((one) => one.declared === policy.settings[option])!;
    return [path, place.section, place.key].filter((part) => part !== null).join(".");
  };
  const isChosen = policy.name === name;
  const contradictions = policy.check?.(options, {
    isChosen,
    periodSeconds: scalingPeriodSeconds(scaling),
    hasLimits: slo.ttft_s !== null || slo.tpot_s !== null,
    minInstances: scaling.min_instances,
    maxInstances: scaling.max_instances,
  }) ?? [];
  const period = scaling.period ?? SHORTEST_OWN_PERIOD_SECONDS;
  const cuts = isChosen ? Object.entries(policy.cuts ?? {}) : [];
  return [
    ...contradictions.map(({ option, wanted, value, allowed }) =>
      option === undefined
        ? problem(`${path}.${nameKey}`, wanted, value ?? name, allowed)
        : problem(pathOf(option), wanted, value ?? options[option], allowed)
    ),
    ...cuts.flatMap(([option, by]) => {
      const part = by === "period" ? period : options[by!] ?? Infinity;
      return tooManyParts(pathOf(option), (options[option] ?? 0) as number, part as number);
    }),
  ];
}
