import { MOST_SOBOL_FACTORS } from "../stats/sobol_indices.ts";
import { showValue } from "../std/show_value.ts";
import { suggest } from "../std/suggest.ts";
import type { Experiment, ExperimentDefinition, Factors, Measures } from "./experiment.ts";
import { slurmSettings } from "./slurm/settings.ts";

/** Most cells of an experiment, and most replications of a cell. */
const MOST = 1_000_000;

/**
 * Declares an experiment: the default export of `experiments/NN_name/experiment.ts`.
 *
 * @throws {RangeError} For a key that there is not, or a value that cannot be.
 *
 * @example
 * ```ts
 * import { defineExperiment } from "./define_experiment.ts";
 *
 * export default defineExperiment({
 *   id: "00_squares",
 *   version: 1,
 *   seed: 7,
 *   question: "How fast do squares grow?",
 *   factors: { side: [1, 2, 3] },
 *   run: ({ cell }) => ({ area: cell.side ** 2 }),
 *   headlines: (rows) => ({ largest_area: Math.max(...rows.map((row) => row.area)) }),
 * });
 * ```
 */
export function defineExperiment<const F extends Factors, M extends Measures>(
  definition: ExperimentDefinition<F, M>,
): Experiment {
  checkDefinition(definition);
  const { design, replications = 1 } = definition;
  // Rows that `run` made are the rows that figures and targets get: the names are forgotten safely.
  return {
    targets: () => [],
    headlines: () => ({}),
    figures: {},
    inputs: {},
    slurm: {},
    ...definition as unknown as ExperimentDefinition<Factors, Measures>,
    design: design as Experiment["design"],
    summarise: definition.summarise,
    usesRows: definition.targets !== undefined || definition.headlines !== undefined ||
      Object.keys(definition.figures ?? {}).length > 0,
    replications,
  };
}

/** The keys of a definition. */
const KEYS: readonly (keyof ExperimentDefinition<Factors, Measures>)[] = [
  ...["id", "version", "seed", "replications", "question", "factors", "design"] as const,
  ...["inputs", "run", "summarise", "targets", "headlines", "figures", "slurm"] as const,
];

/** Whatever is there may be of another type: modules run without their types being checked. */
function checkDefinition(given: unknown): void {
  if (!isMapping(given)) refuse("an experiment", "a mapping of what it is made of", given);
  const { id, version, seed, replications = 1, question, factors } = given;
  const isId = typeof id === "string" && /^[a-z0-9_]+$/.test(id);
  demand(isId, "an experiment's id", "lower-case words with _", id);
  checkKeys(id as string, given);
  demand(isWhole(version, 1), `the version of ${id}`, "a whole number >= 1", version);
  const isSeed = isWhole(seed, 0, 4294967295);
  demand(isSeed, `the seed of ${id}`, "a whole number from 0 to 4294967295", seed);
  demand(
    isWhole(replications, 1, MOST),
    `the replications of ${id}`,
    `a whole number from 1 to ${MOST}`,
    replications,
  );
  const isSentence = typeof question === "string" && /\S/.test(question);
  demand(isSentence, `the question of ${id}`, "a sentence", question);
  demand(isMapping(factors), `the factors of ${id}`, "lists of levels by name", factors);
  checkFactors(id as string, factors as Factors);
  checkDesign(id as string, given.design, Object.keys(factors as object).length);
  checkParts(id as string, given);
}

function checkKeys(id: string, given: object): void {
  for (const key of Object.keys(given)) {
    if (KEYS.some((known) => known === key)) continue;
    const near = suggest(key, KEYS);
    refuse(
      `a key of ${id}`,
      `one of ${KEYS.join(", ")}${near === undefined ? "" : ` (did you mean ${near}?)`}`,
      key,
    );
  }
}

