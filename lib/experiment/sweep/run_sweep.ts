import type { Value } from "../experiment.ts";
import { runKept, type RunKeptOptions } from "./run_kept.ts";
import { cellName, type SweepCell, type SweepDesign, sweepRuns } from "./sweep_cells.ts";

/** Options of {@link runSweep}. */
export type RunSweepOptions = RunKeptOptions;

/** A run of a sweep that has ended. */
export interface SweepRow {
  readonly cell: SweepCell;
  readonly seed: number;
  /** Figures of its summary by their path, such as "ttft_s.p99". */
  readonly figures: Readonly<Record<string, Value | null>>;
  /** What went wrong, in place of figures. */
  readonly error?: string;
}

/**
 * Runs all runs of a sweep that are not in its store, in Workers, and returns the figures of all: see
 * {@link runKept}.
 *
 * @throws {RangeError} If the design is none.
 * @throws {Interrupted} If the signal was aborted.
 */
export async function runSweep(design: SweepDesign, options: RunSweepOptions): Promise<SweepRow[]> {
  const runs = sweepRuns(design);
  const ended = await runKept(runs.map(({ config }) => config), options);
  return runs.map(({ cell, seed }, i) => {
    const { figures, error } = ended[i];
    return { cell, seed, figures, ...(error !== undefined && { error }) };
  });
}

/** The error of a sweep of which some runs failed; undefined where none did. */
export function failureOf(rows: readonly SweepRow[]): RangeError | undefined {
  const failed = rows.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return undefined;
  const [{ cell, seed, error }] = failed;
  return new RangeError(
    `Cannot finish ${failed.length} of ${rows.length} runs of the sweep, of which the others are ` +
      `kept; the first, ${cellName(cell)}, seed ${seed}: ${error}`,
  );
}
