import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Experiment } from "../experiment/mod.ts";
import { exists } from "../results/exists.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The experiment whose results a directory says it holds.
 *
 * @param name Name in the manifest.
 * @param given Folder of the experiments, or the experiment itself; default those of the project.
 * @param purpose What is done with it, such as "draw the figures of", for the message.
 * @throws {UsageError} If it is not there.
 */
export async function experimentNamed(
  name: string,
  given: string | undefined,
  purpose: string,
): Promise<Experiment> {
  const { experimentAt, findExperiments, importExperiment } = await import("../experiment/mod.ts");
  const folder = given === undefined
    ? new URL("../../experiments/", import.meta.url)
    : pathToFileURL(`${resolve(given)}/`);
  const isOne = given !== undefined &&
    (/\.[cm]?[jt]s$/.test(given) || exists(`${given}/experiment.ts`));
  const places = isOne ? [await experimentAt(given)] : findExperiments(folder);
  const place = places.find(({ id }) => id === name);
  if (place === undefined) {
    throw new UsageError(
      `Cannot ${purpose} an experiment as one of ${
        places.map(({ id }) => id).join(", ")
      }: current value is "${name}"`,
    );
  }
  return await importExperiment(place.module);
}
