import type { Configuration } from "../../config/configuration.ts";
import { rememberGiven } from "../../config/given.ts";
import { givenPaths, loadConfig } from "../../config/load.ts";
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";

/** A level of a factor. */
export type Level = string | number | boolean;

/**
 * What a sweep varies: by the name of each factor its levels, which are values of a setting, or settings
 * in YAML by the name of the level.
 */
export type SweepFactors = Readonly<
  Record<string, readonly Level[] | Readonly<Record<string, string>>>
>;

/** One level of each factor. */
export type SweepCell = Readonly<Record<string, Level>>;

/**
 * The configuration that a sweep varies: YAML, texts of YAML over one another, a configuration that was
 * loaded, or a function that returns one of these for a cell.
 */
export type SweepConfig =
  | string
  | readonly string[]
  | Configuration
  | ((cell: never) => string | readonly string[] | Configuration);

/** What a sweep is made of. */
export interface SweepDesign {
  /** What is varied. */
  readonly config: SweepConfig;
  /** Factors and their levels: all combinations are run. */
  readonly over: SweepFactors;
  /** Random seeds: how many, from the configuration's on, or which; default 1. */
  readonly seeds?: number | readonly number[];
}

/** A run of a sweep. */
export interface SweepRun {
  readonly cell: SweepCell;
  readonly seed: number;
  readonly config: Configuration;
}

/** Most runs of a sweep. */
const MOST_RUNS = 100_000;
/** Largest seed of a configuration. */
const LARGEST_SEED = 4294967295;

/** Settings that everybody calls by a shorter name than the last word of their path. */
const SHORT: Readonly<Record<string, string>> = {
  rate: "workload.arrival_rate",
  policy: "scaling.policy",
  strategy: "scheduler.type",
  gpu: "cluster.gpu_type",
  model: "model.name",
};

/**
 * The runs of a sweep: every combination of levels, the last factor fastest, with each seed. Every
 * configuration is checked before anything runs.
 *
 * @throws {RangeError} If a factor is no setting, has no levels or has one twice, or seeds are none.
 * @throws {ConfigError} If a cell's configuration is wrong: the message names the cell.
 */
export function sweepRuns({ config, over, seeds = 1 }: SweepDesign): SweepRun[] {
  checkDesign(over);
  const names = Object.keys(over);
  const levels = names.map((name) => levelsOf(over[name]));
  const cells = levels.reduce<SweepCell[]>(
    (before, own, i) =>
      before.flatMap((cell) => own.map((level) => ({ ...cell, [names[i]]: level }))),
    [{}],
  );
  const paths = typeof config === "function" ? new Map<string, string>() : settingsOf(over);
  const count = typeof seeds === "number" ? seeds : seeds.length;
  if (cells.length * count > MOST_RUNS) {
    throw new RangeError(
      `Cannot sweep over at most ${MOST_RUNS} runs: current value is ${cells.length * count}`,
    );
  }
  return cells.flatMap((cell) => {
    const own = namingCell(cell, () => configOf(config, over, paths, cell));
    return seedsFrom(own.simulation.random_seed, seeds)
      .map((seed) => ({ cell, seed, config: withSeed(own, seed) }));
  });
}

/** A configuration with another seed. */
export function withSeed(config: Configuration, seed: number): Configuration {
  const own = { ...config, simulation: { ...config.simulation, random_seed: seed } };
  rememberGiven(own, new Set([...givenPaths(config), "simulation.random_seed"]));
  return own;
}

/** "rate=2, policy=hpa". */
export function cellName(cell: SweepCell): string {
  return Object.entries(cell).map(([name, level]) => `${name}=${level}`).join(", ");
}

