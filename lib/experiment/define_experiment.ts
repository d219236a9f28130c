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
  const { id, version, seed, replications = 1, factors, design } = definition;
  const refuse = (what: string, wanted: string, value: unknown) => {
    throw new RangeError(
      `Cannot define ${what} as ${wanted}: current value is ${JSON.stringify(value)}`,
    );
  };
  // Modules run without their types being checked.
  if (typeof id !== "string" || !/^[a-z0-9_]+$/.test(id)) {
    refuse("an experiment's id", "lower-case words with _", id);
  }
  if (!(Number.isInteger(version) && version >= 1)) {
    refuse(`the version of ${id}`, "a whole number >= 1", version);
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= 4294967295)) {
    refuse(`the seed of ${id}`, "a whole number from 0 to 4294967295", seed);
  }
  if (!(Number.isInteger(replications) && replications >= 1)) {
    refuse(`the replications of ${id}`, "a whole number >= 1", replications);
  }
  if (typeof definition.question !== "string") {
    refuse(`the question of ${id}`, "a sentence", definition.question);
  }
  if (typeof definition.run !== "function") {
    refuse(`run of ${id}`, "a function", definition.run);
  }
  if (typeof factors !== "object" || factors === null) {
    refuse(`the factors of ${id}`, "lists of levels by name", factors);
  }
  for (const [name, levels] of Object.entries(factors)) {
    if (!Array.isArray(levels) || levels.length === 0 || new Set(levels).size < levels.length) {
      refuse(`the factor ${name} of ${id}`, "one or more different levels", levels);
    }
  }
  if (design !== undefined && "fraction" in design) {
    if (!(Number.isInteger(design.fraction) && design.fraction >= 1)) {
      refuse(`the fraction of ${id}`, "a whole number >= 1", design.fraction);
    }
  }
  // Rows that `run` made are the rows that figures and targets get: the names are forgotten safely.
  return {
    targets: () => [],
    headlines: () => ({}),
    figures: {},
    inputs: {},
    ...definition as unknown as ExperimentDefinition<Factors, Measures>,
    design: design as Experiment["design"],
    replications,
  };
}
