import { parseArgs } from "@std/cli";
import cliProgress from "cli-progress";
import {
  type DataFile,
  type DataSource,
  dataSource,
  dataSources,
} from "../results/data_sources.ts";
import { externalDataFolders, findExternalData } from "../results/external_data.ts";
import type { Command } from "./command.ts";

/** Address that public files are fetched from; tests put a local server here. */
const PUBLIC_ADDRESS = "https://raw.githubusercontent.com";

/** Options of {@link fetchDataSource}. */
export interface FetchOptions {
  /** Folder that the data set's folder is put in. */
  readonly folder: string;
  /** Start of every address; default the public one. */
  readonly address?: string;
  /** Called after each file with the bytes so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Fetches the files of a data set that are not yet present with the right digest.
 * A file is written under a temporary name, checked, then renamed.
 *
 * @returns Files that were fetched.
 * @throws RangeError if a file's digest is wrong or the server refuses.
 */
export async function fetchDataSource(source: DataSource, options: FetchOptions): Promise<number> {
  const { folder, address = PUBLIC_ADDRESS, onProgress } = options;
  let fetched = 0;
  let bytes = 0;
  for (const file of source.files) {
    const path = `${folder}/${source.id}/${file.path}`;
    if (await checkFile(path, file) !== "right") {
      const url = `${address}/${source.repository}/${source.commit}/${file.upstream}`;
      const response = await fetch(url);
      if (!response.ok) {
        await response.body?.cancel();
        throw new RangeError(`Cannot fetch ${url}: the server answers ${response.status}`);
      }
      const content = new Uint8Array(await response.arrayBuffer());
      const digest = await sha256(content);
      if (digest !== file.sha256) {
        throw new RangeError(
          `Cannot use ${url} as ${file.path} with SHA-256 ${file.sha256}: current value is ${digest}`,
        );
      }
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeFile(`${path}.part`, content);
      await Deno.rename(`${path}.part`, path);
      fetched++;
    }
    bytes += file.bytes;
    onProgress?.(bytes);
  }
  return fetched;
}

/** State of one file against its entry in data/sources.yaml. */
export type FileState = "right" | "wrong" | "missing";

/** Compares a file's size and digest with its entry. */
export async function checkFile(path: string, file: DataFile): Promise<FileState> {
  try {
    const content = await Deno.readFile(path);
    if (content.length !== file.bytes) return "wrong";
    return await sha256(content) === file.sha256 ? "right" : "wrong";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}

async function sha256(content: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", content.slice().buffer);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const HELP = `Usage: deno task data <command> [ID...]

  list            the external data sets, and whether a copy is present
  fetch [ID...]   download them to data/external (all without an ID)
  verify [ID...]  check the digest of every file that is present

A data set is looked for in the folder that SIMFAAS_DATA names, in data/external, in ../shared/reference.`;

/** Runs "data". Returns the exit code; 2 for a wrong command line. */
export async function runData(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const options = parseArgs([...args], { string: ["address", "folder"], boolean: ["help"] });
  const [command, ...ids] = options._.map(String);
  const chosen = ids.length === 0 ? dataSources() : ids.map(dataSource);
  if (command === "list") {
    for (const source of chosen) {
      const size = source.files.reduce((sum, file) => sum + file.bytes, 0);
      const place = findExternalData(source.id) ?? "not present";
      print(`${source.id}  ${(size / 1e6).toFixed(1)} MB  ${source.licence}  ${place}`);
      print(`  ${source.what} (${source.repository})`);
    }
    return 0;
  }
  if (command === "fetch") {
    const folder = options.folder ?? externalDataFolders().at(-2)!;
    for (const source of chosen) {
      const total = source.files.reduce((sum, file) => sum + file.bytes, 0);
      const bar = new cliProgress.SingleBar({
        format: `${source.id} [{bar}] {percentage} %  {value}/{total} bytes`,
        noTTYOutput: false,
      });
      bar.start(total, 0);
      try {
        const onProgress = (bytes: number) => bar.update(bytes);
        await fetchDataSource(source, { folder, address: options.address, onProgress });
      } finally {
        bar.stop();
      }
      print(`${source.id}: ${source.files.length} files under ${folder}/${source.id}`);
    }
    return 0;
  }
  if (command === "verify") {
    let wrong = 0;
    for (const source of chosen) {
      const states = { right: 0, wrong: 0, missing: 0 };
      for (const file of source.files) {
        const path = findExternalData(source.id, file.path);
        const state = path === undefined ? "missing" : await checkFile(path, file);
        states[state]++;
        if (state === "wrong") print(`${source.id}: ${file.path} differs from its digest`);
      }
      wrong += states.wrong;
      print(
        `${source.id}: ${states.right} right, ${states.wrong} wrong, ${states.missing} missing`,
      );
    }
    return wrong === 0 ? 0 : 1;
  }
  print(HELP);
  return command === undefined || options.help ? 0 : 2;
}

/** The command "data". */
export const dataCommand: Command = {
  name: "data",
  summary: "List, fetch and verify external data sets",
  help: HELP,
  run: runData,
};