function checkFactors(id: string, factors: Factors): void {
  let cells = 1;
  for (const [name, levels] of Object.entries(factors)) {
    demand(
      name !== "replication",
      `a factor of ${id}`,
      "another name than the column of replications",
      name,
    );
    const areLevels = Array.isArray(levels) && levels.length > 0 && levels.every(isLevel) &&
      // 1 and "1" would be one cell's name.
      new Set(levels.map(String)).size === levels.length;
    demand(
      areLevels,
      `the factor ${name} of ${id}`,
      "one or more different levels: texts, numbers, booleans",
      levels,
    );
    cells *= levels.length;
  }
  demand(cells <= MOST, `the cells of ${id}`, `at most ${MOST} in the full grid`, cells);
}

function isLevel(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" ||
    typeof value === "number" && Number.isFinite(value);
}

/** Designs by their one key. */
const DESIGNS: readonly string[] = ["fraction", "cells", "oneAtATime", "latinHypercube", "sobol"];

function checkDesign(id: string, design: unknown, factors: number): void {
  if (design === undefined) return;
  const wanted = "{ fraction }, { cells: [...] }, { oneAtATime }, { latinHypercube } or { sobol }";
  const keys = isMapping(design) ? Object.keys(design) : [];
  const isDesign = keys.length === 1 && DESIGNS.includes(keys[0]);
  demand(isDesign, `the design of ${id}`, wanted, design);
  const { fraction, cells, oneAtATime, latinHypercube, sobol } = design as Record<string, unknown>;
  if (keys[0] === "fraction") {
    demand(isWhole(fraction, 1), `the fraction of ${id}`, "a whole number >= 1", fraction);
  } else if (keys[0] === "cells") {
    const areCells = Array.isArray(cells) && cells.every(isMapping);
    demand(areCells, `the design of ${id}`, wanted, design);
    demand((cells as unknown[]).length > 0, `the design of ${id}`, "one cell or more", design);
  } else if (keys[0] === "oneAtATime") {
    demand(isMapping(oneAtATime), `the design of ${id}`, "{ oneAtATime: a cell }", design);
  } else if (keys[0] === "sobol") {
    const isPower = isWhole(sobol, 2, MOST) && Number.isInteger(Math.log2(sobol as number));
    demand(isPower, `the Sobol design of ${id}`, "a power of two, 2 or more", sobol);
    const wanted = `one of 1 to ${MOST_SOBOL_FACTORS} factors`;
    const isNarrow = factors >= 1 && factors <= MOST_SOBOL_FACTORS;
    demand(isNarrow, `the Sobol design of ${id}`, wanted, factors);
  } else {
    const isCount = isWhole(latinHypercube, 1, MOST);
    demand(isCount, `the Latin hypercube of ${id}`, "a whole number >= 1", latinHypercube);
  }
}

/** The functions, the inputs and what Slurm is told. */
function checkParts(id: string, given: Readonly<Record<string, unknown>>): void {
  const { inputs = {}, figures = {}, slurm = {}, run, summarise, targets, headlines } = given;
  demand(isMapping(inputs), `the inputs of ${id}`, "{ dataset, path } by name", inputs);
  for (const [name, input] of Object.entries(inputs as object)) {
    const isInput = isMapping(input) &&
      [input.dataset, input.path].every((one) => typeof one === "string");
    demand(isInput, `the input ${name} of ${id}`, "{ dataset, path }", input);
  }
  demand(isMapping(figures), `the figures of ${id}`, "functions by name", figures);
  for (const name of Object.keys(figures as object)) {
    const isFileName = /^[A-Za-z0-9][\w.-]*$/.test(name);
    demand(isFileName, `a figure of ${id}`, "a file name of letters, digits, _, . and -", name);
  }
  const functions = { run, ...optional({ summarise, targets, headlines }), ...figures as object };
  for (const [name, one] of Object.entries(functions)) {
    demand(typeof one === "function", `${name} of ${id}`, "a function", one);
  }
  slurmSettings(id, slurm as object, {});
}

/** What of some parts is given. */
function optional(parts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function demand(holds: boolean, what: string, wanted: string, value: unknown): void {
  if (!holds) refuse(what, wanted, value);
}

function refuse(what: string, wanted: string, value: unknown): never {
  throw new RangeError(
    `Cannot define ${what} as ${wanted}: current value is ${showValue(value)}`,
  );
}

function isWhole(value: unknown, least: number, most = Infinity): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
