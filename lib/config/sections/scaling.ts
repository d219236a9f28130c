import { isNot, isSet } from "../applies.ts";
import { SCALING_POLICIES } from "../../serverless/scaling/policies.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { LIMITS } from "../../sim/limits.ts";
import { policySettings, resolvedBy } from "../policy_settings.ts";
import { scalingPolicyName } from "../scaling_policy_name.ts";
import type { Configuration } from "../configuration.ts";
import type { SchemaNode } from "../schema_node.ts";
import { sectionOf } from "../section.ts";
import { choice, count, flag, quantity } from "../../settings/quantities.ts";
import { keepAlive, prewarmedPool } from "./keep_alive.ts";

const named = resolvedBy(
  "scaling.policy",
  "the scaling policy",
  (config) => scalingPolicyName(config.scaling),
);

const policies = policySettings({
  table: SCALING_POLICIES,
  path: "scaling",
  ...named,
});

/** There are evaluations. */
const EVALUATES = named.isNot("none");

/** How many instances there are. */
export const scaling: SchemaNode<Configuration["scaling"]> = sectionOf({
  enabled: flag({
    default: true,
    describe: "Scale automatically; otherwise `cluster.num_replicas` instances run throughout.",
  }),
  policy: policyChoice(SCALING_POLICIES, {
    default: null,
    describe: "Scaling policy; null: `threshold` where one of its settings is given, else " +
      "`concurrency`. `none` evaluates nothing: `activation` starts instances, keep-alive stops them.",
  }),
  min_instances: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: 0,
    describe: "Fewest instances; 0: scale to zero.",
  }),
  max_instances: count({ min: 1, default: 8, describe: "Most instances." }),
  ...policies.beside,
  period: quantity("seconds", {
    appliesWhen: EVALUATES,
    min: LIMITS.shortestPeriodSeconds.value,
    default: null,
    describe: "Time between two evaluations, seconds; null: the policy's own.",
  }),
  scrape_delay: quantity("seconds", {
    appliesWhen: EVALUATES,
    min: 0,
    default: 0,
    describe: "Age of the signals at an evaluation, seconds.",
  }),
  actuation_delay: quantity("seconds", {
    appliesWhen: EVALUATES,
    min: 0,
    default: 0,
    describe: "Time from a decision to the start or stop of an instance, seconds.",
  }),
  max_step_up: count({
    appliesWhen: EVALUATES,
    min: 1,
    default: null,
    describe: "Most instances added by one decision; null: no limit.",
  }),
  max_step_down: count({
    appliesWhen: EVALUATES,
    min: 1,
    default: null,
    describe: "Most instances removed by one decision; null: no limit.",
  }),
  drain_limit: quantity("seconds", {
    min: 0,
    default: null,
    aliases: ["termination_grace_period"],
    describe: "Longest time in which an instance that is told to stop may finish its requests, " +
      "seconds; null: as long as they take.",
  }),
  after_drain_limit: choice(["fail", "restart", "resume"], {
    wanted: "a way to treat requests that are left at the drain limit",
    default: "fail",
    appliesWhen: isSet("scaling.drain_limit"),
    describe: "Requests that are left then end (outcome `drain_limit`), begin anew elsewhere, or " +
      "go on there by computing prompt and output so far again.",
  }),
  activation: choice(["first", "none", "each", "join"], {
    wanted: "a rule for starts between evaluations",
    default: "first",
    describe:
      "A request starts an instance when there is none at all, never, each time that no instance " +
      "can take it (scale per request), or when those on their way will have no room for it " +
      "either: it joins a start, up to `gateway.concurrency_per_instance`.",
  }),
  reserve_starts: flag({
    aliases: ["bind_starts"],
    appliesWhen: isNot("scaling.activation", "none"),
    default: false,
    describe: "A request that starts an instance waits for that one, as on AWS Lambda; otherwise " +
      "the first instance that can take it does.",
  }),
  keep_alive: keepAlive,
  prewarmed_pool: prewarmedPool,
  ...policies.sections,
}, { switchedBy: "enabled", describe: "How many instances there are." });
