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
  const importers = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of graph.modules) {
    for (const { code } of dependencies) {
      const target = code?.specifier;
      if (!target?.startsWith(rootUrl) || !specifier.startsWith(rootUrl)) continue;
      const file = target.slice(rootUrl.length);
      importers.set(file, [...importers.get(file) ?? [], specifier.slice(rootUrl.length)]);
    }
  }
  return { of: (file) => testsAbove(file, importers) };
}

/** The tests that import a file, by the number of steps. */
function testsAbove(file: string, importers: ReadonlyMap<string, readonly string[]>): string[] {
  const reached = [file];
  for (let i = 0; i < reached.length; i++) {
    for (const importer of importers.get(reached[i]) ?? []) {
      if (!reached.includes(importer)) reached.push(importer);
    }
  }
  return reached.filter((one) => one.endsWith("_test.ts"));
}
