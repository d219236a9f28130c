import { deepStrictEqual, ok, strictEqual } from "#assert";
import { type Arrow, faults, isCore, ROWS } from "./house.ts";
import { browserBundle } from "./support/browser_bundle.ts";

const ROOT = new URL("../", import.meta.url);
const MAP: Record<string, string> = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", ROOT)),
).imports;

/** Source files under a folder, without tests and benchmarks, relative to the repository. */
function sources(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) found.push(...sources(`${path}/`));
    else if (/\.tsx?$/.test(path) && !/_(test|bench)\.tsx?$/.test(path)) found.push(path);
  }
  return found.sort();
}

/** A path relative to the repository, or the specifier itself for what lies elsewhere. */
function inRepository(specifier: string): string {
  return specifier.startsWith(ROOT.href) ? specifier.slice(ROOT.href.length) : specifier;
}

function resolve(specifier: string, from: string): string {
  const key = Object.keys(MAP).find((key) =>
    key === specifier || (key.endsWith("/") && specifier.startsWith(key))
  );
  const mapped = key === undefined ? specifier : MAP[key] + specifier.slice(key.length);
  if (!mapped.startsWith(".")) return mapped;
  return inRepository(new URL(mapped, key === undefined ? new URL(from, ROOT) : ROOT).href);
}

/** Imports of a source text (static, re-exported, dynamic) and whether it names Deno. */
function readSource(path: string): { arrows: Arrow[]; namesDeno: boolean } {
  const arrows: Arrow[] = [];
  let namesDeno = false;
  const add = (source: Deno.lint.Node | null, typeOnly: boolean) => {
    if (source?.type !== "Literal") return;
    arrows.push({ from: path, to: resolve(String(source.value), path), typeOnly });
  };
  const reader: Deno.lint.Plugin = {
    name: "reader",
    rules: {
      imports: {
        create: () => ({
          ImportDeclaration: (node) => add(node.source, node.importKind === "type"),
          ExportAllDeclaration: (node) => add(node.source, node.exportKind === "type"),
          ExportNamedDeclaration: (node) => add(node.source, node.exportKind === "type"),
          ImportExpression: (node) => add(node.source, false),
          Identifier: (node) => void (namesDeno ||= node.name === "Deno"),
        }),
      },
    },
  };
  const text = Deno.readTextFileSync(new URL(path, ROOT));
  const seen = Deno.lint.runPlugin(reader, path, text);
  strictEqual(seen.length, 0);
  return { arrows, namesDeno };
}

