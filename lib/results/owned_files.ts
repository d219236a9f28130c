import { isNotThere } from "./owner_mark.ts";
import { isLeftTemporary } from "./replace_file.ts";

/** Name of the file that makes a folder one of results. */
export const MANIFEST = "manifest.json";

/** How names begin that only stand in a folder of results while it is written. */
export const WORKING_PREFIX = ".simfaasinfer";

/** Name of the file that says how results are put into a folder, while they are. */
export const JOURNAL = `${WORKING_PREFIX}-journal.json`;

/** Whether a name is that of a journal or of a staging folder. */
function isWorking(name: string): boolean {
  return name.startsWith(`${WORKING_PREFIX}.partial-`) || name === JOURNAL;
}

/** What a folder holds: our files by their paths in it, and what is not ours. */
export interface Holding {
  readonly kind: "missing" | "empty" | "ours" | "foreign";
  /** Paths of files that we wrote and that are there, sorted; the manifest is one of them. */
  readonly owned: readonly string[];
  /** Paths of what we did not write; of a folder that holds nothing of ours, the folder alone. */
  readonly foreign: readonly string[];
}

/** Most bytes of a manifest that is read; others are not ours. */
const MOST_MANIFEST_BYTES = 256 * 2 ** 20;

/** A manifest of ours, as far as every version has it. */
export type OwnManifest = Readonly<Record<string, unknown>> & { readonly format: string };

/**
 * Reads the manifest of a folder; undefined where there is none, or one that is not ours: ours has a
 * `format` that begins with "simfaasinfer-".
 */
export function readManifest(folder: string): OwnManifest | undefined {
  let value: unknown;
  try {
    const info = Deno.lstatSync(`${folder}/${MANIFEST}`);
    if (!info.isFile || info.size > MOST_MANIFEST_BYTES) return undefined;
    value = JSON.parse(Deno.readTextFileSync(`${folder}/${MANIFEST}`));
  } catch (error) {
    if (isNotThere(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const format = (value as { format?: unknown } | null)?.format;
  const isOurs = typeof format === "string" && format.startsWith("simfaasinfer-");
  return isOurs ? value as OwnManifest : undefined;
}

/** Looks at what is in a folder. @throws What the system says of a path that is no folder. */
export function inspectFolder(folder: string): Holding {
  let names: string[];
  try {
    names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "missing", owned: [], foreign: [] };
    throw error;
  }
  names = names.filter((name) => !isWorking(name));
  if (names.length === 0) return { kind: "empty", owned: [], foreign: [] };
  const manifest = readManifest(folder);
  if (manifest === undefined) return { kind: "foreign", owned: [], foreign: names.sort() };
  const listed = new Set([MANIFEST, ...(listedFiles(manifest) ?? filesBeforeLists(folder))]);
  return { kind: "ours", ...sortOut(folder, listed) };
}

/** Paths that a manifest lists, those alone that lie in its own folder; undefined without a list. */
function listedFiles({ files }: OwnManifest): string[] | undefined {
  return Array.isArray(files) ? files.filter(isInnerPath) : undefined;
}

/** Whether a text is the path of a file inside a folder, in its plain form. */
export function isInnerPath(path: unknown): path is string {
  return typeof path === "string" && !/[\\\0]/.test(path) && !/^[A-Za-z]:/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** The folders that a path goes through: "a" and "a/b" of "a/b/c". */
export function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

function sortOut(folder: string, listed: ReadonlySet<string>) {
  const owned: string[] = [];
  const foreign: string[] = [];
  const ours = new Set([...listed].flatMap(foldersOf));
  const visit = (within: string) => {
    for (const { name, isFile, isDirectory } of Deno.readDirSync(`${folder}/${within}`)) {
      const path = `${within}${name}`;
      if (within === "" && isWorking(name)) continue;
      if (isDirectory && ours.has(path)) visit(`${path}/`);
      else if (!isDirectory && listed.has(path)) owned.push(path);
      else if (isFile && name.startsWith(".") && isLeftTemporary(`${folder}/${within}`, name)) {
        owned.push(path);
      } else foreign.push(path);
    }
  };
  visit("");
  return { owned: owned.sort(), foreign: foreign.sort() };
}

/** What versions wrote that did not list their files: tables, summaries and figures by these names. */
const TABLES = ["requests", "timeseries", "instances", "cold_start_waits", "token_gaps"];
const FIGURES = [
  ...["latency_cdf", "latency_percentiles", "timeline", "instances", "cold_starts", "cost"],
  ...["attainment_by_class", "attainment_by_function"],
];
const FIGURE_FORMATS = ["svg", "png", "pdf"];

/** The files of results without a list, by the names that those versions gave them. */
function filesBeforeLists(folder: string): string[] {
  const tables = [...TABLES, "replications", "rows"]
    .flatMap((name) => ["parquet", "csv", "json"].map((format) => `${name}.${format}`));
  const figures = FIGURES.flatMap((name) => FIGURE_FORMATS.map((format) => `${name}.${format}`));
  return [
    ...tables,
    ...["summary.json", "replication_summary.json", "targets.md"],
    ...[...figures, ...figuresOfExperiment(folder)].map((name) => `figures/${name}`),
  ];
}

/** Figures of an experiment have names of their own, but each was drawn in every format. */
function figuresOfExperiment(folder: string): string[] {
  let names: string[];
  try {
    names = Array.from(Deno.readDirSync(`${folder}/figures`), ({ name }) => name);
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
  const there = new Set(names);
  const stems = names.filter((name) => name.endsWith(".svg")).map((name) => name.slice(0, -4));
  return stems.map((stem) => FIGURE_FORMATS.map((format) => `${stem}.${format}`))
    .filter((files) => files.every((file) => there.has(file))).flat();
}
