import { type SettingDifference, settingDifferences } from "../../planning/differences.ts";
import type { Configuration } from "../../config/configuration.ts";

/**
 * A configuration as a file that says only what differs from the defaults. Leaves are written as JSON,
 * which YAML takes as it is.
 */
export function yamlText(usual: Configuration, config: Configuration): string {
  const lines: string[] = [];
  const write = (list: readonly SettingDifference[], depth: number) => {
    const sections = Map.groupBy(list, ({ path }) => path.split(".")[depth]);
    for (const [key, inside] of sections) {
      const indent = "  ".repeat(depth);
      const isLeaf = inside.length === 1 && inside[0].path.split(".").length === depth + 1;
      if (isLeaf) lines.push(`${indent}${key}: ${JSON.stringify(inside[0].after)}`);
      else {
        lines.push(`${indent}${key}:`);
        write(inside, depth + 1);
      }
    }
  };
  write(wholeMappings(settingDifferences(usual, config), config), 0);
  return lines.length === 0 ? "{}\n" : lines.join("\n") + "\n";
}

/** Mappings whose keys are names (prices by GPU) are written whole. */
function wholeMappings(
  list: readonly SettingDifference[],
  { cost }: Configuration,
): SettingDifference[] {
  const path = "cost.gpu_cost_per_hour";
  const others = list.filter((one) => !one.path.startsWith(path));
  if (others.length === list.length) return others;
  return [...others, { path, before: {}, after: cost.gpu_cost_per_hour }];
}