async function deno(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("imports of every file under lib/ run one way and in no circle", () => {
  const files = sources("lib/");
  ok(files.length > 50, "reads the files");
  deepStrictEqual(faults(files.flatMap((path) => readSource(path).arrows)), []);
});

Deno.test("imports reached from mod.ts, as Deno resolves them, run one way", async () => {
  const { code, out, err } = await deno("info", "--json", "mod.ts");
  strictEqual(code, 0, err);
  interface Dependency {
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }
  const { modules } = JSON.parse(out) as {
    modules: { specifier: string; dependencies?: Dependency[] }[];
  };
  const arrows: Arrow[] = [];
  for (const { specifier, dependencies = [] } of modules) {
    for (const { code, type } of dependencies) {
      const to = code?.specifier ?? type?.specifier;
      if (to === undefined) continue;
      arrows.push({ from: inRepository(specifier), to: inRepository(to), typeOnly: !code });
    }
  }
  ok(arrows.some(({ from }) => from === "mod.ts"));
  deepStrictEqual(faults(arrows), []);
});

Deno.test("the core does not name Deno", () => {
  const core = sources("lib/").filter(isCore);
  deepStrictEqual(core.filter((path) => readSource(path).namesDeno), []);
});

Deno.test("mod.ts bundles for the browser and loads without Node and Deno", async () => {
  const text = await browserBundle("mod.ts");
  deepStrictEqual(text.match(/(?:from|import|require\()\s*["'](?:node:|npm:)[^"']*["']/g), null);
  const exported = await namesExportedInWorker(text);
  for (const name of ["loadConfig", "simulate"]) ok(exported.includes(name), `exports ${name}`);
});

/** What a Worker of Deno has and a browser has not. */
const NOT_IN_A_BROWSER = ["Deno", "process", "Buffer", "global", "setImmediate", "clearImmediate"];

/** Imports a module text in a Worker that has nothing of Deno and Node, as in a browser. */
async function namesExportedInWorker(text: string): Promise<string[]> {
  const url = (source: string) =>
    URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
  const bundle = url(text);
  const main = url(`
    for (const name of ${JSON.stringify(NOT_IN_A_BROWSER)}) delete globalThis[name];
    import(${JSON.stringify(bundle)}).then(
      (module) => postMessage({ names: Object.keys(module) }),
      (error) => postMessage({ error: String(error && error.stack || error) }),
    );
  `);
  const worker = new Worker(main, { type: "module" });
  try {
    const { names, error } = await new Promise<{ names?: string[]; error?: string }>((done) => {
      worker.onmessage = (event) => done(event.data);
      worker.onerror = (event) => done({ error: event.message });
    });
    strictEqual(error, undefined);
    return names ?? [];
  } finally {
    worker.terminate();
    URL.revokeObjectURL(main);
    URL.revokeObjectURL(bundle);
  }
}

Deno.test("every folder of lib/ has its place, and a mod.ts that says what it is", () => {
  const placed = ROWS.flat();
  for (const entry of Deno.readDirSync(new URL("lib/", ROOT))) {
    if (!entry.isDirectory || sources(`lib/${entry.name}/`).length === 0) continue;
    ok(placed.includes(entry.name), `lib/${entry.name} has no place in the house`);
    if (entry.name === "cli" || entry.name === "std") continue; // started, or imported by name
    const text = Deno.readTextFileSync(new URL(`lib/${entry.name}/mod.ts`, ROOT));
    ok(text.startsWith("/**"), `lib/${entry.name}/mod.ts says what the folder is`);
  }
});

// The rules themselves must be able to fail.
const BROKEN: readonly [string, Arrow[], RegExp][] = [
  ["an arrow to a later room", [{ from: "lib/sim/a.ts", to: "lib/cluster/b.ts" }], /later room/],
  ["a policy that imports the cluster", [{
    from: "lib/scheduling/routing/a.ts",
    to: "lib/cluster/simulate.ts",
  }], /later room/],
  ["plot that imports a room", [{ from: "lib/plot/a.ts", to: "lib/stats/b.ts" }], /rows/],
  ["a test imported by the library", [{ from: "lib/cli/a.ts", to: "tests/b.ts" }], /tests/],
  ["an unknown folder", [{ from: "lib/misc/a.ts", to: "lib/sim/b.ts" }], /no place/],
  ["node in the core", [{ from: "lib/config/a.ts", to: "node:fs" }], /may not use/],
  ["a native package in the core", [{
    from: "lib/metrics/a.ts",
    to: "npm:nodejs-polars@0.25.2",
  }], /may not use/],
  ["a name that only begins like an allowed one", [{
    from: "lib/sim/a.ts",
    to: "npm:mri-extra@1.0.0",
  }], /may not use/],
  ["a circle of files", [
    { from: "lib/sim/a.ts", to: "lib/sim/b.ts" },
    { from: "lib/sim/b.ts", to: "lib/sim/a.ts" },
  ], /a\.ts -> lib\/sim\/b\.ts -> lib\/sim\/a\.ts/],
  ["a circle of folders in one row", [
    { from: "lib/workload/a.ts", to: "lib/execution/b.ts" },
    { from: "lib/execution/c.ts", to: "lib/workload/d.ts" },
  ], /workload -> execution -> workload/],
  ["a circle of folders through types", [
    { from: "lib/workload/a.ts", to: "lib/execution/b.ts" },
    { from: "lib/execution/c.ts", to: "lib/workload/d.ts", typeOnly: true },
  ], /workload -> execution -> workload/],
];

for (const [name, arrows, pattern] of BROKEN) {
  Deno.test(`faults() finds ${name}`, () => {
    const found = faults(arrows);
    strictEqual(found.length, 1, found.join("\n"));
    ok(pattern.test(found[0]), found[0]);
  });
}

Deno.test("faults() finds nothing in a sound house", () => {
  deepStrictEqual(
    faults([
      { from: "lib/cluster/a.ts", to: "lib/metrics/b.ts" },
      { from: "lib/config/a.ts", to: "npm:mri@1.2.0" },
      { from: "lib/sim/a.ts", to: "npm:/pure-rand@8.4.2/generator/xoroshiro128plus" },
      { from: "lib/results/a.ts", to: "npm:nodejs-polars@0.25.2" },
      { from: "lib/hardware/a.ts", to: "data/hardware/gpus.yaml" },
      { from: "mod.ts", to: "lib/cluster/mod.ts" },
      { from: "lib/sim/a.ts", to: "lib/sim/b.ts" },
      { from: "lib/sim/b.ts", to: "lib/sim/a.ts", typeOnly: true },
    ]),
    [],
  );
});
