import { openCellStore } from "../cell_store.ts";
import type { CellTask } from "../cell_task.ts";
import type { CellEnd, Executor } from "../executor.ts";
import { ArrayRun, type Look } from "./array_run.ts";
import { cancelJobs } from "./scheduler.ts";
import type { SlurmOptions } from "./slurm_options.ts";
import { openWorkFolder } from "./work.ts";

/** Longest wait between two looks at files and queue, milliseconds. */
const LONGEST_PAUSE_MS = 10_000;
const SHORTEST_PAUSE_MS = 250;
/** Silence of Slurm after which nobody waits any longer, milliseconds. */
const MOST_SILENCE_MS = 600_000;

/** What {@linkcode submitToSlurm} did. */
export interface Submission {
  /** Cells that were submitted now. */
  readonly submitted: number;
  /** Cells that wait or run since an earlier submission. */
  readonly underWay: number;
}

/**
 * Cells as the tasks of a job array of Slurm. What is done is what is in the store; what is under way
 * is what Slurm says about arrays of these cells, whoever has submitted them. Cells that are neither
 * are submitted, those that end without rows again, up to `retries` times. The array does not end with
 * this process: a later run goes on with it.
 *
 * @throws {RangeError} If Slurm cannot be called, refuses the array, does not answer for ten minutes,
 * or no task of an array leaves a trace.
 */
export function slurmExecutor(options: SlurmOptions): Executor {
  return {
    async run(tasks, onDone) {
      if (tasks.length === 0) {
        await tidy(options);
        return [];
      }
      const run = new ArrayRun(tasksOf(tasks, options), options);
      let waitedMs = 0, silentMs = 0, shown = 0;
      for (;;) {
        const look = await run.look();
        if (run.done > shown) onDone?.(shown = run.done);
        if (look.isOver) break;
        const pauseMs = pauseAfter(waitedMs);
        silentMs = silence(look, silentMs, pauseMs, options);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        waitedMs += pauseMs;
      }
      return await settle(tasks, run.ends(), options);
    },
  };
}

/** Submits the cells that neither are there nor are under way, and waits for none. */
export async function submitToSlurm(
  tasks: readonly CellTask[],
  options: SlurmOptions,
): Promise<Submission> {
  const run = new ArrayRun(tasksOf(tasks, options), options);
  const look = await run.look();
  if (look.silent !== undefined) throw unanswered(look.silent);
  return { submitted: look.submitted, underWay: look.underWay };
}

/** Each look costs Slurm something: the longer it lasts, the more time lies between them. */
function pauseAfter(waitedMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waitedMs / 20));
}

function silence(look: Look, before: number, pauseMs: number, options: SlurmOptions): number {
  if (look.silent === undefined) return 0;
  if (before === 0) options.notice(`Slurm does not answer; waiting for it (${look.silent})`);
  if (before > MOST_SILENCE_MS) throw unanswered(look.silent);
  return before + pauseMs;
}

function unanswered(said: string): RangeError {
  return new RangeError(`Cannot read the queue as Slurm tells it: current value is ${said}`);
}

/** A run from clean has a store of its own until every cell has ended. */
function tasksOf(tasks: readonly CellTask[], { again }: SlurmOptions): CellTask[] {
  return tasks.map((task) => again ? { ...task, store: `${task.store}.again` } : task);
}

/** Moves what a run from clean has made in place of what was there, and tidies up. */
async function settle(
  tasks: readonly CellTask[],
  ends: readonly CellEnd[],
  options: SlurmOptions,
): Promise<readonly CellEnd[]> {
  if (options.again) {
    for (const [i, { store, address }] of tasks.entries()) {
      if (ends[i].error === undefined) await openCellStore(`${store}.again`).move(address, store);
    }
    for (const store of new Set(tasks.map((task) => task.store))) {
      openCellStore(`${store}.again`).clear();
    }
  }
  // Logs of what failed stay: there may be more in them than in the error.
  if (ends.every(({ error }) => error === undefined)) await tidy(options);
  return ends;
}

/** Removes the files of arrays whose cells are there. */
async function tidy(options: SlurmOptions): Promise<void> {
  const folder = openWorkFolder(options.folder);
  const jobs = folder.list().map(({ job }) => job);
  // A task that Slurm began anew, while others did its cells, has nothing left to do.
  if (jobs.length > 0) await cancelJobs(jobs, { onlyWaiting: true });
  folder.clear();
}
