import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { recoverResults } from "../results/result_directory.ts";
import type { ExperimentRow } from "./experiment.ts";

/**
 * Reads the rows of an experiment back from its directory of results.
 *
 * @throws {RangeError} If there are none.
 */
export async function readRows(directory: string): Promise<ExperimentRow[]> {
  recoverResults(directory);
  const path = `${directory}/rows.parquet`;
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(
      `Cannot read rows from a directory without rows.parquet: current value is "${directory}"`,
    );
  }
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  return rows as ExperimentRow[];
}
