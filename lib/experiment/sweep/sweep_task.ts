import type { Configuration } from "../../config/configuration.ts";
import { rememberGiven } from "../../config/given.ts";
import type { ConfiguredTexts } from "../../run/cluster.ts";
import { simulate } from "../../run/simulate.ts";
import { openCellStore } from "../cell_store.ts";
import type { CellEnd } from "../cell_task.ts";
import { summaryPaths } from "../replication_figures.ts";

/** A run of a sweep as plain data: it can be handed to a Worker. */
export interface SweepTask {
  readonly config: Configuration;
  /** Paths of the settings that the configuration was given. */
  readonly given: readonly string[];
  readonly texts: ConfiguredTexts;
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
    const { summary } = await simulate(config, { ...texts, signal, onProgress: () => {} });
    const figures = Object.fromEntries(summaryPaths(summary));
    await openCellStore(store).write(address, {
      rows: [{ replication: 0, ...figures, digest: summary.digest }],
    });
    return {};
  } catch (error) {
    if (signal?.aborted || !(error instanceof Error)) throw error;
    return { error: `${error.name}: ${error.message}` };
  }
}
