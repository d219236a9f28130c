import { attendance } from "../run/attendance.ts";
import type { ConfiguredTexts } from "../run/cluster.ts";
import type { Configuration } from "../config/configuration.ts";
import { givenPaths } from "../config/load.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import { Interrupted, interruptedAt } from "../sim/interrupted.ts";
import { suggest } from "../std/suggest.ts";
import type { Interval } from "../stats/intervals.ts";
import { replicateUntilPrecise } from "../stats/sequential.ts";
import { showValue } from "../std/show_value.ts";
import { summaryPaths } from "./replication_figures.ts";
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
  /** Stops the replications when it is aborted. */
  readonly signal?: AbortSignal;
}

/** All replications of a configuration. */
export interface ReplicatedRun {
  /** In the order of their numbers. */
  readonly replications: readonly Replication[];
  /** The whole result of the first one. */
  readonly first: RunResult;
  /** Where they were to go on until a figure is known well enough: how well it is. */
  readonly precision?: ReachedPrecision;
}

/** How well a figure is known after replications. */
export interface ReachedPrecision {
  /** Path of the figure in the summary. */
  readonly of: string;
  /** Of its mean. */
  readonly interval: Interval;
  /** Whether the interval is as narrow as was asked for; else `most` came first. */
  readonly precise: boolean;
}

/**
 * Runs the `simulation.replications` replications of a configuration, from `simulation.replication`
 * on; or as many as it takes until the mean of a figure is known well enough. The results are the same
 * for any number of Workers.
 *
 * @throws {RangeError} If the figure that is to be known is none of the summary, or one has no value.
 * @throws {Interrupted} If `signal` was aborted.
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
  options: ReplicateOptions,
): Promise<ReplicatedRun> {
  const around = attendance();
  try {
    const { signal = around.signal } = options;
    return await replicateAttended(config, { ...options, ...(signal && { signal }) });
  } finally {
    around.end?.();
  }
}

async function replicateAttended(
  config: Configuration,
  options: ReplicateOptions,
): Promise<ReplicatedRun> {
  const { replications: asked } = config.simulation;
  if (typeof asked === "number") {
    const replications = await runReplications(config, 0, asked, options);
    return { replications, first: replications[0].result! };
  }
  const done: Replication[] = [];
  const onDone = (share: number) => options.onDone?.(done.length + share);
  const { interval, precise, replications: count } = await replicateUntilPrecise(
    async (number) => {
      if (number >= done.length) {
        // Those before the first look at once; then as many as there are Workers, some for nothing.
        const next = Math.max(options.workers, asked.least - number);
        const end = Math.min(asked.most, number + next);
        done.push(...await runReplications(config, number, end, { ...options, onDone }));
      }
      return figureOf(done[number], asked.of);
    },
    { relativeHalfWidth: asked.until, minimum: asked.least, maximum: asked.most },
  );
  return {
    replications: done.slice(0, count),
    first: done[0].result!,
    precision: { of: asked.of, interval, precise },
  };
}

/** Runs the replications from one number, counted from the first, to before another. */
async function runReplications(
  config: Configuration,
  begin: number,
  end: number,
  { texts = {}, workers, onDone, signal }: ReplicateOptions,
): Promise<Replication[]> {
  const { replication: from } = config.simulation;
  const given = [...givenPaths(config)];
  const tasks = Array.from({ length: end - begin }, (_, i): ReplicationTask => ({
    config,
    given,
    texts,
    replication: from + begin + i,
    whole: begin + i === 0,
  }));
  const module = new URL("./replication_worker.ts", import.meta.url);
  return Math.min(workers, tasks.length) > 1
    ? await runInWorkers<ReplicationTask, Replication>(module, tasks, {
      workers,
      things: "replications",
      ...(onDone && { onDone }),
      ...(signal && { signal }),
    })
    : await inThisThread(tasks, onDone, signal);
}

/** A figure of a replication's summary by its path, "ttft_s.p99". */
function figureOf({ replication, summary }: Replication, path: string): number {
  const setting = "simulation.replications.of";
  const figures = summaryPaths(summary);
  const figure = figures.get(path);
  if (figure === undefined) {
    const near = suggest(path, [...figures.keys()]);
    throw new RangeError(
      `Cannot read "${setting}" as the path of a figure in the summary: current value is ` +
        `${showValue(path)}${near === undefined ? "" : `; did you mean "${near}"?`}`,
    );
  }
  if (figure !== null) return figure;
  throw new RangeError(
    `Cannot use "${setting}" as a figure of every replication: current value is "${path}", which ` +
      `is null in replication ${replication}`,
  );
}

async function inThisThread(
  tasks: readonly ReplicationTask[],
  onDone: ((done: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<Replication[]> {
  const replications: Replication[] = [];
  try {
    for (const task of tasks) {
      replications.push(await runReplication(task, signal));
      onDone?.(replications.length);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const at = { done: replications.length, of: tasks.length, things: "replications" };
    throw interruptedAt(at, error.cause);
  }
  return replications;
}
