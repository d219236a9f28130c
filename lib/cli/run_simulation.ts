import type { Configuration } from "../config/configuration.ts";
import { readNamedFiles } from "./named_files.ts";
import { showProgress } from "./progress.ts";
import { digits, duration, grouped } from "./readable_numbers.ts";
import { showSummary } from "./show_summary.ts";

/** A run that a command asks for. */
export interface RunRequest {
  readonly config: Configuration;
  /** Configuration files: name and text, for the manifest. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** Settings that the command line gives by their paths. */
  readonly overridden: ReadonlySet<string>;
  /** Directory of the results; undefined prints the summary alone. */
  readonly out: string | undefined;
  readonly figures: boolean;
  readonly quiet: boolean;
}

/**
 * Simulates, prints the summary and writes the results. Nothing is written unless everything is.
 *
 * @throws {RangeError} Before simulating, if a named file cannot be read or the directory not
 * written.
 */
export async function runSimulation(
  request: RunRequest,
  print: (line: string) => void,
): Promise<void> {
  const { config, files, out, figures, quiet } = request;
  const fileNames = files.map((file) => file.name);
  const named = await readNamedFiles(config, { fileNames, overridden: request.overridden });
  if (out !== undefined) {
    const { checkResultDirectory } = await import("../results/result_directory.ts");
    checkResultDirectory(out);
  }
  const { simulate } = await import("../config/simulate.ts");
  const progress = await showProgress(quiet);
  const { inputs, ...texts } = named;
  const startedMs = performance.now();
  let result;
  try {
    result = await simulate(config, { ...texts, onProgress: progress.update });
  } finally {
    progress.stop();
  }
  const wallTimeSeconds = (performance.now() - startedMs) / 1000;
  for (const line of showSummary(result)) print(line);
  if (!quiet) {
    const simulated = result.timeSeries.timeSeconds.at(-1) ?? 0;
    print("");
    print(
      `Simulated ${grouped(Math.round(simulated))} s in ${duration(wallTimeSeconds)}: ` +
        `${digits(simulated / wallTimeSeconds)} simulated seconds per second`,
    );
  }
  if (out === undefined) {
    if (!quiet) print("Nothing was written: --out DIR writes tables, summary and manifest.");
    return;
  }
  const { makeManifest, openResultDirectory, writeResults } = await import("../results/mod.ts");
  const directory = openResultDirectory(out);
  const stop = () => {
    directory.discard();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    const source = { config, inputs: [...files, ...inputs], wallTimeSeconds };
    writeResults(directory, result, await makeManifest(result, source), config.output.formats);
    if (figures) {
      const { drawFigures, figureSource } = await import("../report/mod.ts");
      const options = { formats: config.output.figures, slo: config.slo };
      await drawFigures(figureSource(result), options, (name, bytes) => {
        directory.write(`figures/${name}`, (append) => append(bytes));
      });
    }
    directory.commit();
  } finally {
    directory.discard();
    Deno.removeSignalListener("SIGINT", stop);
  }
  if (!quiet) {
    print(
      `Results are in ${out}${figures ? `, figures in ${out.replace(/\/$/, "")}/figures` : ""}`,
    );
  }
}