function checkDesign(over: SweepFactors): void {
  if (typeof over !== "object" || over === null) {
    throw new TypeError(
      `Cannot sweep over what is no mapping of factors: current value is ${showValue(over)}`,
    );
  }
  for (const [name, given] of Object.entries(over)) {
    const levels = typeof given === "object" && given !== null ? levelsOf(given) : [];
    const areLevels = levels.every((level) =>
      ["string", "number", "boolean"].includes(typeof level)
    );
    if (
      name === "seed" || levels.length === 0 || !areLevels || new Set(levels).size < levels.length
    ) {
      throw new RangeError(
        `Cannot sweep over "${name}" as ${
          name === "seed"
            ? 'a factor: "seeds" says how many there are'
            : "one or more different levels, or settings by the name of a level"
        }: current value is ${showValue(given)}`,
      );
    }
  }
}

function levelsOf(given: SweepFactors[string]): readonly Level[] {
  return Array.isArray(given) ? given : Object.keys(given);
}

/** The path of the setting that each factor with a list of levels is. */
function settingsOf(over: SweepFactors): Map<string, string> {
  const listed = Object.keys(over).filter((name) => Array.isArray(over[name]));
  return new Map(listed.map((name) => [name, settingPath(name)]));
}

/**
 * The setting that a factor's name stands for: its path, or the end of a path that is the only one.
 *
 * @throws {RangeError} If it stands for none, or for several.
 */
export function settingPath(name: string): string {
  if (name.includes(".")) return name;
  if (Object.hasOwn(SHORT, name)) return SHORT[name];
  const all = pathsBelow(loadConfig());
  const found = all.filter((path) => path.endsWith(`.${name}`));
  if (found.length === 1) return found[0];
  const near = suggest(name, [
    ...Object.keys(SHORT),
    ...all.map((path) => path.split(".").at(-1)!),
  ]);
  const which = found.length > 1
    ? `one of ${found.join(", ")}`
    : `a setting, such as workload.arrival_rate${near === undefined ? "" : `, or ${near}`}`;
  throw new RangeError(`Cannot sweep over ${which}: current value is "${name}"`);
}

/** Paths of all settings that have no settings below them. */
function pathsBelow(section: object, path = ""): string[] {
  return Object.entries(section).flatMap(([key, value]) => {
    const here = path === "" ? key : `${path}.${key}`;
    const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
    return isSection ? pathsBelow(value, here) : [here];
  });
}

function configOf(
  config: SweepConfig,
  over: SweepFactors,
  paths: ReadonlyMap<string, string>,
  cell: SweepCell,
): Configuration {
  const basis = typeof config === "function" ? config(cell as never) : config;
  const texts = typeof basis === "string" || Array.isArray(basis)
    ? [basis].flat()
    : [textOf(basis as Configuration)];
  const layers = Object.entries(over).flatMap(([name, given]) =>
    Array.isArray(given) ? [] : [(given as Readonly<Record<string, string>>)[String(cell[name])]]
  );
  const set = Object.fromEntries([...paths].map(([name, path]) => [path, cell[name]]));
  return loadConfig([...texts, ...layers], { set });
}

/** A configuration as a text that asks for the same. */
function textOf(config: Configuration): string {
  return JSON.stringify(config);
}

/** The seeds of a cell. */
function seedsFrom(first: number, seeds: number | readonly number[]): readonly number[] {
  const list = typeof seeds === "number" && Number.isInteger(seeds)
    ? Array.from({ length: Math.max(0, Math.min(seeds, MOST_RUNS)) }, (_, i) => first + i)
    : seeds;
  const areSeeds = Array.isArray(list) && list.length > 0 && new Set(list).size === list.length &&
    list.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED);
  if (areSeeds) return list;
  throw new RangeError(
    `Cannot sweep with "seeds" as how many there are, or different whole numbers up to ` +
      `${LARGEST_SEED}: current value is ${showValue(seeds)}`,
  );
}

/** Runs a function; a mistake names the cell. */
function namingCell<T>(cell: SweepCell, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && Object.keys(cell).length > 0) {
      error.message = `In the cell ${cellName(cell)}: ${error.message}`;
    }
    throw error;
  }
}
