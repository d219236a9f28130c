import { isNotThere, lockFolder } from "../../results/owner_mark.ts";
import {
  isLeftTemporary,
  removeIfThere,
  replaceFile,
  splitPath,
} from "../../results/replace_file.ts";
import { sha256 } from "../../results/sha256.ts";

/** A cell of an array. */
export interface WorkCell {
  /** Name of the cell. */
  readonly key: string;
  /** Content address under which its outcome is kept. */
  readonly address: string;
  /** How often it was submitted before, >= 0. */
  readonly attempt: number;
}

/**
 * What an array of Slurm is to do, as a file beside the store: which cells its tasks run. Everything
 * that is known about an array follows from this file, the store and what Slurm says about jobs of its
 * name; numbers of jobs are given again after a crash of Slurm's controller, and stand nowhere.
 */
export interface Work {
  /** 16 hexadecimal digits that its content determines. */
  readonly id: string;
  readonly experiment: string;
  /** Name of the job, which has the id in it. */
  readonly job: string;
  /** Tasks of the array. */
  readonly shards: number;
  /** Name of the store's folder, below the folder of all cells. */
  readonly store: string;
  readonly cells: readonly WorkCell[];
}

const FORMAT = "simfaasinfer-slurm/1";
const WORK_NAME = /^([0-9a-f]{16})\.json$/;
/** What else of ours lies in the folder: scripts, marks of cancelled arrays, folders of logs. */
const OUR_NAME = /^[0-9a-f]{16}(?:\.json|\.sh|\.cancelled)?$/;
const TASK_NAME = /^(?:task-\d+\.log|began-(\d+))$/;

/** A work whose tasks run cells in turns: task `i` those at `i`, `i + shards` and so on. */
export async function makeWork(
  experiment: string,
  store: string,
  cells: readonly WorkCell[],
  mostShards: number,
): Promise<Work> {
  const shards = Math.min(cells.length, mostShards);
  const content = JSON.stringify([experiment, store, shards, cells]);
  const id = (await sha256(content)).slice(0, 16);
  return { id, experiment, job: `simfaas-${experiment}-${id}`, shards, store, cells };
}

/** The part of a list that one of `of` shards runs, `index` from 0. */
export function shardOf<T>(list: readonly T[], of: number, index: number): T[] {
  const part: T[] = [];
  for (let i = index; i < list.length; i += of) part.push(list[i]);
  return part;
}

/** Folder of the arrays of an experiment. */
export interface WorkFolder {
  /** Path of the folder. */
  readonly path: string;
  /** All arrays that are not tidied away, in the order of their ids. */
  list(): Work[];
  /** The array of an id. @throws {RangeError} If its file is not there or damaged. */
  read(id: string): Work;
  /** Writes the files of an array in place of those of an earlier equal one. */
  add(work: Work, script: string): void;
  /** Path of an array's script. */
  scriptOf(work: Work): string;
  /** Folder of the logs and marks of an array. */
  logsOf(work: Work): string;
  /** Leaves a mark that a task has begun, which shows that tasks can write here. */
  begin(work: Work, index: number): void;
  /** Numbers of the tasks that have begun. */
  begun(work: Work): number[];
  /** The last line that a task has written; undefined when none. */
  lastLine(work: Work, index: number): string | undefined;
  /** Says to whoever waits for an array that nobody is to submit its cells again. */
  cancel(work: Work): void;
  isCancelled(work: Work): boolean;
  /** Removes the files of an array. */
  remove(work: Work): void;
  /** Removes the files of all arrays, and the folder when nothing else is in it. */
  clear(): void;
  /** Keeps others from submitting at the same time; false where somebody does. */
  lock(): Disposable | false;
}

/** Opens the folder, which is made when an array is added. */
export function openWorkFolder(path: string): WorkFolder {
  const file = ({ id }: { readonly id: string }, end = "") => `${path}/${id}${end}`;
  const remove = (work: { readonly id: string }) => {
    for (const name of namesIn(file(work))) {
      if (TASK_NAME.test(name)) removeIfThere(`${file(work)}/${name}`);
    }
    removeQuietly(file(work));
    for (const end of [".sh", ".cancelled", ".json"]) removeIfThere(file(work, end));
  };
  return {
    path,
    list: () =>
      namesIn(path).flatMap((name) => {
        const id = WORK_NAME.exec(name)?.[1];
        const work = id === undefined ? undefined : readWork(`${path}/${name}`, id);
        return work === undefined ? [] : [work];
      }),
    read(id) {
      const work = readWork(file({ id }, ".json"), id);
      if (work !== undefined) return work;
      throw new RangeError(
        `Cannot read the cells of an array as ${path} has them: ` +
          `current value is "${id}"`,
      );
    },
    add(work, script) {
      remove(work);
      Deno.mkdirSync(file(work), { recursive: true });
      replaceFile(file(work, ".sh"), script, { sweep: false });
      const content = { format: FORMAT, ...work };
      replaceFile(file(work, ".json"), JSON.stringify(content) + "\n", { sweep: false });
    },
    scriptOf: (work) => file(work, ".sh"),
    logsOf: (work) => file(work),
    begin: (work, index) => replaceFile(`${file(work)}/began-${index}`, "", { sweep: false }),
    begun: (work) =>
      namesIn(file(work)).flatMap((name) => {
        const index = TASK_NAME.exec(name)?.[1];
        return index === undefined ? [] : [Number(index)];
      }),
    lastLine(work, index) {
      try {
        const text = Deno.readTextFileSync(`${file(work)}/task-${index}.log`);
        return text.trim().split("\n").at(-1) || undefined;
      } catch {
        return undefined;
      }
    },
    cancel: (work) => replaceFile(file(work, ".cancelled"), "", { sweep: false }),
    isCancelled: (work) => namesIn(path).includes(`${work.id}.cancelled`),
    remove,
    clear() {
      for (const name of namesIn(path)) {
        const id = OUR_NAME.test(name) ? name.slice(0, 16) : undefined;
        if (id !== undefined) remove({ id });
        else if (isLeftTemporary(path, name)) removeIfThere(`${path}/${name}`);
      }
      removeQuietly(path);
      // The folder of all experiments' arrays.
      removeQuietly(splitPath(path).folder);
    },
    lock() {
      Deno.mkdirSync(path, { recursive: true });
      const held = lockFolder(path);
      if (held === "taken") return false;
      return { [Symbol.dispose]: () => held?.close() };
    },
  };
}

function readWork(path: string, id: string): Work | undefined {
  try {
    const { format, ...work } = JSON.parse(Deno.readTextFileSync(path));
    return format === FORMAT && work.id === id && Array.isArray(work.cells) ? work : undefined;
  } catch (error) {
    if (isNotThere(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Names in a folder, sorted; none where it is not there. */
function namesIn(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}

/** Removes a folder that is empty. */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Something else is in it, or it has gone.
  }
}
