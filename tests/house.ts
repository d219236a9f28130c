/**
 * The house as its tests see it: which room each folder under lib/ is in, which files make up the
 * core, and what each file imports.
 * @module
 */

/** Folders of lib/ from the ground up. A folder imports its own row and the rows before it. */
export const ROWS: readonly (readonly string[])[] = [
  ["std", "stats", "plot"],
  ["sim", "network"],
  ["models", "hardware", "settings"],
  ["execution", "workload", "scheduling"],
  ["serverless"],
  ["metrics"],
  ["engine"],
  ["cluster"],
  ["config"],
  ["run"],
  ["results"],
  ["experiment", "planning"],
  ["report"],
  ["cli"],
];

/** Last row of the core, which runs in a browser as well. */
const CORE_ROWS = ROWS.findIndex((row) => row.includes("run")) + 1;
/** npm packages that the core may use: no native code, nothing of Node. */
const CORE_PACKAGES = [
  "js-yaml",
  "mri",
  "pure-rand/",
  "vega-lite",
];
/** Files in core folders that are not of the core: adapters for tests, drawing to files. */
const OUTSIDE_CORE = [/^lib\/std\/(assert|testing_)/, /^lib\/plot\/render/];

/** One import of one file, paths relative to the repository. */
export interface Arrow {
  /** The importing file. */
  readonly from: string;
  /** The imported file; "npm:zod", "node:fs" and the like for what is not of the repository. */
  readonly to: string;
  /** Only types are imported: the arrow vanishes when the program runs. */
  readonly typeOnly?: boolean;
}

/** Everything that breaks the rules of the house, one line each; empty when all is well. */
export function faults(arrows: readonly Arrow[]): string[] {
  return [...wrongWay(arrows), ...foreign(arrows), ...cycles(arrows)];
}

/** The folder under lib/ that a file belongs to; undefined outside lib/. */
function folderOf(path: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(path)?.[1];
}

function rowOf(folder: string): number {
  return ROWS.findIndex((row) => row.includes(folder));
}

/** Whether a file must run in a browser: the folders up to run. */
export function isCore(path: string): boolean {
  const folder = folderOf(path);
  if (folder === undefined || OUTSIDE_CORE.some((pattern) => pattern.test(path))) return false;
  return rowOf(folder) < CORE_ROWS;
}

function wrongWay(arrows: readonly Arrow[]): string[] {
  const found: string[] = [];
  for (const { from, to } of arrows) {
    const source = folderOf(from);
    if (source === undefined) continue;
    if (rowOf(source) < 0) {
      found.push(`${from} is in a folder that has no place in the house`);
      continue;
    }
    if (/^(tests|experiments|notebooks)\//.test(to)) found.push(`${from} imports ${to}`);
    if (to === "mod.ts" && source !== "cli") found.push(`${from} imports mod.ts, not a room`);
    const target = folderOf(to);
    if (target === undefined || target === source) continue;
    if (rowOf(target) > rowOf(source)) found.push(`${from} imports ${to}, a later room`);
    if (source === "plot") found.push(`${from} imports ${to}: plot knows rows and nothing else`);
  }
  return found;
}

function foreign(arrows: readonly Arrow[]): string[] {
  return arrows.filter(({ from, to }) => {
    if (!isCore(from) || !/^[a-z]+:/.test(to)) return false;
    const name = /^npm:\/?(.+)$/.exec(to)?.[1];
    return name === undefined ||
      !CORE_PACKAGES.some((allowed) =>
        allowed.endsWith("/")
          ? name.startsWith(allowed) || name.startsWith(`${allowed.slice(0, -1)}@`)
          : name === allowed || name.startsWith(`${allowed}@`)
      );
  }).map(({ from, to }) => `${from} imports ${to}, which the core may not use`);
}

/** Cycles among files, types left out, and among folders, types included. */
function cycles(arrows: readonly Arrow[]): string[] {
  const folders = arrows.map(({ from, to }) => ({
    from: folderOf(from) ?? from,
    to: folderOf(to) ?? to,
  })).filter(({ from, to }) => from !== to);
  return [
    ...new Set([
      firstCycle(arrows.filter(({ typeOnly }) => !typeOnly)),
      firstCycle(folders),
    ].filter((line) => line !== "")),
  ];
}

function firstCycle(arrows: readonly Arrow[]): string {
  const targets = new Map<string, string[]>();
  for (const { from, to } of arrows) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string => {
    if (done.has(node)) return "";
    const start = path.indexOf(node);
    if (start >= 0) return [...path.slice(start), node].join(" -> ");
    path.push(node);
    for (const target of targets.get(node) ?? []) {
      const cycle = visit(target);
      if (cycle !== "") return cycle;
    }
    path.pop();
    done.add(node);
    return "";
  };
  for (const node of targets.keys()) {
    const cycle = visit(node);
    if (cycle !== "") return cycle;
  }
  return "";
}
