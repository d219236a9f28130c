import { createHash } from "node:crypto";
import { isNotThere } from "../results/owner_mark.ts";
import { isLeftTemporary, removeIfThere, replaceFile } from "../results/replace_file.ts";
import { writeParquet } from "../results/parquet/write_parquet.ts";
import { sha256 } from "../results/sha256.ts";
import type { Table } from "../results/table.ts";
import type { ExperimentRow } from "./experiment.ts";

/** The table of a replication in a file of its own. */
export interface Shard {
  /** Name of the file in the store's folder. */
  readonly name: string;
  /** How many rows are in it. */
  readonly count: number;
  readonly bytes: number;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** What a cell ended with: rows, tables in the order of the replications, or an error. */
export type CellOutcome =
  | { readonly rows: readonly ExperimentRow[] }
  | { readonly shards: readonly Shard[] }
  | { readonly error: string };

/** Whether a cell needs no further run. */
export function isFinished(outcome: CellOutcome | undefined): boolean {
  return outcome !== undefined && !("error" in outcome);
}

/** Finished cells on disk, each a file by its content address. A cell is there whole or not at all. */
export interface CellStore {
  /**
   * The rows or the error of a cell; undefined when it has not ended. A file that is cut short, that
   * is changed, or that belongs to another address counts as none, and is counted in `damaged`.
   */
  read(address: string): Promise<CellOutcome | undefined>;
  /** Keeps an outcome in the place of an older one; an error leaves rows that are there. */
  write(address: string, outcome: CellOutcome): Promise<void>;
  /** Keeps the table of a replication in Parquet; it counts once an outcome that names it is kept. */
  writeShard(address: string, replication: number, table: Table): Shard;
  /** Path of a shard. */
  pathOf(shard: Shard): string;
  /** Addresses of which there are files; what is in them may be an error, or damaged. */
  addresses(): ReadonlySet<string>;
  /** Removes an outcome that is an error. */
  forgetError(address: string): Promise<void>;
  /** Moves the rows of a cell to the store in another folder, in place of what is there. */
  move(address: string, folder: string): Promise<void>;
  /** Removes the cells of all other addresses, and what was half written by who was killed. */
  prune(addresses: Iterable<string>): void;
  /** Removes all cells, and the folder when nothing else is in it. @returns What stays there. */
  clear(): string[];
  /** Files read so far that did not hold what they should. */
  readonly damaged: number;
}

/** A cell as it stands in its file. */
interface CellFile {
  readonly format: typeof FORMAT;
  readonly address: string;
  /** SHA-256 over the address and the outcome. */
  readonly sha256: string;
  readonly outcome: CellOutcome;
}

const FORMAT = "simfaasinfer-cell/1";

/** Names of the tables of cells. */
const SHARD_NAME = /^([0-9a-f]{64})-\d+\.parquet$/;
/** Names of cells; earlier versions had ".part" files of this form beside them. */
const CELL_NAME = /^([0-9a-f]{64})\.json$/;
const OLD_PART_NAME = /^[0-9a-f]{64}\.[^.]*\.part$/;

/** Opens the store in a folder, which is made when a cell is written. */
export function openCellStore(folder: string): CellStore {
  const path = (address: string) => `${folder}/${address}.json`;
  let damaged = 0;
  const read = async (address: string) => {
    let text: string;
    try {
      text = await Deno.readTextFile(path(address));
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw error;
    }
    const outcome = await outcomeIn(text, address);
    const isWhole = outcome !== undefined &&
      (!("shards" in outcome) || outcome.shards.every((shard) => isShardWhole(folder, shard)));
    if (!isWhole) damaged++;
    return isWhole ? outcome : undefined;
  };
  return {
    get damaged() {
      return damaged;
    },
    read,
    async write(address, outcome) {
      const before = "error" in outcome ? await read(address) : undefined;
      if (isFinished(before)) return;
      Deno.mkdirSync(folder, { recursive: true });
      const file: CellFile = {
        format: FORMAT,
        address,
        sha256: await checksum(address, outcome),
        outcome,
      };
      replaceFile(path(address), JSON.stringify(file) + "\n", { sweep: false });
    },
    writeShard(address, replication, table) {
      Deno.mkdirSync(folder, { recursive: true });
      const name = `${address}-${replication}.parquet`;
      const hash = createHash("sha256");
      let bytes = 0;
      replaceFile(`${folder}/${name}`, (append) =>
        writeParquet(table, (piece) => {
          hash.update(piece);
          bytes += piece.length;
          append(piece);
        }), { sweep: false });
      return { name, count: table.count, bytes, sha256: hash.digest("hex") };
    },
    pathOf: ({ name }) => `${folder}/${name}`,
    addresses: () =>
      new Set(
        entriesOf(folder).flatMap(({ name, isFile }) => isFile && CELL_NAME.exec(name)?.[1] || []),
      ),
    async forgetError(address) {
      const outcome = await read(address);
      if (outcome !== undefined && "error" in outcome) removeIfThere(path(address));
    },
    async move(address, other) {
      const outcome = await read(address);
      if (outcome === undefined || "error" in outcome) return;
      Deno.mkdirSync(other, { recursive: true });
      for (const { name } of "shards" in outcome ? outcome.shards : []) {
        Deno.renameSync(`${folder}/${name}`, `${other}/${name}`);
      }
      Deno.renameSync(path(address), `${other}/${address}.json`);
    },
    prune(addresses) {
      const kept = new Set(addresses);
      removeOwn(folder, (address) => !kept.has(address));
    },
    clear() {
      for (const { name, isDirectory } of entriesOf(folder)) {
        // Links to tables, left by who was killed while reading them.
        if (isDirectory && name.startsWith(".scan-")) {
          Deno.removeSync(`${folder}/${name}`, { recursive: true });
        }
      }
      const others = removeOwn(folder, () => true);
      if (others.length === 0) removeFolder(folder);
      return others;
    },
  };
}

/** The outcome in a cell's file; undefined where that is not what was written for the address. */
async function outcomeIn(text: string, address: string): Promise<CellOutcome | undefined> {
  let file: Partial<CellFile> | null;
  try {
    file = JSON.parse(text);
  } catch {
    return undefined;
  }
  const outcome = file?.outcome;
  if (file?.format !== FORMAT || file.address !== address || !isOutcome(outcome)) return undefined;
  return await checksum(address, outcome) === file.sha256 ? outcome : undefined;
}

function isOutcome(value: unknown): value is CellOutcome {
  if (typeof value !== "object" || value === null) return false;
  const { rows, shards, error } = value as Record<string, unknown>;
  return Array.isArray(rows) || Array.isArray(shards) || typeof error === "string";
}

/** Whether a shard is there as it was written. */
function isShardWhole(folder: string, { name, bytes, sha256 }: Shard): boolean {
  try {
    using file = Deno.openSync(`${folder}/${name}`);
    if (file.statSync().size !== bytes) return false;
    const hash = createHash("sha256");
    const piece = new Uint8Array(2 ** 20);
    for (let read; (read = file.readSync(piece)) !== null;) hash.update(piece.subarray(0, read));
    return hash.digest("hex") === sha256;
  } catch (error) {
    if (isNotThere(error)) return false;
    throw error;
  }
}

async function checksum(address: string, outcome: CellOutcome): Promise<string> {
  return await sha256(`${address}\n${JSON.stringify(outcome)}`);
}

/** Removes cells by their addresses, and what was left half written. @returns Other names. */
function removeOwn(folder: string, isToGo: (address: string) => boolean): string[] {
  const others: string[] = [];
  for (const { name, isFile } of entriesOf(folder)) {
    const address = (CELL_NAME.exec(name) ?? SHARD_NAME.exec(name))?.[1];
    if (isFile && address !== undefined) {
      if (isToGo(address)) Deno.removeSync(`${folder}/${name}`);
    } else if (isFile && (OLD_PART_NAME.test(name) || isLeftTemporary(folder, name))) {
      Deno.removeSync(`${folder}/${name}`);
    } else {
      others.push(name);
    }
  }
  return others;
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return Array.from(Deno.readDirSync(folder));
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}

function removeFolder(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
