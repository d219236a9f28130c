import { deepEqual, equal, match, ok } from "#assert";
import { examplesOf } from "../../../tests/examples.ts";
import { experimentText } from "../../experiment/testing_experiment.ts";
import { filesBelow, runCommandLine } from "../testing_command_line.ts";
import { runInWarmProcess } from "../testing_warm_process.ts";
import { withRun } from "./testing_run.ts";

const SQUARES = experimentText(`
  factors: { a: [1, 2, 3] },
  run: ({ cell }) => ({ square: cell.a ** 2 }),
  figures: { squares: (rows) => ({ data: { values: [...rows] }, mark: "point", encoding: {
    x: { field: "a", type: "quantitative" }, y: { field: "square", type: "quantitative" } } }) },
  headlines: (rows) => ({ sum: rows.reduce((sum, row) => sum + row.square, 0) }),
`);

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
  }, runInWarmProcess);
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
    runInWarmProcess,
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
    runInWarmProcess,
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
