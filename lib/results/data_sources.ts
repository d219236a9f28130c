import { parse } from "../std/yaml.ts";
import text from "../../data/sources.yaml" with { type: "text" };

/** One file of an external data set. */
export interface DataFile {
  /** Path below the data set's folder. */
  readonly path: string;
  /** Path in the public repository; means nothing for a derived set. */
  readonly upstream: string;
  readonly bytes: number;
  /** SHA-256 in lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** An external data set: public, not part of this repository. */
export interface DataSource {
  readonly id: string;
  readonly what: string;
  /** GitHub repository, "owner/name". */
  readonly repository: string;
  readonly commit: string;
  readonly licence: string;
  /**
   * How the files were made from those of the repository, for people; such a set cannot be fetched.
   * Absent: the files are those of the repository.
   */
  readonly derived?: string;
  readonly files: readonly DataFile[];
}

/** The data sets that data/sources.yaml lists, in its order. */
export function dataSources(): DataSource[] {
  return parseDataSources(text);
}

/**
 * Reads a list of data sets.
 *
 * @throws {RangeError} If a part of a path or an address could lead out of its folder, or a digest or
 * a size is none.
 */
export function parseDataSources(list: string): DataSource[] {
  const listed = parse(list) as Record<string, Omit<DataSource, "id">>;
  return Object.entries(listed).map(([id, source]) => {
    const files = source.files.map((file) => ({ ...file, upstream: file.upstream ?? file.path }));
    check(isName(id), "the id of a data set", id);
    check(/^[\w.-]+\/[\w.-]+$/.test(source.repository), "a repository", source.repository);
    check(/^[0-9a-f]{40}$/.test(source.commit), "a commit", source.commit);
    for (const { path, upstream, bytes, sha256 } of files) {
      for (const name of [path, upstream]) {
        check(name.split("/").every(isName), "a path below the folder of its data set", name);
      }
      check(Number.isSafeInteger(bytes) && bytes >= 0, "a size in bytes", bytes);
      check(/^[0-9a-f]{64}$/.test(sha256), "a SHA-256", sha256);
    }
    return { ...source, id, files };
  });
}

/** Whether a text is the name of one file or folder everywhere. */
function isName(text: string): boolean {
  return /^[\w.@+ -]+$/.test(text) && text !== "." && text !== "..";
}

function check(holds: boolean, wanted: string, value: unknown): void {
  if (!holds) throw new RangeError(`Cannot read an entry as ${wanted}: current value is ${value}`);
}

/** The data set of an id. @throws RangeError that names the known ids. */
export function dataSource(id: string): DataSource {
  const sources = dataSources();
  const source = sources.find((candidate) => candidate.id === id);
  if (source === undefined) {
    const known = sources.map((candidate) => candidate.id).join(", ");
    throw new RangeError(`Cannot use a data set as one of ${known}: current value is ${id}`);
  }
  return source;
}
