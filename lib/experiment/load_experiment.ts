import { externalData } from "../results/external_data.ts";
import { readInput } from "../results/read_input.ts";
import { sha256 } from "../results/sha256.ts";
import { ofAuthor } from "./author_error.ts";
import type { Experiment } from "./experiment.ts";

/** An experiment with its inputs. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  /** Address of its module. */
  readonly module: string;
  /** Texts of its inputs by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** SHA-256 of each input. */
  readonly inputDigests: Readonly<Record<string, string>>;
}

/**
 * Imports an experiment and reads its inputs.
 *
 * @param module Address of its experiment.ts.
 * @throws {RangeError} If the module has no experiment, or an input is not there; names the command
 * that fetches it.
 */
export async function loadExperiment(module: string): Promise<LoadedExperiment> {
  const experiment = await importExperiment(module);
  const inputs: Record<string, string> = {};
  const inputDigests: Record<string, string> = {};
  for (const [name, { dataset, path }] of Object.entries(experiment.inputs)) {
    inputs[name] = readInput(externalData(dataset, path), "an input of the experiment", "text");
    inputDigests[name] = await sha256(inputs[name]);
  }
  return { experiment, module, inputs, inputDigests };
}

/**
 * Imports an experiment alone.
 *
 * @throws {RangeError} If the module does not run, or does not export an experiment.
 */
export async function importExperiment(module: string): Promise<Experiment> {
  const { default: experiment } = await ofAuthor(
    "load an experiment as a module that runs",
    module,
    () => importFile(module) as Promise<{ default?: Experiment }>,
  );
  // Whatever defineExperiment() returns has all of them.
  const isExperiment = typeof experiment?.run === "function" && typeof experiment.id === "string" &&
    [experiment.factors, experiment.inputs, experiment.figures].every((one) =>
      one instanceof Object
    );
  if (isExperiment) return experiment;
  throw new RangeError(
    `Cannot load an experiment as the default export of a module, made by defineExperiment(): ` +
      `current value is ${module}`,
  );
}

/** Imports a module of a file: only its beginning has to be known for the package to be published. */
function importFile(module: string): Promise<unknown> {
  const scheme = "file:///";
  if (module.startsWith(scheme)) return import(`file:///${module.slice(scheme.length)}`);
  throw new RangeError(`Cannot load an experiment as a file: current value is ${module}`);
}
