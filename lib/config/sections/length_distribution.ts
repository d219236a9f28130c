import { namesOf, policyChoice, policyNamed } from "../../settings/from_table.ts";
import { placedSettings, settingKeys } from "../../settings/placed_settings.ts";
import { LENGTH_LAWS } from "../../workload/lengths/laws/laws.ts";
import type { Condition } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import type { SchemaNode } from "../schema_node.ts";
import { sectionOf, type SectionShape } from "../section.ts";

/** Length of a prompt or an output in a generated workload. */
export type LengthConfiguration = Configuration["workload"]["prompt_length"];

/** The settings of all laws, each of which has some of them. */
const SETTINGS = Object.fromEntries(
  placedSettings(LENGTH_LAWS).map(({ key, declared }) => [key, declared]),
) as SectionShape;

/** The lengths of one side of a request. `fill` is used where nothing is given. */
export function lengthDistribution(
  describe: string,
  fill: Readonly<Record<string, unknown>>,
  appliesWhen?: Condition,
): SchemaNode<LengthConfiguration> {
  return sectionOf({
    distribution: policyChoice(LENGTH_LAWS, {
      after: ["joint"],
      default: "gamma",
      describe: "Shape. `joint` draws prompt and output together from `workload.embedded`.",
    }),
    ...SETTINGS,
  }, {
    describe,
    appliesWhen,
    fill,
    selector: {
      key: "distribution",
      keeps(value) {
        const name = namesOf(LENGTH_LAWS).find((known) => known === value);
        return name === undefined ? [] : settingKeys(policyNamed(LENGTH_LAWS, name));
      },
    },
  });
}
