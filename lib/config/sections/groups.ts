import { settingsMap } from "../../settings/collections.ts";
import { choice } from "../../settings/quantities.ts";
import { all, type Condition, is } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { SPLIT_DECIDERS } from "../../scheduling/split/deciders.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { section, sectionOf } from "../section.ts";

/** Whether the instances of the configuration, or of a function of its list, are in groups. */
function areApart({ groups, functions }: Configuration): boolean {
  return [groups, ...functions.map((entry) => entry.groups)].some((given) =>
    given !== null && (given.prefill ?? null) !== null && (given.decode ?? null) !== null
  );
}

/** Instances are in groups, so that KV entries go from one to another. */
export const BETWEEN_GROUPS: Condition = {
  words: "`groups.prefill` and `groups.decode` are set, of one function at least",
  whyNot: (config) => areApart(config) ? undefined : "groups.prefill is not set",
};

const deciders = policySettings({
  table: SPLIT_DECIDERS,
  path: "groups.decider",
  ...chosenBy("groups.decider.policy"),
});

const decider = sectionOf<Configuration["groups"]["decider"]>({
  policy: policyChoice(SPLIT_DECIDERS, {
    default: "always",
    describe:
      "Which requests `prefill` computes; the prompts of the others are computed by `decode`.",
  }),
  ...deciders.beside,
  ...deciders.sections,
}, { appliesWhen: BETWEEN_GROUPS, describe: "Which requests go from one group to the other." });

/** The groups of a function's instances. */
export const groups = section({
  prefill: settingsMap({
    default: null,
    describe: "Instances that compute prompts: `gpu_type`, `routing` and the sections of a " +
      "function, as far as they differ; null: no group of its own.",
  }),
  decode: settingsMap({
    default: null,
    describe: "Instances that go on with the requests once these have their first token, likewise.",
  }),
  decider,
  starts: choice(["together", "apart"], {
    wanted: "how the groups start",
    default: "together",
    appliesWhen: all(
      BETWEEN_GROUPS,
      is("scaling.enabled", true),
    ),
    describe: "Whether a request that starts the first instance of `prefill` has one of `decode` " +
      "started, too, if there is none, or that starts when the request comes to it.",
  }),
}, {
  describe:
    "Prefill and decode apart: two groups of instances, each with settings of its own; KV " +
    "entries go from one to the other as `cluster.kv_transfer` says.",
});
