import type { Configuration } from "./configuration.ts";
import { functionConfigurations, settingsOver } from "./function_configurations.ts";
import { emptyMapping, type Mapping } from "./normalize.ts";
import { FUNCTION_SECTIONS } from "./sections/functions.ts";

/** The groups that a function's instances may be in. */
export const GROUPS = ["prefill", "decode"] as const;
/** Name of a group. */
export type GroupName = (typeof GROUPS)[number];

/** Keys of a group's settings. */
const GROUP_KEYS: readonly string[] = [
  "gpu_type",
  "routing",
  ...FUNCTION_SECTIONS.filter((key) => key !== "groups"),
];

/** Whether a function's instances are in groups, or are said to be. */
export function hasGroups({ groups }: Configuration): boolean {
  return groups.prefill !== null || groups.decode !== null;
}

/** Whether the instances of any function are in groups. */
export function hasAnyGroups(config: Configuration): boolean {
  return functionConfigurations(config).some(({ config: own }) => hasGroups(own));
}

/** The configuration of a function as it is for a group, or what is wrong with the group's settings. */
export function readGroup(
  config: Configuration,
  name: GroupName,
): { readonly config: Configuration | undefined; readonly problems: readonly string[] } {
  const given = config.groups[name] ?? {};
  const mapping = emptyMapping();
  const problems: string[] = [];
  const cluster = emptyMapping();
  for (const [key, value] of Object.entries(given)) {
    if (key === "gpu_type" || key === "routing") cluster[key] = value;
    else if (GROUP_KEYS.includes(key)) mapping[key] = value;
    else {
      problems.push(
        `Cannot read "${key}" as a setting of a group: current value is ${JSON.stringify(value)} ` +
          `(allowed: ${GROUP_KEYS.join(", ")})`,
      );
    }
  }
  if (Object.keys(cluster).length > 0) mapping.cluster = cluster;
  const read = settingsOver(config, mapping as Mapping);
  return { config: read.config, problems: [...problems, ...read.problems] };
}

/** The groups of a checked function's instances; undefined where they are not in any. */
export function groupConfigurations(
  config: Configuration,
): Readonly<Record<GroupName, Configuration>> | undefined {
  if (!hasGroups(config)) return undefined;
  const [prefill, decode] = GROUPS.map((name) => readGroup(config, name).config!);
  return { prefill, decode };
}
