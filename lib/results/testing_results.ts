import { openResultDirectory } from "./result_directory.ts";

/** The format of results. */
export const FORMAT = "simfaasinfer-results/1";

/** Calls a function with a temporary folder, which is removed afterwards. */
export function inTempDir(body: (root: string) => void): void {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

/** Names in a folder, sorted. */
export const namesIn = (path: string) =>
  Array.from(Deno.readDirSync(path), (entry) => entry.name).sort();
/** Text of a file. */
export const read = (path: string) => Deno.readTextFileSync(path);

/** Writes results: files by path, and what else the manifest says. */
export function save(directory: string, files: Record<string, string>, manifest = {}): void {
  const opened = openResultDirectory(directory);
  try {
    for (const [path, text] of Object.entries(files)) opened.write(path, (append) => append(text));
    opened.commit({ format: FORMAT, ...manifest });
  } finally {
    opened.discard();
  }
}

/** Writes files that are not ours. */
export function put(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const whole = `${root}/${path}`;
    Deno.mkdirSync(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(whole, text);
  }
}

/** Everything below a folder: texts and inode numbers by path. */
export function treeOf(root: string, within = ""): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(`${root}/${within}`)) {
    const path = `${within}${name}`;
    if (isDirectory) Object.assign(tree, treeOf(root, `${path}/`));
    else tree[path] = `${Deno.lstatSync(`${root}/${path}`).ino} ${read(`${root}/${path}`)}`;
  }
  return tree;
}
