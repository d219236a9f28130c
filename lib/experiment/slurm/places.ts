import { type ArrayTask, arrayTasks, isActive } from "./scheduler.ts";
import { shardOf, type Work, type WorkFolder } from "./work.ts";

/** A task of an array that has or had a cell, and how it stands. */
export interface Place {
  readonly work: Work;
  /** Number of the task. */
  readonly shard: number;
  /** How often the cell was submitted before. */
  readonly attempt: number;
  /** Slurm's word for the state of the task; undefined when Slurm has forgotten it. */
  readonly state: string | undefined;
  /** Whether the task may still write the cell. */
  readonly isActive: boolean;
}

/**
 * Where each cell is or was last, by its address.
 *
 * @param store Name of the store whose arrays are looked at.
 * @returns What Slurm says, where it does not answer.
 * @throws {RangeError} If there are arrays and no Slurm to ask.
 */
export async function placesOfCells(
  folder: WorkFolder,
  store: string,
): Promise<Map<string, Place> | string> {
  const works = folder.list().filter((work) => work.store === store);
  const tasks = await arrayTasks(works.map(({ job }) => job));
  if (typeof tasks === "string") return tasks;
  const latest = latestTasks(tasks);
  const places = new Map<string, Place>();
  for (const work of works) {
    for (let shard = 0; shard < work.shards; shard++) {
      const task = latest.get(`${work.job} ${shard}`);
      const active = task !== undefined && isActive(task);
      for (const { address, attempt } of shardOf(work.cells, work.shards, shard)) {
        const place = { work, shard, attempt, state: task?.state, isActive: active };
        const other = places.get(address);
        if (other === undefined || comesBefore(place, other)) places.set(address, place);
      }
    }
  }
  return places;
}

/** What is active counts; of others the latest attempt. */
function comesBefore(one: Place, other: Place): boolean {
  return one.isActive === other.isActive ? one.attempt > other.attempt : one.isActive;
}

/** The task that stands for each name and number: one that is active, else the last one known. */
function latestTasks(tasks: readonly ArrayTask[]): Map<string, ArrayTask> {
  const latest = new Map<string, ArrayTask>();
  for (const task of tasks) {
    const name = `${task.job} ${task.index}`;
    const known = latest.get(name);
    const isLater = known === undefined || (isActive(task) && !isActive(known)) ||
      (isActive(task) === isActive(known) && task.number > known.number);
    if (isLater) latest.set(name, task);
  }
  return latest;
}
