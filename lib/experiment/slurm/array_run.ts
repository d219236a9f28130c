import { exists } from "../../results/exists.ts";
import { splitPath } from "../../results/replace_file.ts";
import { readableReason } from "../../results/read_input.ts";
import { type CellStore, openCellStore } from "../cell_store.ts";
import type { CellTask } from "../cell_task.ts";
import type { CellEnd } from "../executor.ts";
import { identityOptions } from "./array_script.ts";
import { type Place, placesOfCells } from "./places.ts";
import { checkSlurm, submitScript } from "./scheduler.ts";
import type { SlurmOptions } from "./slurm_options.ts";
import { makeWork, openWorkFolder, removeQuietly, type WorkFolder } from "./work.ts";

/**
 * Looks in a row that must find a cell neither in the queue nor in the store: a shared file system may
 * show a file a moment after its writer has ended.
 */
const LOOKS_UNTIL_LOST = 3;

/** States of tasks that had no chance to begin. */
const LOST_WITH_NODE = ["NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED"];

/** How often a cell may lose its task with the node; that is no attempt of the cell's. */
const MOST_LOSSES = 20;

/** What a look found. */
export interface Look {
  /** Every cell has ended. */
  readonly isOver: boolean;
  /** Cells that were submitted in this look. */
  readonly submitted: number;
  /** Cells that wait or run in an array of an earlier look or of another process. */
  readonly underWay: number;
  /** Why Slurm does not answer; undefined when it does. */
  readonly silent?: string;
}

/** A cell that has not ended. */
interface OpenCell {
  readonly task: CellTask;
  readonly index: number;
  /** How often it was submitted before the attempt that is under way; undefined before the first. */
  attempt: number | undefined;
  /** Looks in a row that have found it neither in the queue nor in the store. */
  looksMissed: number;
  /** How often its task was lost with the node, or preempted. */
  losses: number;
}

/** The cells of a run on Slurm: a look at files and queue says which ended, and submits what is lost. */
export class ArrayRun {
  readonly #options: SlurmOptions;
  readonly #folder: WorkFolder;
  readonly #storeName: string;
  readonly #store: CellStore;
  readonly #open = new Map<string, OpenCell>();
  readonly #ends: CellEnd[];
  /** Why cells are submitted again in this look. */
  readonly #again: string[] = [];
  /** Why Slurm did not take an array in this look, though it has taken one before. */
  #refused: string | undefined;
  #hasLooked = false;
  #hasSubmitted = false;

  /** @param tasks One at least, all of one store. */
  constructor(tasks: readonly CellTask[], options: SlurmOptions) {
    this.#options = options;
    this.#folder = openWorkFolder(options.folder);
    const { store } = tasks[0];
    this.#storeName = store.slice(store.lastIndexOf("/") + 1);
    this.#store = openCellStore(store);
    this.#ends = new Array(tasks.length);
    tasks.forEach((task, index) => {
      this.#open.set(task.address, { task, index, attempt: undefined, looksMissed: 0, losses: 0 });
    });
  }

  /** Cells that have ended. */
  get done(): number {
    return this.#ends.length - this.#open.size;
  }

  /** How each cell ended, in their order. */
  ends(): readonly CellEnd[] {
    return this.#ends;
  }

