import { showValue } from "../std/show_value.ts";
import type { Experiment, ExperimentDefinition, Factors, Measures } from "./experiment.ts";

/**
 * Declares an experiment: the default export of `experiments/NN_name/experiment.ts`.
 *
 * @throws {RangeError} For an id, version, seed, number of replications or factor that cannot be.
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
  checkDefinition(definition as unknown as ExperimentDefinition<Factors, Measures>);
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

/** Whatever is there may be of another type: modules run without their types being checked. */
function checkDefinition(definition: ExperimentDefinition<Factors, Measures>): void {
  const { id, version, seed, replications = 1, factors, design } = definition;
  const demand = (holds: boolean, what: string, wanted: string, value: unknown) => {
    if (holds) return;
    throw new RangeError(
      `Cannot define ${what} as ${wanted}: current value is ${showValue(value)}`,
    );
  };
  const isWhole = (value: unknown, least: number) =>
    Number.isInteger(value) && Number(value) >= least;
  const isId = typeof id === "string" && /^[a-z0-9_]+$/.test(id);
  demand(isId, "an experiment's id", "lower-case words with _", id);
  demand(isWhole(version, 1), `the version of ${id}`, "a whole number >= 1", version);
  const isSeed = isWhole(seed, 0) && seed <= 4294967295;
  demand(isSeed, `the seed of ${id}`, "a whole number from 0 to 4294967295", seed);
  demand(
    isWhole(replications, 1),
    `the replications of ${id}`,
    "a whole number >= 1",
    replications,
  );
  const { question } = definition;
  demand(typeof question === "string", `the question of ${id}`, "a sentence", question);
  demand(isMapping(factors), `the factors of ${id}`, "lists of levels by name", factors);
  for (const [name, levels] of Object.entries(factors)) {
    const areLevels = Array.isArray(levels) && levels.length > 0 &&
      new Set(levels).size === levels.length;
    demand(areLevels, `the factor ${name} of ${id}`, "one or more different levels", levels);
  }
  const isDesign = design === undefined ||
    isMapping(design) && ("fraction" in design || Array.isArray(design.cells));
  demand(isDesign, `the design of ${id}`, "{ fraction } or { cells: [...] }", design);
  if (design !== undefined && "fraction" in design) {
    const { fraction } = design;
    demand(isWhole(fraction, 1), `the fraction of ${id}`, "a whole number >= 1", fraction);
  }
  const { inputs = {}, figures = {} } = definition;
  for (const [name, input] of Object.entries(inputs)) {
    const isInput = isMapping(input) &&
      [input.dataset, input.path].every((one) => typeof one === "string");
    demand(isInput, `the input ${name} of ${id}`, "{ dataset, path }", input);
  }
  const { run, targets, headlines } = definition;
  const functions = {
    run,
    ...(targets && { targets }),
    ...(headlines && { headlines }),
    ...figures,
  };
  for (const [name, one] of Object.entries(functions)) {
    demand(typeof one === "function", `${name} of ${id}`, "a function", one);
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
