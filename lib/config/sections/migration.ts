import { RESCHEDULING_POLICIES } from "../../scheduling/rescheduling/policies.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { nameList } from "../../settings/collections.ts";
import { choice, count, flag, quantity } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { is, isNot } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { sectionOf } from "../section.ts";

const MIGRATES = isNot("migration.method", "off");

/** Running requests move with their KV entries. */
export const COPIES = is("migration.method", "live", "blocking");

const policies = policySettings({
  table: RESCHEDULING_POLICIES,
  path: "migration",
  within: MIGRATES,
  ...chosenBy("migration.policy"),
});

/** How running requests move between the instances of a function. */
export const migration = sectionOf<Configuration["migration"]>({
  method: choice(["off", "live", "blocking", "tokens", "recompute"], {
    wanted: "a way to move running requests",
    default: "off",
    describe:
      "How a running request moves to another instance. `live`: its KV entries are copied " +
      "while it decodes, the last ones while it stands still (Llumnix). `blocking`: it stands " +
      "still until all are copied. `tokens`: its tokens are sent and computed anew while it " +
      "decodes, the last ones while it stands still (ServerlessLLM). `recompute`: it leaves at " +
      "once and is computed anew. `off`: none moves.",
  }),
  policy: {
    ...policyChoice(RESCHEDULING_POLICIES, {
      default: "freeness",
      describe: "Which requests move, and where to.",
    }),
    appliesWhen: MIGRATES,
  },
  ...policies.beside,
  ...policies.sections,
  period: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: 0.2,
    appliesWhen: MIGRATES,
    describe: "Time between two decisions, seconds.",
  }),
  drains: flag({
    default: true,
    appliesWhen: MIGRATES,
    describe:
      "The requests of an instance that is told to stop, by scaling or by a notice of spot " +
      "capacity, move to others, whatever the policy.",
  }),
  urgent_classes: nameList({
    default: [],
    wanted: "urgent classes",
    appliesWhen: MIGRATES,
    describe:
      "Names of the service classes whose requests are urgent: they move when nobody else can, " +
      "and their instances keep `freeness.headroom_blocks` free.",
  }),
  max_stages: count({
    min: 2,
    max: 100,
    default: 2,
    appliesWhen: is("migration.method", "live", "tokens"),
    describe: "Most stages of a copy: all but the last one while the request decodes.",
  }),
  last_stage_tokens: count({
    min: 0,
    default: 16,
    appliesWhen: is("migration.method", "live", "tokens"),
    describe: "A copy goes on in stages until at most so many tokens are left for the last one.",
  }),
}, { describe: "Migration of running requests between the instances of a function." });
