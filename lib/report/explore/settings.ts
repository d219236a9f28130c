import type { Configuration } from "../../config/configuration.ts";

/** Settings of a configuration by section, as a file has them. */
export interface Settings {
  readonly [key: string]: unknown;
}

/** Sections whose keys are names (prices by GPU), which are written whole. */
const OF_NAMES = new Set(["cost.gpu_cost_per_hour"]);

/** What of a configuration differs from the default one: a file that says so has no more in it. */
export function changedSettings(usual: Configuration, config: Configuration): Settings {
  return differing(usual as unknown as Settings, config as unknown as Settings, "");
}

function differing(before: Settings, after: Settings, path: string): Settings {
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const inner = path === "" ? key : `${path}.${key}`;
    const old = before[key];
    if (JSON.stringify(old) === JSON.stringify(value)) continue;
    changed[key] = isSection(old) && isSection(value) && !OF_NAMES.has(inner)
      ? differing(old, value, inner)
      : value;
  }
  return changed;
}

/**
 * The default configuration with some settings in place of its own. What the settings are is not looked
 * at; undefined where they name something that the default configuration does not have.
 */
export function withSettings(usual: Configuration, settings: Settings): Configuration | undefined {
  const config = structuredClone(usual);
  return put(config as unknown as Record<string, unknown>, settings, "") ? config : undefined;
}

function put(into: Record<string, unknown>, settings: Settings, path: string): boolean {
  return Object.entries(settings).every(([key, value]) => {
    if (!Object.hasOwn(into, key)) return false;
    const inner = path === "" ? key : `${path}.${key}`;
    const { [key]: old } = into;
    if (isSection(old) && isSection(value) && !OF_NAMES.has(inner)) {
      return put(old as Record<string, unknown>, value, inner);
    }
    into[key] = value;
    return true;
  });
}

/** Whether a value is a mapping. */
export function isSection(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
