import { deepEqual, equal, match, ok } from "#assert";
import { experimentText, withExperiment } from "../../experiment/testing_experiment.ts";
import { signalled } from "../../../tests/support/signalled.ts";
import { runCommandLine } from "../testing_command_line.ts";

const OPTIONS = ["--experiments", "experiments", "--out", "out", "--workers", "1"];

const namesIn = (path: string) => Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
const CELLS = "out/.cells/00_test";

/** Cells that wait for a file: the first of them, for ever. */
const waiting = (folder: string) => `
  factors: { a: [0, 1, 2, 3] },
  run: async ({ cell }) => {
    try {
      Deno.statSync(${JSON.stringify(folder)} + "/wait");
      Deno.writeTextFileSync(${JSON.stringify(folder)} + "/waits", "");
      if (cell.a === 1) await new Promise((resolve) => setTimeout(resolve, 600000));
    } catch {
      // Nobody asks to wait.
    }
    return { square: cell.a ** 2 };
  },
`;

Deno.test("reproduce that is killed has cleared no finished cell, and no results", async () => {
  await withExperiment("factors: {}, run: () => ({})", async (folder, module) => {
    await Deno.writeTextFile(new URL(module), experimentText(waiting(folder)));
    const run = (...args: string[]) =>
      runCommandLine(["experiment", ...args, ...OPTIONS], { directory: folder });
    equal((await run("run", "00_test")).code, 0);
    const before = namesIn(`${folder}/${CELLS}`);
    const rows = await Deno.readFile(`${folder}/out/00_test/rows.parquet`);
    equal(before.length, 4);
    await Deno.writeTextFile(`${folder}/wait`, "");
    await signalled(["experiment", "reproduce", ...OPTIONS], {
      cwd: folder,
      env: { INIT_CWD: folder },
      isReady: () => namesIn(folder).includes("waits"),
      signal: "SIGKILL",
    });
    deepEqual(namesIn(`${folder}/${CELLS}`).filter((name) => name.endsWith(".json")), before);
    deepEqual(await Deno.readFile(`${folder}/out/00_test/rows.parquet`), rows);
    await Deno.remove(`${folder}/wait`);
    match((await run("run", "00_test")).stdout, /4 cells in .*, 4 of them were there/);
  });
});

Deno.test("reproduce removes the cells of an earlier plan once its own stand", async () => {
  const text = "factors: { a: [1, 2] }, run: ({ cell }) => ({ y: cell.a })";
  await withExperiment(text, async (folder, module) => {
    const run = (...args: string[]) =>
      runCommandLine(["experiment", ...args, ...OPTIONS], { directory: folder });
    equal((await run("reproduce", "--pin")).code, 0);
    const before = namesIn(`${folder}/${CELLS}`);
    const changed = "factors: { a: [1, 2, 3] }, run: ({ cell }) => ({ y: cell.a + 1 })";
    await Deno.writeTextFile(new URL(module), experimentText(changed));
    await run("run", "00_test");
    equal(namesIn(`${folder}/${CELLS}`).length, 5);
    await run("reproduce");
    const after = namesIn(`${folder}/${CELLS}`);
    equal(after.length, 3);
    ok(after.every((name) => !before.includes(name)));
  });
});

Deno.test("a damaged cell is run again, with one note; clean leaves what is not ours", async () => {
  const text = "factors: { a: [1, 2, 3] }, run: ({ cell }) => ({ y: cell.a })";
  await withExperiment(text, async (folder) => {
    const run = (...args: string[]) =>
      runCommandLine(["experiment", ...args, ...OPTIONS, "--quiet"], { directory: folder });
    equal((await run("run", "00_test")).code, 0);
    const rows = await Deno.readFile(`${folder}/out/00_test/rows.parquet`);
    const [first, second] = namesIn(`${folder}/${CELLS}`);
    await Deno.writeTextFile(`${folder}/${CELLS}/${first}`, "");
    await Deno.writeTextFile(`${folder}/${CELLS}/${second}`, `{"rows": [{"a": 1, "y": 9}]}`);
    const status = await run("status", "00_test");
    match(status.stdout, /1 of 3 cells/);
    const again = await run("run", "00_test");
    equal(again.code, 0);
    match(again.stdout, /3 cells in .*, 1 of them were there/);
    equal(
      again.stderr,
      "Note: 2 kept cells of 00_test were cut short, changed or foreign, and count as missing\n",
    );
    deepEqual(await Deno.readFile(`${folder}/out/00_test/rows.parquet`), rows);
    await Deno.writeTextFile(`${folder}/out/00_test/notes.md`, "mine");
    await Deno.writeTextFile(`${folder}/${CELLS}/notes.md`, "mine");
    const clean = await run("clean", "00_test");
    equal(clean.code, 0);
    match(clean.stdout, /left, since it is not ours: .*notes\.md\n.*left.*notes\.md\n/);
    deepEqual(namesIn(`${folder}/out/00_test`), ["manifest.json", "notes.md"]);
    deepEqual(namesIn(`${folder}/${CELLS}`), ["notes.md"]);
    equal((await run("run", "00_test")).code, 0);
    deepEqual(await Deno.readFile(`${folder}/out/00_test/rows.parquet`), rows);
  });
});

Deno.test("an experiment whose figure cannot be drawn keeps its rows, and says where", async () => {
  const text = `factors: { a: [1, 2] }, run: ({ cell }) => ({ y: cell.a }),
    figures: { broken: () => { throw new RangeError("no ink\\nat all"); } },`;
  await withExperiment(text, async (folder) => {
    const args = ["experiment", "run", "00_test", ...OPTIONS];
    const { code, stdout } = await runCommandLine(args, { directory: folder });
    equal(code, 1);
    match(
      stdout,
      /^Cannot draw the figures of 00_test \(RangeError: no ink\); the rows are in .*test$/m,
    );
    deepEqual(namesIn(`${folder}/out/00_test`), ["manifest.json", "rows.parquet", "targets.md"]);
  });
});

Deno.test("an experiment whose directory is not ours is refused before a cell runs", async () => {
  const text = "factors: { a: [1] }, run: ({ cell }) => ({ y: cell.a })";
  await withExperiment(text, async (folder) => {
    await Deno.mkdir(`${folder}/out/00_test`, { recursive: true });
    await Deno.writeTextFile(`${folder}/out/00_test/thesis.tex`, "mine");
    for (const action of [["run", "00_test"], ["reproduce"]]) {
      const args = ["experiment", ...action, ...OPTIONS];
      const { code, stderr } = await runCommandLine(args, { directory: folder });
      equal(code, 2);
      match(
        stderr,
        /^Cannot write results to a directory that holds other files \(thesis\.tex\).*\n$/,
      );
    }
    deepEqual(namesIn(`${folder}/out`), ["00_test"]);
    deepEqual(namesIn(`${folder}/out/00_test`), ["thesis.tex"]);
  });
});
