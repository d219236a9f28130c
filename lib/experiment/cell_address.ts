import { sha256 } from "../results/sha256.ts";
import type { Cell } from "./experiment.ts";

/** Everything that the rows of a cell depend on. */
export interface CellOrigin {
  /** SHA-256 of the sources, see `sourceDigest`. */
  readonly sources: string;
  /** SHA-256 of the experiment's own files. */
  readonly experiment: string;
  readonly cell: Cell;
  readonly seed: number;
  readonly replications: number;
  /** SHA-256 of each input by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Versions of what computes: Math functions may differ in the last bit between two of V8. */
  readonly runtime: { readonly deno: string; readonly v8: string };
}

/** Where the rows of a cell are kept: SHA-256 over everything that they depend on. */
export async function cellAddress(origin: CellOrigin): Promise<string> {
  const { sources, experiment, cell, seed, replications, inputs, runtime } = origin;
  const sorted = (record: Readonly<Record<string, unknown>>) =>
    Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1);
  const parts = [sources, experiment, sorted(cell), seed, replications, sorted(inputs)];
  return await sha256(JSON.stringify([...parts, runtime.deno, runtime.v8]));
}
