import type { ConfiguredTexts } from "../run/cluster.ts";
import type { Configuration } from "../config/configuration.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import { type Replication, type ReplicationTask, runReplication } from "./replication.ts";
import { runInWorkers } from "./worker_pool.ts";

/** Options of {@link replicate}. */
export interface ReplicateOptions {
  /** Texts of the files that the configuration names. */
  readonly texts?: ConfiguredTexts;
  /** Workers at most; 1 runs everything in this thread. */
  readonly workers: number;
  /** Called when another replication has ended, with the number of those that have. */
  readonly onDone?: (done: number) => void;
}

/** All replications of a configuration. */
export interface ReplicatedRun {
  /** In the order of their numbers. */
  readonly replications: readonly Replication[];
  /** The whole result of the first one. */
  readonly first: RunResult;
}

/**
 * Runs the `simulation.replications` replications of a configuration, from `simulation.replication`
 * on. The results are the same for any number of Workers.
 *
 * @example
 * ```ts ignore
 * const config = loadConfig("simulation: { replications: 10 }");
 * const { replications } = await replicate(config, { workers: navigator.hardwareConcurrency });
 * console.log(meanInterval(replications.map(({ summary }) => summary.ttft_s.p99!)));
 * ```
 */
export async function replicate(
  config: Configuration,
  { texts = {}, workers, onDone }: ReplicateOptions,
): Promise<ReplicatedRun> {
  const { replication: from, replications: count } = config.simulation;
  const tasks = Array.from({ length: count }, (_, i): ReplicationTask => ({
    config,
    texts,
    replication: from + i,
    whole: i === 0,
  }));
  const module = new URL("./replication_worker.ts", import.meta.url);
  const replications = Math.min(workers, count) > 1
    ? await runInWorkers<ReplicationTask, Replication>(module, tasks, {
      workers,
      ...(onDone && { onDone }),
    })
    : await inThisThread(tasks, onDone);
  return { replications, first: replications[0].result! };
}

async function inThisThread(
  tasks: readonly ReplicationTask[],
  onDone: ((done: number) => void) | undefined,
): Promise<Replication[]> {
  const replications: Replication[] = [];
  for (const task of tasks) {
    replications.push(await runReplication(task));
    onDone?.(replications.length);
  }
  return replications;
}
