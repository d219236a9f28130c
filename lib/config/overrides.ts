import { parse } from "../std/yaml.ts";
import { ConfigError } from "./config_error.ts";
import { emptyMapping, isMapping, type Mapping } from "./normalize.ts";
import { showValue } from "./show_value.ts";

/** Settings by path: a mapping from paths to values, or texts "path=value" with the value in YAML. */
export type Overrides = Readonly<Record<string, unknown>> | readonly string[];

const PATH = /^[^.=\s]+(\.[^.=\s]+)*$/;

/** [path, value] of a text "path=value". */
function parseOverride(text: string): [string, unknown] {
  const at = text.indexOf("=");
  const path = text.slice(0, at).trim();
  if (at < 0 || !PATH.test(path)) {
    throw new ConfigError([
      `Cannot read an override as path=value: current value is ${showValue(text)}`,
    ]);
  }
  try {
    return [path, parse(text.slice(at + 1))];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError([
      `Cannot read the override "${path}" as YAML: current value is ${
        showValue(text.slice(at + 1))
      }`,
    ]);
  }
}

/**
 * The settings that overrides stand for. Later ones win.
 *
 * @throws {ConfigError} If one has no path, or its value is not YAML.
 */
export function readOverrides(overrides: Overrides): Mapping {
  const result = emptyMapping();
  const pairs = Array.isArray(overrides)
    ? overrides.map(parseOverride)
    : Object.entries(overrides as Readonly<Record<string, unknown>>);
  for (const [path, value] of pairs) {
    const keys = path.split(".");
    const last = keys.pop()!;
    let target = result;
    for (const key of keys) {
      if (!isMapping(target[key])) target[key] = emptyMapping();
      target = target[key] as Mapping;
    }
    // A copy: a later path may lead into it, and it is the caller's.
    target[last] = structuredClone(value);
  }
  return result;
}
