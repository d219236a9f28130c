import { settingsMap } from "../../settings/collections.ts";
import { section, sectionList } from "../section.ts";
import { count, quantity, text } from "../../settings/quantities.ts";

/** Keys of an entry that hold settings of the section of the same name. */
export const FUNCTION_SECTIONS = [
  "model",
  "parallelization",
  "scheduler",
  "speculative",
  "memory",
  "execution",
  "cold_start",
  "scaling",
  "gateway",
  "cost",
  "slo",
  "groups",
] as const;

/** The settings of one section that differ for a function. */
function own(name: string) {
  return settingsMap({ default: null, describe: `Settings of \`${name}\` that differ.` });
}

const entry = section({
  name: text({ default: null, describe: "Name in the results; null: the model's." }),
  count: count({
    min: 1,
    max: 65535,
    default: 1,
    describe: "So many alike; above 1 their names end in -1, -2, ...",
  }),
  share: quantity("number", {
    above: 0,
    default: null,
    describe: "Weight of its popularity; null: by `workload.functions.zipf`.",
  }),
  gpu_type: text({ default: null, describe: "Its GPU; null: `cluster.gpu_type`." }),
  model: own("model"),
  parallelization: own("parallelization"),
  scheduler: own("scheduler"),
  speculative: own("speculative"),
  memory: own("memory"),
  execution: own("execution"),
  cold_start: own("cold_start"),
  scaling: own("scaling"),
  gateway: own("gateway"),
  cost: own("cost"),
  slo: own("slo"),
  groups: own("groups"),
}, { describe: "One function, or several alike." });

/** The deployed models. */
export const functions = sectionList(entry, {
  describe: "Deployed models that share the cluster, the most popular first; none: one function " +
    "made of the other sections.",
});
