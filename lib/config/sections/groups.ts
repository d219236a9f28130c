import { settingsMap } from "../../settings/collections.ts";
import { choice } from "../../settings/quantities.ts";
import { all, type Condition, is } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { section } from "../section.ts";

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