  /** Looks at the queue and at the store, in this order, and submits what is to be submitted. */
  async look(): Promise<Look> {
    this.#refused = undefined;
    if (!this.#hasLooked) await checkSlurm();
    this.#hasLooked = true;
    const places = await this.#places();
    if (typeof places === "string") {
      await this.#collect(new Map());
      return { isOver: this.#open.size === 0, submitted: 0, underWay: 0, silent: places };
    }
    const over = await this.#collect(places);
    let underWay = 0;
    const wanted: OpenCell[] = [];
    for (const cell of this.#open.values()) {
      const place = places.get(cell.task.address);
      if (place?.isActive && !over.has(cell)) {
        // What somebody has cancelled is submitted anew once its tasks have ended.
        if (!this.#folder.isCancelled(place.work)) cell.attempt ??= place.attempt;
        cell.looksMissed = 0;
        underWay++;
      } else if (cell.attempt === undefined) {
        wanted.push(cell);
      } else if (over.has(cell) || ++cell.looksMissed >= LOOKS_UNTIL_LOST) {
        if (await this.#isToTryAgain(cell, place, over.get(cell))) wanted.push(cell);
      }
    }
    const submitted = wanted.length === 0 ? 0 : await this.#submit(wanted);
    if (submitted > 0 && this.#again.length > 0) this.#tellAgain();
    this.#again.length = 0;
    const silent = this.#refused;
    return {
      isOver: this.#open.size === 0,
      submitted,
      underWay,
      ...(silent === undefined ? {} : { silent }),
    };
  }

  /**
   * Ends the cells whose rows are there.
   *
   * @returns The errors of those whose attempt ended with one.
   */
  async #collect(places: ReadonlyMap<string, Place>): Promise<Map<OpenCell, string>> {
    const failed = new Map<OpenCell, string>();
    // A list of names is newer than what a shared file system says about one of them.
    const there = this.#store.addresses();
    for (const [address, cell] of [...this.#open]) {
      if (!there.has(address)) continue;
      const outcome = await this.#store.read(address);
      if (outcome === undefined) continue;
      if (!("error" in outcome)) this.#end(cell, {});
      // What failed before this run is none of its attempts.
      else if (cell.attempt !== undefined || places.get(address)?.isActive) {
        cell.attempt ??= places.get(address)!.attempt;
        failed.set(cell, outcome.error);
      }
    }
    return failed;
  }

  /** Whether a cell whose attempt is over gets another one; else it has ended. */
  async #isToTryAgain(
    cell: OpenCell,
    place: Place | undefined,
    error: string | undefined,
  ): Promise<boolean> {
    const { key, address } = cell.task;
    // Slurm's word "CANCELLED" is no such mark: after a crash of its controller, which then gives numbers
    // again, a task is cancelled in place of an older one of its number.
    if (place !== undefined && this.#folder.isCancelled(place.work)) {
      this.#end(cell, { error: "Its array was cancelled" });
      return false;
    }
    if (error === undefined && place !== undefined) this.#checkTrace(place);
    const isLost = error === undefined && LOST_WITH_NODE.includes(place?.state ?? "") &&
      ++cell.losses <= MOST_LOSSES;
    // The next submission is the same attempt.
    if (isLost) cell.attempt!--;
    if (isLost || cell.attempt! < this.#options.settings.retries) {
      this.#again.push(`${key}: ${error ?? this.#reason(place)}`);
      return true;
    }
    const reason = error ?? `Error: ${this.#reason(place)}`;
    if (error === undefined) await this.#store.write(address, { error: reason });
    const times = cell.attempt! + 1;
    this.#end(cell, { error: times === 1 ? reason : `${reason} (${times} attempts)` });
    return false;
  }

  /** Where no task of an array has begun, further ones will not, either. */
  #checkTrace({ work, shard, state }: Place): void {
    if (LOST_WITH_NODE.includes(state ?? "")) return;
    if (this.#folder.begun(work).length > 0) return;
    const there = this.#store.addresses();
    if (work.cells.some(({ address }) => there.has(address))) return;
    const line = this.#folder.lastLine(work, shard);
    const ended = state === undefined ? "" : ` (${state})`;
    throw new RangeError(
      `Cannot run cells as tasks of Slurm, none of which has begun${ended}: current value is ` +
        (line === undefined
          ? `no log in ${this.#folder.logsOf(work)}, a folder that the nodes must share`
          : `"${line}"`),
    );
  }

  /** Why a task has ended without its cell. */
  #reason(place: Place | undefined): string {
    if (place === undefined) return "Slurm lost its task";
    const { work, shard, state } = place;
    const line = this.#folder.lastLine(work, shard);
    return `its task ended without it${state === undefined ? "" : ` as ${state}`}` +
      (line === undefined ? "" : `, after "${line}"`) +
      `; log ${this.#folder.logsOf(work)}/task-${shard}.log`;
  }

  #tellAgain(): void {
    const [first, ...others] = this.#again;
    const more = others.length === 0 ? "" : `, and ${others.length} others`;
    this.#options.notice(`submitted again: ${first}${more}`);
  }

  #end(cell: OpenCell, end: CellEnd): void {
    this.#ends[cell.index] = end;
    this.#open.delete(cell.task.address);
  }

  #places(): Promise<Map<string, Place> | string> {
    return placesOfCells(this.#folder, this.#storeName);
  }

  /** Submits cells as an array. @returns How many: none while another process submits. */
  async #submit(cells: readonly OpenCell[]): Promise<number> {
    const first = !this.#hasSubmitted;
    const made = this.#makeFolders(cells[0].task.store);
    using lock = this.#folder.lock() || undefined;
    if (lock === undefined) return 0;
    // Another process may have submitted the same cells since the look.
    const places = await this.#places();
    if (typeof places === "string") return 0;
    const wanted = cells.filter(({ task, attempt }) => {
      const place = places.get(task.address);
      return !place?.isActive || place.attempt <= (attempt ?? -1);
    });
    if (wanted.length === 0) return 0;
    const again = wanted.map((cell) => ({ cell, attempt: (cell.attempt ?? -1) + 1 }));
    const { experiment, settings } = this.#options;
    const work = await makeWork(
      experiment,
      this.#storeName,
      again.map(({ cell: { task: { key, address } }, attempt }) => ({ key, address, attempt })),
      settings.tasks,
    );
    for (const old of first ? this.#folder.list() : []) {
      const isOver = ({ address }: { readonly address: string }) => !places.get(address)?.isActive;
      if (old.store === work.store && old.cells.every(isOver)) this.#folder.remove(old);
    }
    this.#folder.add(work, this.#options.script(work));
    for (const { cell } of again) await this.#store.forgetError(cell.task.address);
    try {
      await submitScript(
        this.#folder.scriptOf(work),
        identityOptions({ job: work.job, shards: work.shards, settings }),
      );
    } catch (error) {
      this.#folder.remove(work);
      for (const folder of made) removeQuietly(folder);
      // What Slurm took once it will take again, when its controller is back.
      if (first || !(error instanceof RangeError)) throw error;
      this.#refused = error.message;
      return 0;
    }
    this.#hasSubmitted = true;
    for (const { cell, attempt } of again) {
      cell.attempt = attempt;
      cell.looksMissed = 0;
    }
    return again.length;
  }

  /** Makes the folders that tasks write to. @returns Those that were not there, the inner ones first. */
  #makeFolders(store: string): string[] {
    const made: string[] = [];
    for (const folder of [store, this.#options.folder]) {
      try {
        made.unshift(...makeFolder(folder));
        Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".probe-" }));
      } catch (error) {
        for (const one of made) removeQuietly(one);
        throw new RangeError(
          `Cannot keep cells as files that tasks write (${readableReason(error)}): ` +
            `current value is "${folder}"`,
        );
      }
    }
    return made;
  }
}

/** Makes a folder and those above it that are missing. @returns What it made, the inner ones first. */
function makeFolder(path: string): string[] {
  const made: string[] = [];
  for (let folder = path; !exists(folder); folder = splitPath(folder).folder) made.push(folder);
  Deno.mkdirSync(path, { recursive: true });
  return made;
}
