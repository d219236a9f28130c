import type { DataFile, DataSource } from "../../results/data_sources.ts";
import { digestOf, download, type DownloadOptions } from "./download.ts";
import { UsageError } from "../usage_error.ts";

/** Address that public files are fetched from; tests put a local server here. */
export const PUBLIC_ADDRESS = "https://raw.githubusercontent.com";

/** Options of {@link fetchDataSource}. */
export interface FetchOptions extends Omit<DownloadOptions, "onProgress"> {
  /** Folder that the data set's folder is put in. */
  readonly folder: string;
  /** Start of every address; default the public one. */
  readonly address?: string;
  /** Called with the bytes of the data set that are there. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Fetches the files of a data set that are not yet present with the right digest.
 *
 * @returns Files that were fetched.
 * @throws {UsageError} If a file cannot be fetched or is not what it should be; see
 * {@linkcode download}.
 */
export async function fetchDataSource(source: DataSource, options: FetchOptions): Promise<number> {
  const { folder, address = PUBLIC_ADDRESS, onProgress, ...others } = options;
  const { id, repository, commit } = source;
  let fetched = 0;
  let bytes = 0;
  for (const file of source.files) {
    const path = `${folder}/${id}/${file.path}`;
    if (await checkFile(path, file) !== "right") {
      const below = [...repository.split("/"), commit, ...file.upstream.split("/")];
      await download({
        ...{ path, bytes: file.bytes, sha256: file.sha256 },
        address: addressOf(`${address}/${below.map(encodeURIComponent).join("/")}`),
      }, { ...others, onProgress: (received) => onProgress?.(bytes + received) });
      fetched++;
    }
    bytes += file.bytes;
    onProgress?.(bytes);
  }
  return fetched;
}

function addressOf(text: string): URL {
  const address = URL.parse(text);
  if (address !== null) return address;
  throw new UsageError(
    `Cannot read --address as the address of a server: current value is "${text}"`,
  );
}

/** State of one file against its entry in data/sources.yaml. */
export type FileState = "right" | "wrong" | "missing";

/** Compares a file's size and digest with its entry. */
export async function checkFile(path: string, file: DataFile): Promise<FileState> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || size !== file.bytes) return "wrong";
    return await digestOf(path) === file.sha256 ? "right" : "wrong";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}
