import { parse } from "@std/yaml";
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
  const listed = parse(text) as Record<string, Omit<DataSource, "id">>;
  return Object.entries(listed).map(([id, source]) => ({
    ...source,
    id,
    files: source.files.map((file) => ({ ...file, upstream: file.upstream ?? file.path })),
  }));
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
