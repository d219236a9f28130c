import { removeEmpty } from "./journal.ts";
import { foldersOf, inspectFolder, MANIFEST } from "./owned_files.ts";
import { removeIfThere, replaceFile } from "./replace_file.ts";
import { recoverResults } from "./result_directory.ts";

/** A manifest of nothing: with it the directory takes results again, beside what is not ours. */
const EMPTY = JSON.stringify({ format: "simfaasinfer-empty/1", files: [] }, null, 2) + "\n";

/**
 * Removes results from a directory, and the directory when nothing else is in it.
 *
 * @returns Paths in it that stay, since we did not write them.
 */
export function clearResults(directory: string): readonly string[] {
  recoverResults(directory);
  const { owned, foreign } = inspectFolder(directory);
  // The manifest last: until then the rest is known as ours.
  for (const path of owned.filter((name) => name !== MANIFEST)) {
    removeIfThere(`${directory}/${path}`);
  }
  if (foreign.length === 0) removeIfThere(`${directory}/${MANIFEST}`);
  else if (owned.length > 0) replaceFile(`${directory}/${MANIFEST}`, EMPTY);
  removeEmpty(directory, [...owned.flatMap(foldersOf)]);
  removeEmpty(directory, [""]);
  return foreign;
}
