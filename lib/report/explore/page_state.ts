import type { Configuration } from "../../config/configuration.ts";
import { type Knob, knobs as knobsOf, type KnobValues } from "./knobs.ts";
import type { PageBase } from "./messages.ts";
import { checkedValues, withKnobs } from "./set_knobs.ts";
import { changedSettings, type Settings, withSettings } from "./settings.ts";

/** What the page simulates: a configuration, and what its knobs change in it. */
export interface PageState {
  readonly base: PageBase;
  readonly knobs: readonly Knob[];
  /** Values of the knobs that were moved. */
  readonly values: KnobValues;
}

/** The state of a page whose knobs have not been moved. */
export function stateOf(base: PageBase, values: KnobValues = {}): PageState {
  return { base, knobs: knobsOf(base.gpus, base.presets), values };
}

/** The configuration of a state. */
export function configOf({ base, knobs, values }: PageState): Configuration {
  return withKnobs(base.config, knobs, values);
}

/**
 * The state that settings of a link stand for; undefined where knobs of that page cannot be set so: the
 * settings are then a configuration of their own, which has to be checked.
 */
export function stateByKnobs(own: PageState, settings: Settings): PageState | undefined {
  const { base, knobs } = own;
  const linked = withSettings(base.usual, settings);
  if (linked === undefined) return undefined;
  const of = (config: Configuration) => JSON.stringify(changedSettings(base.usual, config));
  const wanted = of(linked);
  const read = checkedValues(knobs, readAll(knobs, linked));
  const moved = Object.entries(read)
    .filter(([name, value]) =>
      knobs.find((knob) => knob.name === name)!.read(base.config) !== value
    );
  const state = { base, knobs, values: Object.fromEntries(moved) };
  return of(configOf(state)) === wanted ? state : undefined;
}

/** What the knobs read in a configuration of unknown values; one that cannot be read has none. */
function readAll(knobs: readonly Knob[], config: Configuration): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, read } of knobs) {
    try {
      values[name] = read(config);
    } catch {
      // A section is no mapping: nothing of it is taken.
    }
  }
  return values;
}
