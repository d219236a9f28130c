import type { ExperimentRow } from "./experiment.ts";

/** What a cell ended with. */
export type CellOutcome = { readonly rows: readonly ExperimentRow[] } | { readonly error: string };

/** Finished cells on disk, each a file by its content address. A cell is there whole or not at all. */
export interface CellStore {
  /** The rows or the error of a cell; undefined when it has not ended. */
  read(address: string): CellOutcome | undefined;
  write(address: string, outcome: CellOutcome): void;
  /** Removes a cell, if it is there. */
  remove(address: string): void;
  /** Removes all cells. */
  clear(): void;
}

/**
 * Opens the store in a folder, which is made when a cell is written.
 *
 * Files are written to a name of their own and renamed: whoever is killed leaves whole cells and at
 * most a file that nobody reads.
 */
export function openCellStore(folder: string): CellStore {
  const path = (address: string) => `${folder}/${address}.json`;
  return {
    read(address) {
      try {
        return JSON.parse(Deno.readTextFileSync(path(address))) as CellOutcome;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    write(address, outcome) {
      Deno.mkdirSync(folder, { recursive: true });
      const partial = Deno.makeTempFileSync({
        dir: folder,
        prefix: `${address}.`,
        suffix: ".part",
      });
      Deno.writeTextFileSync(partial, JSON.stringify(outcome) + "\n");
      Deno.renameSync(partial, path(address));
    },
    remove: (address) => remove(path(address)),
    clear: () => remove(folder),
  };
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
