import { deepEqual, equal, match, ok } from "#assert";
import { examplesOf } from "../../../tests/examples.ts";
import { experimentText } from "../../experiment/testing_experiment.ts";
import { filesBelow, runCommandLine, withFiles } from "../testing_command_line.ts";

const SQUARES = experimentText(`
  factors: { a: [1, 2, 3] },
  run: ({ cell }) => ({ square: cell.a ** 2 }),
  figures: { squares: (rows) => ({ data: { values: [...rows] }, mark: "point", encoding: {
    x: { field: "a", type: "quantitative" }, y: { field: "square", type: "quantitative" } } }) },
  headlines: (rows) => ({ sum: rows.reduce((sum, row) => sum + row.square, 0) }),
`);

/** Runs "experiment" in a folder with these files; results go to its folder "out". */
async function withRun(
  files: Readonly<Record<string, string>>,
  use: (
    run: (...args: string[]) => ReturnType<typeof runCommandLine>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  await withFiles(files, (directory) =>
    use(
      (...args) => {
        const out = args.includes("--out") ? [] : ["--out", "out"];
        return runCommandLine(["experiment", ...args, ...out, "--workers", "2", "--quiet"], {
          directory,
        });
      },
      directory,
    ));
}

Deno.test("the example of docs/experiments.md runs as written, from where the page says", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/experiments.md", import.meta.url));
  const [{ code: text }] = examplesOf("docs/experiments.md", page);
  const path = /Write this to `([^`]+)`/.exec(page)![1];
  const [, , , ...args] = /^deno task experiment run .*$/m.exec(page)![0].split(" ");
  await withRun({ [path]: text, [`many/07_load/experiment.ts`]: text }, async (run, folder) => {
    const first = await run(...args);
    equal(first.code, 0, first.stderr);
    match(first.stdout, /^07_load: 3 cells in .*\n {2}rows 15\nResults are in /);
    ok(filesBelow(`${folder}/out`).includes("07_load/rows.parquet"));
    // The same files in a folder of folders: the same cells.
    const again = await run("run", "07_load", "--experiments", "many");
    equal(again.code, 0, again.stderr);
    match(again.stdout, /3 cells in .*, 3 of them were there/);
  });
});

Deno.test("an experiment elsewhere does not take the id, and the results, of one of the folder", async () => {
  await withRun(
    { "mine/experiment.ts": SQUARES, "many/00_test/experiment.ts": SQUARES },
    async (run) => {
      equal((await run("run", "00_test", "--experiments", "many")).code, 0);
      for (const action of ["run", "clean"]) {
        const { code, stderr } = await run(action, "mine/", "--experiments", "many");
        equal(code, 2);
        match(stderr, /^Cannot use the experiment of mine\/ under its id.*"00_test"/);
      }
      match((await run("status", "00_test", "--experiments", "many")).stdout, /3 of 3 cells/);
      const same = await run("run", "many/00_test/", "--experiments", "many");
      equal(same.code, 0, same.stderr);
    },
  );
});

Deno.test("a path stands for an id: run, status, reproduce, clean; results there change nothing", async () => {
  await withRun(
    { "mine/experiment.ts": SQUARES, "mine/other.ts": SQUARES },
    async (run, folder) => {
      for (const path of ["./mine/experiment.ts", "mine/", `${folder}/mine`]) {
        const { code, stdout, stderr } = await run("run", path, "--out", "mine/out");
        equal(code, 0, stderr);
        match(stdout, path.startsWith("./") ? /3 cells in [^,]*\n/ : /3 of them were there/);
      }
      match((await run("status", "mine")).stderr, /^Cannot find an experiment as one of 01/);
      match((await run("status", "mine/", "--out", "mine/out/")).stdout, /3 of 3 cells of 00_test/);
      const unpinned = await run("reproduce", "./mine/experiment.ts");
      equal(unpinned.code, 0, unpinned.stderr);
      match(unpinned.stdout, /reproduce \.\/mine\/experiment\.ts --pin" pins these results/);
      equal((await run("reproduce", "./mine/experiment.ts", "--pin")).code, 0);
      equal((await run("reproduce", "./mine/other.ts", "--pin")).code, 0);
      ok(filesBelow(`${folder}/mine`).includes("expected.json"));
      ok(filesBelow(`${folder}/mine`).includes("other.expected.json"));
      const drawn = await runCommandLine(
        ["plot", "out/00_test", "--experiments", "mine/experiment.ts", "--format", "svg"],
        { directory: folder },
      );
      match(drawn.stdout, /squares\.svg/, drawn.stderr);
      match((await run("clean", "./mine/")).stdout, /^Removed the cells and results of 00_test/);
      deepEqual(filesBelow(`${folder}/out`).filter((path) => path.startsWith("00_test/")), []);
    },
  );
});

Deno.test("what an experiment imports from outside its folder runs its cells again when it changes", async () => {
  const text = `import { power } from "../shared/power.ts";\n` +
    experimentText(`factors: { a: [1, 2] }, run: ({ cell }) => ({ y: cell.a ** power })`);
  const shared = `export { power } from "./number.ts";`;
  const files = { "mine/experiment.ts": text, "shared/power.ts": shared };
  await withRun(
    { ...files, "shared/number.ts": "export const power = 2;" },
    async (run, folder) => {
      match((await run("run", "mine/")).stdout, /2 cells in [^,]*\n/);
      match((await run("run", "mine/")).stdout, /2 of them were there/);
      await Deno.writeTextFile(`${folder}/shared/number.ts`, "export const power = 3;");
      match((await run("run", "mine/")).stdout, /2 cells in [^,]*\n/);
    },
  );
});

/** Scripts with a mistake, and the line that tells it. */
const MISTAKES: readonly [name: string, text: string, told: RegExp][] = [
  [
    "does not parse",
    "export default {{;",
    /^Cannot load an experiment as a module that runs \(SyntaxError: .*experiment\.ts:1:\d+.*\): current value is \/.*\n$/,
  ],
  [
    "imports what is not there",
    `import "./nothing.ts";\nexport default {};`,
    /^Cannot load .*nothing\.ts.*experiment\.ts:1:8.*\n$/,
  ],
  [
    "imports a name that is not exported",
    `import { nothing } from "simfaasinfer";\nexport default nothing;`,
    /^Cannot load .*does not provide an export named 'nothing'.*\n$/,
  ],
  [
    "fails as it is loaded",
    `const none: { x: number }[] = [];\nexport default none[0].x;`,
    /^Cannot load .*TypeError: .*, at experiment\.ts:2:\d+\): .*\n$/,
  ],
  ["exports nothing", `export const a = 1;`, /^Cannot load an experiment as the default export/],
  [
    "lacks its question",
    experimentText(`question: undefined, factors: {}, run: () => ({})`),
    /^Cannot define the question of 00_test as a sentence: current value is undefined\n$/,
  ],
  [
    "is not made by defineExperiment()",
    `export default { id: "b", run: () => ({}) };`,
    /^Cannot load/,
  ],
  [
    "has a design without cells",
    experimentText(`factors: { a: [1] }, design: { cells: 3 }, run: () => ({})`),
    /^Cannot define the design of 00_test as .*: current value is \{"cells":3\}\n$/,
  ],
  [
    "has cells of other factors",
    experimentText(`factors: { a: [1] }, design: { cells: [{ b: 2 }] }, run: () => ({})`),
    /^Cannot use a cell of 00_test as levels of its factors: current value is \{"b":2\}\n$/,
  ],
  [
    "has an input that is none",
    experimentText(`factors: {}, inputs: { x: 3 }, run: () => ({})`),
    /^Cannot define the input x of 00_test as \{ dataset, path \}: current value is 3\n$/,
  ],
  [
    "has a figure that is no function",
    experimentText(`factors: {}, figures: { f: 3 }, run: () => ({})`),
    /^Cannot define f of 00_test as a function: current value is 3\n$/,
  ],
  [
    "has targets that are no rows",
    experimentText(`factors: {}, targets: () => [3], run: () => ({})`),
    /^Cannot compute the targets of 00_test \(TypeError: targets\(\)\[0\] is no row/,
  ],
  [
    "has factors that are no lists",
    experimentText(`factors: { a: 3 }, run: () => ({})`),
    /^Cannot define the factor a of 00_test as one or more different levels: current value is 3\n$/,
  ],
  [
    "has a wrong configuration as it is loaded",
    `import { loadConfig } from "simfaasinfer";\nloadConfig("workload: { typ: a }");`,
    /^Cannot read configuration: unknown key "workload\.typ"; did you mean "type"\?\n$/,
  ],
  [
    "fails in its headlines",
    experimentText(`factors: {}, run: () => ({}),\n  headlines: (rows) => ({ a: rows[7].b }),`),
    /^Cannot compute the headlines of 00_test \(TypeError: .*, at experiment\.ts:\d+:\d+\): .*\n$/,
  ],
  [
    "has targets that are no list",
    experimentText(`factors: {}, run: () => ({}), targets: () => 3,`),
    /^Cannot compute the targets of 00_test \(TypeError: targets\(\) returns no list\): .*\n$/,
  ],
];

Deno.test("a mistake in an experiment is one line with its place, never one of the program", async () => {
  const files = Object.fromEntries(
    MISTAKES.map(([, text], i) => [`m${i}/experiment.ts`, text]),
  );
  await withRun(files, async (run) => {
    await Promise.all(MISTAKES.map(async ([name, , told], i) => {
      const { code, stderr } = await run("run", `m${i}/`);
      equal(code, 2, `${name}: ${stderr}`);
      match(stderr, told, name);
    }));
    const absent = await run("run", "./nowhere/experiment.ts");
    equal(absent.code, 2);
    match(absent.stderr, /^Cannot find an experiment as a file: current value is "\.\/nowhere/);
    const empty = await run("run", "07_load", "--experiments", "nowhere");
    equal(empty.code, 2);
    match(
      empty.stderr,
      /^Cannot find experiments in a folder as NAME\/experiment\.ts: .*"nowhere"/,
    );
    const other = await run("run", "m5", "--experiments", ".");
    equal(other.code, 2, other.stderr);
  });
});
