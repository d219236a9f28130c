/**
 * The entries of the package: what they are, who imports them, and that another project can.
 *
 * @module
 */
import { deepEqual, equal, ok } from "#assert";
import { loadConfig, simulate } from "simfaasinfer";
import { filesBelow } from "../lib/cli/testing_command_line.ts";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const CONFIG = JSON.parse(read("deno.json"));
const EXPORTS: Readonly<Record<string, string>> = CONFIG.exports;

/** Name under which a program imports an entry: "simfaasinfer/stats". */
const nameOf = (entry: string) => `simfaasinfer${entry.slice(1)}`;

/** What a module does besides exporting what others have. */
function others(path: string): string[] {
  const text = read(path);
  const found: string[] = [];
  const reader: Deno.lint.Plugin = {
    name: "reader",
    rules: {
      body: {
        create: () => ({
          Program: (node) => {
            for (const part of node.body) {
              const reExport = part.type === "ExportAllDeclaration" ||
                (part.type === "ExportNamedDeclaration" && part.source !== null);
              if (!reExport) found.push(text.slice(...part.range));
            }
          },
        }),
      },
    },
  };
  Deno.lint.runPlugin(reader, path, text);
  return found;
}

/** Names that each entry exports, those of types too, by its path. */
async function namesByPath(): Promise<Map<string, string[]>> {
  const paths = Object.values(EXPORTS);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...paths],
    cwd: ROOT,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: { name: string }[] }>;
  };
  return new Map(paths.map((path) => {
    const { symbols } = nodes[new URL(path, ROOT).href];
    return [path, symbols.map(({ name }) => name)];
  }));
}

const names = namesByPath();

