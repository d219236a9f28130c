import type { DataFile, DataSource } from "../results/data_sources.ts";
import { replaceFile } from "../results/replace_file.ts";

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
      replaceFile(path, content);
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
