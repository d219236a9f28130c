/**
 * Packages: each is named with one version everywhere, the lock has it, docs/dependencies.md tells of
 * it, and an empty cache gets no more than a command needs.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "#assert";
import { filesBelow } from "../lib/cli/testing_command_line.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
const read = (path: string) => Deno.readTextFileSync(`${ROOT}${path}`);

/** Packages by name with the versions and the modules that name them, in code (not in comments). */
function packages(): Map<string, { versions: Set<string>; modules: string[] }> {
  const found = new Map<string, { versions: Set<string>; modules: string[] }>();
  const sources = ["lib/", "experiments/", "tests/"].flatMap((folder) =>
    filesBelow(`${ROOT}${folder}`).map((path) => `${folder}${path}`)
  ).concat("mod.ts");
  for (const path of sources) {
    if (!path.endsWith(".ts")) continue;
    const code = read(path).replace(/^ *(\/?\*|\/\/).*$/gm, "");
    const specifiers = code.matchAll(
      /(?:from|import|import\(|resolve\()\s*"npm:\/?((?:@[\w.-]+\/)?[\w.-]+)(?:@([^"/]+))?(?:\/[^"]*)?"/g,
    );
    for (const [, name, version = ""] of specifiers) {
      const entry = found.get(name) ?? { versions: new Set(), modules: [] };
      found.set(name, entry);
      entry.versions.add(version);
      entry.modules.push(path);
    }
  }
  return found;
}

Deno.test("each package is named with one exact version, which the lock and the page have", () => {
  const found = packages();
  ok(found.size >= 14, "reads the modules");
  const lock = JSON.parse(read("deno.lock")).specifiers as Record<string, string>;
  const page = read("docs/dependencies.md");
  for (const [name, { versions, modules }] of found) {
    equal(versions.size, 1, `${name} has versions ${[...versions].join(", ")}`);
    const [version] = versions;
    match(version, /^\d+\.\d+\.\d+$/, name);
    // What depends on its peers is written with their versions.
    equal(lock[`npm:${name}@${version}`]?.split("_")[0], version, name);
    const row = new RegExp(`^\\| \`${name}\` +\\| ${version} +\\|[^|]+\\| \`([^\`]+)\``, "m").exec(
      page,
    );
    ok(row !== null, `docs/dependencies.md has a row for ${name} ${version}`);
    ok(modules.includes(row[1]), `${row[1]} takes in ${name}`);
  }
  const rows = page.matchAll(/^\| `([^`]+)` +\| \d+\.\d+\.\d+ /gm);
  deepEqual(Array.from(rows, ([, name]) => name).sort(), [...found.keys()].sort());
});

Deno.test("deno.json maps no name to a package and has no lock that deno task would fetch whole", () => {
  const config = JSON.parse(read("deno.json"));
  deepEqual(Object.values<string>(config.imports).filter((to) => !to.startsWith("./")), []);
  equal(config.lock, false);
  for (const [name, { command }] of Object.entries<{ command: string }>(config.tasks)) {
    if (!command.includes("lib/cli/")) continue;
    match(command, /^deno run --quiet --lock=deno\.lock /, name);
  }
  // Made with the default registry: one of another kind would not work elsewhere.
  for (const path of ["deno.lock", "notebooks/deno.lock"]) ok(!read(path).includes('"tarball"'));
});

Deno.test("notebooks have the names of deno.json and the lock's packages", () => {
  const [root, notebooks] = ["deno.json", "notebooks/deno.json"].map((path) =>
    JSON.parse(read(path))
  );
  const names = Object.entries<string>(root.imports).map(([name, to]) => [name, `.${to}`]);
  deepEqual(notebooks.imports, Object.fromEntries(names));
  for (const key of ["unstable", "nodeModulesDir"]) deepEqual(notebooks[key], root[key]);
  // The kernel takes no --lock: its lock is that of its folder.
  const [lock, own] = ["deno.lock", "notebooks/deno.lock"].map((path) => JSON.parse(read(path)));
  for (const key of ["version", "specifiers", "npm"]) deepEqual(own[key], lock[key], key);
});

Deno.test("modules under lib/ name what they import by path or completely", () => {
  const bare: string[] = [];
  for (const path of filesBelow(`${ROOT}lib/`)) {
    if (!/\.ts$/.test(path) || /(_test|_bench)\.ts$|(^|\/)testing_|^std\/assert/.test(path)) {
      continue;
    }
    const code = read(`lib/${path}`).replace(/^ *(\/?\*|\/\/).*$/gm, "");
    for (const [, to] of code.matchAll(/(?:^|\n)(?:import|export)[^;"]*?from "([^"]+)"/g)) {
      if (!/^(\.{1,2}\/|node:|npm:)/.test(to)) bare.push(`lib/${path} imports ${to}`);
    }
  }
  deepEqual(bare, []);
});

Deno.test("on an empty cache simulate fetches what it needs, and says so in one line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "simulate", "tests/bench/standard.yaml", "--quiet"],
      cwd: ROOT,
      env: { DENO_DIR: folder, NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    const said = text.decode(stderr).split("\n").filter((line) =>
      line !== "" && !line.startsWith("Task simulate")
    );
    if (code !== 0 && /registry\.npmjs\.org|error sending request/.test(said.join("\n"))) {
      console.log("left out: the npm registry is not reachable");
      return;
    }
    equal(code, 0, said.join("\n"));
    match(text.decode(stdout), /^TTFT /m);
    equal(said.length, 1, said.join("\n"));
    match(said[0], /^Fetching npm packages, once: js-yaml and what they need, about 0.4 MB$/);
    const fetched = filesBelow(folder).filter((path) => /^npm\/[^/]+\/[^/]+\/$/.test(path));
    deepEqual(fetched.filter((path) => /polars|vega|pdfkit|fast-check/.test(path)), []);
    // Beside what was fetched there is what this Deno has made of the modules.
    const bytes = filesBelow(`${folder}/npm/`).filter((path) => !path.endsWith("/"))
      .reduce((sum, path) => sum + Deno.statSync(`${folder}/npm/${path}`).size, 0);
    ok(bytes > 0.3e6 && bytes < 5e6, `${bytes} bytes`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("no module of the program takes in the data frames' package", () => {
  const importers = new Set(packages().get("nodejs-polars")!.modules);
  deepEqual(
    [...importers].filter((path) => !path.endsWith("_test.ts")),
    ["lib/report/polars.ts"],
  );
  const program = filesBelow(`${ROOT}lib/`).filter((path) =>
    path.endsWith(".ts") && !path.endsWith("_test.ts") &&
    /\/polars\.ts"|"nodejs-polars"/.test(read(`lib/${path}`).replace(/^ *\*.*$/gm, ""))
  ).filter((path) => path !== "report/polars.ts");
  // It names the types, and an address that is read when a frame is asked for.
  deepEqual(program, ["report/notebook/load_polars.ts"]);
  const lines = read(`lib/${program[0]}`).split("\n").filter((line) => line.includes("/polars.ts"));
  deepEqual(lines.filter((line) => !/^import type |new URL\(/.test(line)), []);
});
