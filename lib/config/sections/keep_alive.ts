import { POOLED_THINGS } from "../../serverless/cold_start/partial_plan.ts";
import { KEEP_ALIVE_POLICIES } from "../../serverless/keep_alive/policies.ts";
import { POOL_POLICIES } from "../../serverless/keep_alive/pool_policies.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";
import { isNot, isSet } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { keepAlivePolicyName } from "../keep_alive_policy_name.ts";
import { chosenBy, policySettings, resolvedBy } from "../policy_settings.ts";
import type { SchemaNode } from "../schema_node.ts";
import { section, sectionOf } from "../section.ts";

const POOLED = isSet("scaling.prewarmed_pool.of");

const policies = policySettings({
  table: KEEP_ALIVE_POLICIES,
  path: "scaling.keep_alive",
  is: resolvedBy(
    "scaling.keep_alive.policy",
    "the keep-alive policy",
    (config) => keepAlivePolicyName(config.scaling),
  ).is,
});

const sleep = section({
  level: count({
    min: 0,
    max: 2,
    default: 0,
    describe:
      "What an idle instance that is not needed any more does: 0: it stops; 1: it sleeps, " +
      "its weights in host memory, and wakes by the preset's `wake` stages; 2: it sleeps without " +
      "them, and wakes by the stages that fetch and load weights. Its GPUs are free meanwhile.",
  }),
  ttl: quantity("seconds", {
    min: 0,
    default: 600,
    appliesWhen: isNot("scaling.keep_alive.sleep.level", 0),
    describe: "Time after which a sleeping instance stops, seconds; 0: none sleeps.",
  }),
}, { describe: "Sleep in place of stopping (vLLM's sleep levels)." });

/** How long idle instances are kept. */
export const keepAlive: SchemaNode<Configuration["scaling"]["keep_alive"]> = sectionOf({
  policy: policyChoice(KEEP_ALIVE_POLICIES, {
    default: null,
    describe:
      "How long an idle instance is kept; null: `fixed` where `seconds` is given, else as " +
      "long as the scaling policy keeps it, and `fixed` with `queue-delay` and `none`, which take " +
      "none away.",
  }),
  ...policies.beside,
  ...policies.sections,
  sleep,
}, { describe: "Keep-alive of idle instances." });

const pools = policySettings({
  table: POOL_POLICIES,
  path: "scaling.prewarmed_pool",
  within: POOLED,
  ...chosenBy("scaling.prewarmed_pool.policy"),
});

/** What starts can begin with. */
export const prewarmedPool: SchemaNode<Configuration["scaling"]["prewarmed_pool"]> = sectionOf({
  of: choice(POOLED_THINGS, {
    wanted: "what a pool holds",
    default: null,
    describe:
      "Members, by the last stage of a start that is done ahead: `node` (node_provision), " +
      "`container` (runtime_import), `engine` (collective_init, on GPUs of its own); null: no pool.",
  }),
  policy: {
    ...policyChoice(POOL_POLICIES, {
      default: "fixed",
      describe:
        "How many members there are: always `size`; the starts of one lead time on average " +
        "(Little's law); or those of a lead time with the probability miss / (miss + idle cost).",
    }),
    appliesWhen: POOLED,
  },
  ...pools.beside,
  ...pools.sections,
}, {
  describe:
    "Pool of what starts can begin with. Functions with equal settings here, equal GPUs and " +
    "starts that begin alike share one. It is full when the run begins.",
});
