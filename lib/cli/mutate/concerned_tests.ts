/** What `deno info --json` prints, as far as it is read here. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

/** Which tests import a source, over however many steps. */
export interface ConcernedTests {
  /** Test files that run a source, those that import it soonest first. */
  of(file: string): readonly string[];
  /** Files of the repository that a test file runs, itself included, sorted. */
  filesOf(test: string): readonly string[];
}

/** Tests of the whole program, which start processes of their own and do not see a fault sooner. */
const LEFT_OUT = /^(lib\/cli\/|tests\/(notebooks|fidelity|lint)\/|tests\/\w+\.ts$)/;

/**
 * Follows the imports of all tests of the repository; types, which vanish when a program runs, and
 * modules that are imported when their turn comes do not count.
 *
 * @param root Directory of the repository, ending in "/".
 * @param tests Test files, relative to it.
 */
export async function concernedTests(
  root: string,
  tests: readonly string[],
): Promise<ConcernedTests> {
  const rootUrl = `file://${root}`;
  const directory = await Deno.makeTempDir({ prefix: "simfaas-graph-" });
  let graph: ModuleGraph;
  try {
    const entry = `${directory}/all.ts`;
    const wanted = tests.filter((test) => !LEFT_OUT.test(test));
    await Deno.writeTextFile(
      entry,
      wanted.map((test) => `import "${rootUrl}${test}";\n`).join(""),
    );
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", `${root}deno.json`, entry],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    graph = JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  const imports = new Map<string, string[]>();
  const importers = new Map<string, string[]>();
  const add = (arrows: Map<string, string[]>, from: string, to: string) =>
    arrows.set(from, [...arrows.get(from) ?? [], to]);
  for (const { specifier, dependencies = [] } of graph.modules) {
    for (const { code } of dependencies) {
      const target = code?.specifier;
      if (!target?.startsWith(rootUrl) || !specifier.startsWith(rootUrl)) continue;
      const [from, to] = [specifier.slice(rootUrl.length), target.slice(rootUrl.length)];
      add(imports, from, to);
      add(importers, to, from);
    }
  }
  return {
    of: (file) => reached(file, importers).filter((one) => one.endsWith("_test.ts")),
    filesOf: (test) => reached(test, imports).sort(),
  };
}

/** What is reached from a file, the nearest first, itself included. */
function reached(file: string, arrows: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set([file]);
  for (const one of found) {
    for (const next of arrows.get(one) ?? []) found.add(next);
  }
  return [...found];
}
