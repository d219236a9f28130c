import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { EXECUTION_SOURCES } from "../../lib/execution/sources/sources.ts";
import { GATEWAY_ORDERS } from "../../lib/scheduling/admission/gateway_orders.ts";
import { SPECULATION_METHODS } from "../../lib/execution/speculation/methods/methods.ts";
import { BATCHING_STRATEGIES } from "../../lib/scheduling/batching/strategies.ts";
import { QUEUE_ORDERS } from "../../lib/scheduling/batching/orders/mod.ts";
import { ROUTING_POLICIES } from "../../lib/scheduling/routing/policies.ts";
import { SPLIT_DECIDERS } from "../../lib/scheduling/split/deciders.ts";
import { EVICTION_POLICIES } from "../../lib/serverless/cold_start/eviction.ts";
import { KEEP_ALIVE_POLICIES, POOL_POLICIES } from "../../lib/serverless/keep_alive/mod.ts";
import { PLACEMENT_POLICIES } from "../../lib/serverless/placement/policies.ts";
import { SCALING_POLICIES } from "../../lib/serverless/scaling/policies.ts";
import {
  aliasesOf,
  namesOf,
  optionsFrom,
  placedSettings,
  policyNamed,
  type PolicyTable,
  withDefaults,
} from "../../lib/settings/mod.ts";
import { ARRIVALS } from "../../lib/workload/arrivals/processes.ts";
import { LENGTH_LAWS } from "../../lib/workload/lengths/laws/laws.ts";
import { TRACE_FORMATS } from "../../lib/workload/traces/trace_formats.ts";

const config = loadConfig();

/** Every table, with the section that its policies' settings stand in. */
const TABLES: readonly (readonly [table: PolicyTable, values: object])[] = [
  [SCALING_POLICIES, config.scaling],
  [KEEP_ALIVE_POLICIES, config.scaling.keep_alive],
  [POOL_POLICIES, config.scaling.prewarmed_pool],
  [PLACEMENT_POLICIES, config.cluster.placement],
  [EVICTION_POLICIES, config.cluster.weight_cache],
  [ROUTING_POLICIES, config.cluster.routing],
  [SPLIT_DECIDERS, config.groups.decider],
  [BATCHING_STRATEGIES, config.scheduler],
  [SPECULATION_METHODS, config.speculative],
  [QUEUE_ORDERS, config.scheduler],
  [GATEWAY_ORDERS, config.gateway],
  [ARRIVALS, config.workload],
  [LENGTH_LAWS, config.workload.prompt_length],
  [TRACE_FORMATS, config.workload.trace],
  [EXECUTION_SOURCES, config.execution],
];

for (const [table, values] of TABLES) {
  Deno.test(`${table.wanted}: names once, sentences, and one default for files and programs`, () => {
    const names = namesOf(table);
    const all = [...names, ...Object.keys(aliasesOf(table))];
    strictEqual(new Set(all).size, all.length, all.join());
    for (const name of all) ok(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name), name);
    for (const policy of table.entries) {
      ok(/^\S.*\.$/.test(policy.describe), `${policy.name}: ${policy.describe}`);
      // Lengths of the default configuration are filled with those of one law.
      if (table === LENGTH_LAWS) continue;
      deepStrictEqual(
        optionsFrom(table, policy, values),
        withDefaults<object>(policy.settings as never, {}),
        policy.name,
      );
    }
    const [first] = names;
    throws(() => policyNamed(table, `${first}x`), {
      name: "RangeError",
      message: new RegExp(
        `as one of .*\\(did you mean ${first}\\?\\): current value is "${first}x"$`,
      ),
    });
  });

  Deno.test(`${table.wanted}: a check finds nothing wrong with the options its laws use`, () => {
    const facts = { isChosen: true, periodSeconds: 1, hasLimits: true, maxInstances: 8 };
    for (const policy of table.entries as PolicyTable["entries"] & readonly Checked[]) {
      const options = withDefaults<object>(policy.settings as never, policy.laws?.options ?? {});
      deepStrictEqual(policy.check?.(options, facts) ?? [], [], policy.name);
    }
    for (const { declared, readBy } of placedSettings(table)) {
      ok(readBy.every(({ settings }) => Object.values(settings).includes(declared)));
    }
  });
}

interface Checked {
  readonly laws?: { readonly options?: object };
  check?(options: object, facts: object): readonly unknown[];
}
