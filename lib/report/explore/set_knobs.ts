import type { Configuration } from "../../config/configuration.ts";
import type { Knob, KnobValues } from "./knobs.ts";

/**
 * A configuration with values of knobs in place of its own. Knobs without a value leave the
 * configuration as it is.
 */
export function withKnobs(
  config: Configuration,
  knobs: readonly Knob[],
  values: KnobValues,
): Configuration {
  const changed = structuredClone(config);
  for (const knob of knobs) {
    if (!(knob.name in values)) continue;
    for (const [path, value] of Object.entries(knob.settings(values[knob.name], changed))) {
      put(changed, path, value);
    }
  }
  return changed;
}

/** The configuration of a run of so many requests. */
export function withRequests(config: Configuration, requests: number): Configuration {
  const changed = structuredClone(config);
  put(changed, "workload.num_requests", requests);
  return changed;
}

/** Sets a setting, by path, in a configuration of one's own. */
export function put(config: Configuration, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop()!;
  const place = keys.reduce(
    (section, key) => section[key] as Section,
    config as unknown as Section,
  );
  place[last] = value;
}

type Section = Record<string, unknown>;

/** Only values that a knob can have: what a link brings may be anything. */
export function checkedValues(knobs: readonly Knob[], given: unknown): KnobValues {
  const values: Record<string, KnobValues[string]> = {};
  if (typeof given !== "object" || given === null) return values;
  for (const { name, kind, values: possible } of knobs) {
    const value = (given as Record<string, unknown>)[name];
    if (kind === "switch" ? typeof value === "boolean" : possible.some((one) => one === value)) {
      values[name] = value as KnobValues[string];
    }
  }
  return values;
}