Deno.test("each entry only re-exports, has its name in the import map and a row in the page", () => {
  for (const [entry, path] of Object.entries(EXPORTS)) {
    deepEqual(others(path), [], path);
    equal(CONFIG.imports[nameOf(entry)], path);
  }
  const mapped = Object.keys(CONFIG.imports).filter((name) => name.startsWith("simfaasinfer"));
  deepEqual(mapped.sort(), Object.keys(EXPORTS).map(nameOf).sort());
  const rows = read("docs/entries.md").matchAll(/^\| `(simfaasinfer[^`]*)` +\|/gm);
  deepEqual(Array.from(rows, ([, name]) => name).sort(), mapped.sort());
  const files = filesBelow(decodeURIComponent(new URL("entries/", ROOT).pathname));
  deepEqual(files.length, Object.keys(EXPORTS).length - 1);
});

/** Most names of an entry: what a reader can look through. */
const MOST_NAMES = 48;
/**
 * Entries that have more, and how many at most: one function's closed world of parts, every policy, the
 * whole record of a run.
 */
const LARGER: Readonly<Record<string, number>> = {
  "./calibration": 52,
  "./cluster": 104,
  "./notebook": 99,
  "./scaling": 56,
  "./validation": 56,
};

Deno.test("an entry has some 40 names at most", async () => {
  for (const [entry, path] of Object.entries(EXPORTS)) {
    const count = (await names).get(path)!.length;
    ok(count > 0 && count <= (LARGER[entry] ?? MOST_NAMES), `${entry} has ${count} names`);
    ok(count > MOST_NAMES || !(entry in LARGER), `${entry} needs no exception`);
  }
});

Deno.test("simfaasinfer itself has what programs import from it", async () => {
  const main = (await names).get("./mod.ts")!;
  for (
    const name of ["loadConfig", "simulate", "RunResult", "Summary", "ScalingPolicy"]
      .concat("hybridHistogram", "hpaRecommendation")
  ) ok(main.includes(name), name);
  const policies = (await names).get("./entries/policies.ts")!;
  for (const name of ["hybridHistogram", "hpaRecommendation", "knativeKpa", "RoutingPolicy"]) {
    ok(policies.includes(name), name);
  }
});

Deno.test("experiments and notebooks import entries, their own files and the standard library's names", () => {
  const allowed = new Set([...Object.keys(EXPORTS).map(nameOf), "nodejs-polars"]);
  const folder = decodeURIComponent(ROOT.pathname);
  const sources = filesBelow(`${folder}experiments`).filter((path) => path.endsWith(".ts"))
    .map((path) => [`experiments/${path}`, read(`experiments/${path}`)]);
  const cells = filesBelow(`${folder}notebooks`).filter((path) => path.endsWith(".ipynb"))
    .map((path) => {
      const { cells } = JSON.parse(read(`notebooks/${path}`)) as {
        cells: { cell_type: string; source: string[] }[];
      };
      const code = cells.filter(({ cell_type }) => cell_type === "code");
      return [path, code.map(({ source }) => [source].flat().join("")).join("\n")];
    });
  ok(sources.length >= 6 && cells.length >= 5);
  for (const [path, text] of [...sources, ...cells]) {
    for (const [, to] of text.matchAll(/(?:from|import\() ?"([^"]+)"/g)) {
      const isOwn = /^\.\/[\w.]+$/.test(to) || /^\.\.\/\.\.\/data\//.test(to);
      ok(allowed.has(to) || isOwn || to.startsWith("@std/"), `${path} imports ${to}`);
    }
  }
});

Deno.test("each entry has every type that it names, and says what each name is", async () => {
  await Promise.all(
    Object.values(EXPORTS).map(async (path) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["doc", "--lint", path],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
      }).output();
      equal(code, 0, `${path}: ${new TextDecoder().decode(stderr)}`);
    }),
  );
});

const YAML = "workload: { type: poisson, arrival_rate: 2, num_requests: 40 }";

/** A program of another project; `names` are its ways to the entries. */
const program = (names: (entry: string) => string) => `
import { loadConfig, type RunResult, simulate } from "${names(".")}";
import { meanInterval } from "${names("./stats")}";
import { latencyCdf, renderFigure } from "${names("./plot")}";
import { defineExperiment } from "${names("./experiment")}";
import { replicate } from "${names("./replicate")}";
const run: RunResult = await simulate(loadConfig(${JSON.stringify(YAML)}));
const png = await renderFigure(latencyCdf([{ series: "a", seconds: 1, share: 1 }]), "png");
const { replications } = await replicate(
  loadConfig([${JSON.stringify(YAML)}, "simulation: { replications: 2 }"]),
  { workers: 2 },
);
export default defineExperiment({ id: "a", version: 1, seed: 1, question: "?", factors: {}, run: () => ({}) });
const { estimate } = meanInterval(replications.map(({ summary }) => summary.ttft_s.mean!));
console.log(JSON.stringify({ digest: run.summary.digest, png: png.length > 1000, mean: estimate > 0 }));
`;

/**
 * A way of another project to the entries: its deno.json and the names. Types are checked with the
 * examples of the pages, and found the same way: `lib/` names all that it imports by path or completely.
 */
interface Way {
  readonly config: object;
  readonly names: (entry: string) => string;
}

const WAYS: Readonly<Record<string, Way>> = {
  "by path": {
    config: {},
    names: (entry) => decodeURIComponent(new URL(EXPORTS[entry], ROOT).pathname),
  },
  "by links": {
    config: {
      links: [decodeURIComponent(ROOT.pathname)],
      imports: {
        "simfaasinfer": `jsr:${CONFIG.name}@^${CONFIG.version}`,
        "simfaasinfer/": `jsr:/${CONFIG.name}@^${CONFIG.version}/`,
      },
    },
    names: nameOf,
  },
  "by an import map": {
    config: {
      imports: Object.fromEntries(
        Object.entries(EXPORTS).map(([entry, path]) => [nameOf(entry), new URL(path, ROOT).href]),
      ),
    },
    names: nameOf,
  },
};

Deno.test("another project imports the entries", async (t) => {
  const { summary: { digest } } = await simulate(loadConfig(YAML));
  for (const [way, { config, names }] of Object.entries(WAYS)) {
    await t.step(way, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
        await Deno.writeTextFile(`${folder}/main.ts`, program(names));
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "--no-check", "--no-lock", "--allow-read", "main.ts"],
          cwd: folder,
          env: { NO_COLOR: "1" },
        }).output();
        const text = new TextDecoder();
        equal(code, 0, text.decode(stderr));
        deepEqual(JSON.parse(text.decode(stdout)), { digest, png: true, mean: true });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
});

Deno.test("what would be published has no problem, and no test in it", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  equal(code, 0, said);
  deepEqual(said.match(/(warning|error)\[.*/g), null);
  const files = Array.from(said.matchAll(/^ +file:\/\/(\S+)/gm), ([, path]) => path);
  ok(files.length > 200, said);
  deepEqual(files.filter((path) => /_test\.ts|testing|_bench|\/tests\/|\.ipynb/.test(path)), []);
});
