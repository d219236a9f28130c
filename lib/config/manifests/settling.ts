import { platformPreset } from "../../serverless/platforms/platform_preset.ts";
import { showValue } from "../../std/show_value.ts";
import { parse } from "../../std/yaml.ts";
import { isMapping, type Mapping } from "../normalize.ts";
import type { Deployment } from "./join.ts";
import { type Fact, type Facts, type Reading, takenText } from "./reading.ts";

/** What a caller says where documents do not. */
export interface ImportChoices {
  /** Models by the name that the documents have: a name of the catalogue, or a config.json. */
  readonly models?: ReadonlyMap<string, string>;
  /** The model of those that are not in `models` and not known. */
  readonly otherModel?: string;
  /** The GPU of workloads that name none. */
  readonly gpu?: string;
}

/** The facts of several documents: later ones win, but what is said wins over any default. */
function merged(readings: readonly Reading[]) {
  const facts: Record<string, Fact<unknown>> = {};
  for (const [name, fact] of readings.flatMap(({ facts }) => Object.entries(facts))) {
    if (fact.defaultOf === undefined || facts[name]?.defaultOf !== undefined || !(name in facts)) {
      facts[name] = fact;
    }
  }
  return facts as Settling["facts"];
}

/** What is known of one deployment, and the settings that it becomes. */
export class Settling {
  readonly settings: Map<string, unknown> = new Map();
  readonly problems: string[] = [];
  readonly facts: { readonly [Name in keyof Facts]?: Fact<Facts[Name]> };
  readonly main: Reading;
  /** Settings of documents that came to nothing here, and why. */
  readonly withdrawn: Map<Reading, Map<string, string>> = new Map();
  /** What of the caller's choices was of use: models by the documents' names, and the GPU. */
  readonly used: Set<string> = new Set();
  /** Where each setting comes from. */
  readonly #origins: Map<string, Reading> = new Map();
  /** Facts of which something was said. */
  readonly #told: Set<Fact<unknown>> = new Set();

  constructor(readonly deployment: Deployment, readonly choices: ImportChoices) {
    this.main = deployment.main;
    this.facts = merged(deployment.readings);
    for (const reading of deployment.readings) {
      for (const [path, value] of reading.settings) this.#follow(path, value, reading);
    }
  }

  /** Takes a setting of a document; an earlier document's is overridden. */
  #follow(path: string, value: unknown, reading: Reading): void {
    const before = this.#origins.get(path);
    const key = reading.keyOf(path);
    if (before !== undefined && before !== reading && key !== undefined) {
      this.#withdraw(before, path, `overridden by ${key} of ${reading.place}`);
    }
    this.settings.set(path, value);
    this.#origins.set(path, reading);
  }

  #withdraw(reading: Reading, path: string, why: string): void {
    const paths = this.withdrawn.get(reading) ?? new Map<string, string>();
    this.withdrawn.set(reading, paths.set(path, why));
  }

  /** Drops the settings of a path, and of those below it, with the reason. */
  drop(path: string, why: string): void {
    for (const own of [...this.settings.keys()]) {
      if (own !== path && !own.startsWith(`${path}.`)) continue;
      this.settings.delete(own);
      const reading = this.#origins.get(own);
      if (reading !== undefined) this.#withdraw(reading, own, why);
    }
  }

  /** Where a setting comes from; what nobody gave is of the whole. */
  placeOf(path: string): string {
    const below = [...this.#origins.keys()].find((own) => own.startsWith(`${path}.`));
    if (path !== "" && below !== undefined) return this.#origins.get(below)!.place;
    for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
      const reading = this.#origins.get(at);
      if (reading !== undefined) return reading.place;
    }
    return this.main.place;
  }

  /** Whose remark it is, where several functions go by one document. */
  #owner({ reading }: Fact<unknown>): string {
    const { name, isShared } = this.deployment;
    return isShared?.(reading) && name !== undefined ? ` (${name})` : "";
  }

  /** Makes a setting of a fact, and says so where the fact stands. */
  take(fact: Fact<unknown>, setting: string, value: unknown, note?: string): void {
    this.settings.set(setting, value);
    this.#origins.set(setting, fact.reading);
    this.#told.add(fact);
    if (fact.defaultOf === undefined) {
      fact.reading.tell(fact.key, takenText(setting, value, note) + this.#owner(fact));
    } else {
      const why = `${fact.key} is not set: the default of ${fact.defaultOf}`;
      fact.reading.assume(`${setting}: ${showValue(value)} (${why})`);
    }
  }

  /** Says what became of a fact that is no one setting. */
  tell(fact: Fact<unknown>, text: string): void {
    this.#told.add(fact);
    if (fact.defaultOf === undefined) fact.reading.tell(fact.key, text + this.#owner(fact));
  }

  /** Whether something was said of a fact. */
  isTold(fact: Fact<unknown>): boolean {
    return this.#told.has(fact);
  }

  /** Leaves a fact out, with the reason; of a default there is nothing to say. */
  leave(fact: Fact<unknown>, why: string): void {
    this.#told.add(fact);
    if (fact.defaultOf === undefined) fact.reading.leave(fact.key, why + this.#owner(fact));
  }

  /** Makes a setting of nothing that the documents say. */
  assume(setting: string, value: unknown, why: string): void {
    this.settings.set(setting, value);
    this.#origins.set(setting, this.main);
    this.main.assume(`${setting}: ${showValue(value)} (${why})`);
  }

  /** The scaling policy; undefined where nothing scales. */
  get policy(): unknown {
    return this.settings.get("scaling.policy") ?? this.#ofPlatform("scaling", "policy");
  }

  /** The price list of the platform, where it has one. */
  get platformProvider(): unknown {
    return this.#ofPlatform("cost", "provider");
  }

  /** A setting of the platform. */
  #ofPlatform(section: string, key: string): unknown {
    const { platform } = this.deployment;
    if (platform === undefined) return undefined;
    const settings = parse(platformPreset(platform).configuration) as Mapping;
    const inner = settings[section];
    return isMapping(inner) ? inner[key] : undefined;
  }
}
