import type { Configuration } from "../../config/configuration.ts";
import { rememberGiven } from "../../config/given.ts";
import type { RunInputs } from "../../run/cluster.ts";
import { simulate } from "../../run/simulate.ts";
import type { RunResult } from "../../metrics/run_tables.ts";
import { openCellStore } from "../cell_store.ts";
import type { CellEnd } from "../cell_task.ts";
import { summaryPaths } from "../replication_figures.ts";

/** What the end of a run is kept as, beside the figures of its summary. */
export const END_COLUMN = "end_at_s";

/** A run of a sweep as plain data: it can be handed to a Worker. */
export interface SweepTask {
  readonly config: Configuration;
  /** Paths of the settings that the configuration was given. */
  readonly given: readonly string[];
  readonly texts: RunInputs;
  /** Content address under which its figures are kept. */
  readonly address: string;
  /** Folder of the store. */
  readonly store: string;
}

/**
 * Runs one run of a sweep and keeps the figures of its summary in the store. A mistake in its
 * configuration is an outcome that is returned and not kept.
 *
 * @throws {Interrupted} If the signal was aborted.
 */
export async function runSweepTask(task: SweepTask, signal?: AbortSignal): Promise<CellEnd> {
  const { config, given, texts, address, store } = task;
  rememberGiven(config, new Set(given));
  try {
    // Nobody else attends it: the sweep says how far it is.
    const result = await simulate(config, { ...texts, signal, onProgress: () => {} });
    const { summary } = result;
    const figures = Object.fromEntries(summaryPaths(summary));
    await openCellStore(store).write(address, {
      rows: [{
        replication: 0,
        ...figures,
        digest: summary.digest,
        [END_COLUMN]: endOf(result),
      }],
    });
    return {};
  } catch (error) {
    if (signal?.aborted || !(error instanceof Error)) throw error;
    return { error: `${error.name}: ${error.message}` };
  }
}

/** The latest end of a phase of an instance or of a request, seconds. */
function endOf({ instances, requests }: RunResult): number {
  let end = 0;
  for (let i = 0; i < instances.count; i++) {
    if (instances.endAtSeconds[i] > end) end = instances.endAtSeconds[i];
  }
  for (let i = 0; i < requests.count; i++) {
    if (requests.completedAtSeconds[i] > end) end = requests.completedAtSeconds[i];
  }
  return end;
}
