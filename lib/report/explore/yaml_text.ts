import type { Configuration } from "../../config/configuration.ts";
import { changedSettings, isSection, type Settings } from "./settings.ts";

/**
 * A configuration as a file that says only what differs from the defaults. Leaves are written as JSON,
 * which YAML takes as it is.
 */
export function yamlText(usual: Configuration, config: Configuration): string {
  const lines: string[] = [];
  const write = (settings: Settings, indent: string) => {
    for (const [key, value] of Object.entries(settings)) {
      const name = /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key);
      if (isSection(value) && Object.keys(value).length > 0) {
        lines.push(`${indent}${name}:`);
        write(value, `${indent}  `);
      } else lines.push(`${indent}${name}: ${JSON.stringify(value)}`);
    }
  };
  write(changedSettings(usual, config), "");
  return lines.length === 0 ? "{}\n" : lines.join("\n") + "\n";
}
