import { deepEqual, equal, match, ok } from "#assert";
import { experimentText, withExperiment } from "../../experiment/testing_experiment.ts";
import { progressLine } from "./cell_progress.ts";
import { runCommandLine } from "../testing_command_line.ts";
import { runInWarmProcess } from "../testing_warm_process.ts";
import { withRun } from "./testing_run.ts";

const MAIN = new URL("../main.ts", import.meta.url);
const CONFIG = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);

/** Cells that take a while and leave a line each in a file when they end. */
const slow = (log: string) => `
  factors: { a: [0, 1, 2, 3, 4, 5] },
  run: async ({ cell }) => {
    await new Promise((resolve) => setTimeout(resolve, 250));
    Deno.writeTextFileSync(${JSON.stringify(log)}, cell.a + "\\n", { append: true });
    return { square: cell.a ** 2 };
  },
  headlines: (rows) => ({ sum: rows.reduce((sum, row) => sum + row.square, 0) }),
`;

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  Deno.test(`experiment run goes on where ${signal} ended it, with the cells that were there`, async () => {
    const log = await Deno.makeTempFile();
    try {
      await withExperiment(slow(log), async (folder) => {
        const options = ["--experiments", `${folder}/experiments`, "--out", `${folder}/out`];
        const args = ["experiment", "run", "00_test", "--workers", "2", ...options];
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--config", CONFIG, MAIN.href, ...args],
          cwd: folder,
          env: { INIT_CWD: folder },
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        const finished = () => {
          try {
            return Array.from(Deno.readDirSync(`${folder}/out/.cells/00_test`))
              .filter(({ name }) => name.endsWith(".json")).length;
          } catch {
            return 0;
          }
        };
        while (finished() < 2) await new Promise((resolve) => setTimeout(resolve, 10));
        child.kill(signal);
        ok(!(await child.status).success);
        const kept = finished();
        ok(kept >= 2 && kept < 6, `${kept} cells are there`);
        const ranBefore = (await Deno.readTextFile(log)).trim().split("\n").length;

        const again = await runCommandLine(args, { directory: folder });
        equal(again.code, 0, again.stderr);
        match(again.stdout, new RegExp(`6 cells in .*, ${kept} of them were there`));
        match(again.stdout, /sum 55/);
        const ran = (await Deno.readTextFile(log)).trim().split("\n").length;
        equal(ran - ranBefore, 6 - kept);

        const clean = await runCommandLine(
          [
            "experiment",
            "run",
            "00_test",
            "--workers",
            "1",
            "--experiments",
            `${folder}/experiments`,
          ]
            .concat(["--out", `${folder}/clean`]),
          { directory: folder },
        );
        equal(clean.code, 0, clean.stderr);
        deepEqual(
          await Deno.readFile(`${folder}/out/00_test/rows.parquet`),
          await Deno.readFile(`${folder}/clean/00_test/rows.parquet`),
        );
      });
    } finally {
      await Deno.remove(log);
    }
  });
}

const growing = (power: number, version = 1) =>
  experimentText(`
  factors: { a: [1, 2, 3] },
  run: ({ cell }) => ({ y: cell.a ** ${power} }),
  headlines: (rows) => ({ largest: Math.max(...rows.map((row) => row.y)) }),
`).replace("version: 1", `version: ${version}`);

Deno.test("experiment reproduce fails when results change and the version does not", async () => {
  await withExperiment("factors: {}, run: () => ({})", async (folder) => {
    const module = `${folder}/experiments/00_test/experiment.ts`;
    const reproduce = (...args: string[]) =>
      runCommandLine(
        ["experiment", "reproduce", ...args, "--workers", "1", "--quiet"]
          .concat(["--experiments", "experiments", "--out", "out"]),
        { directory: folder },
      );
    await Deno.writeTextFile(module, growing(2));
    const unpinned = await reproduce();
    equal(unpinned.code, 0);
    match(unpinned.stdout, /00_test is not pinned yet: .* --pin" pins these results/);
    equal((await reproduce("--pin")).code, 0);
    equal((await reproduce()).code, 0);

    await Deno.writeTextFile(module, growing(3));
    for (const args of [[], ["--pin"]]) {
      const changed = await reproduce(...args);
      equal(changed.code, 1);
      match(changed.stdout, /version 1 did not/);
      match(changed.stdout, /headline largest: 9 -> 27 \(\+200 %\)/);
      match(changed.stdout, /cell a=2: digest [0-9a-f]{12} -> [0-9a-f]{12}/);
      ok(!changed.stdout.includes("cell a=1:"));
    }
    await Deno.writeTextFile(module, growing(3, 2));
    equal((await reproduce()).code, 1);
    equal((await reproduce("--pin")).code, 0);
    equal((await reproduce()).code, 0);
  });
});

Deno.test("experiment reproduce fails on a missed target, and says by how much", async () => {
  const text = `factors: { a: [1] }, run: ({ cell }) => ({ y: cell.a }),
    targets: (rows) => [{ id: "paper/y", source: "a paper", unit: "s", paper: 2, ours: rows[0].y,
      error: -0.5, tolerance: 0.1, pass: false }],`;
  await withExperiment(text, async (folder) => {
    const options = ["--experiments", "experiments", "--out", "out", "--workers", "1"];
    const run = await runInWarmProcess(["experiment", "reproduce", "--pin", ...options], {
      directory: folder,
    });
    equal(run.code, 1);
    match(run.stdout, /missed: paper\/y, paper 2\.00 s, ours 1\.00 s, error -50\.0 % of 10\.0 %/);
    const page = await Deno.readTextFile(`${folder}/out/00_test/targets.md`);
    match(page, /\| paper\/y \| 2\.00 s \| 1\.00 s \| -50\.0 % \| 10\.0 % \| NO \|/);
  });
});

Deno.test("reproduce fails on a missed target, but not on one whose reason is known", async () => {
  const text = (known: string) =>
    experimentText(`
  factors: { a: [1] },
  run: ({ cell }) => ({ y: cell.a }),
  targets: () => [{ id: "t", source: "s", unit: "count", paper: 2, ours: 1, error: -0.5,
                    tolerance: 0.1, pass: false, ${known} }],`);
  const files = {
    "known/00_test/experiment.ts": text('known: "another thing"'),
    "unknown/00_test/experiment.ts": text(""),
  };
  await withRun(files, async (run) => {
    for (const [name, code] of [["known", 0], ["unknown", 1]] as const) {
      const args = ["reproduce", `${name}/00_test/`, "--workers", "1", "--out", `out-${name}`];
      const outcome = await run(...args);
      equal(outcome.code, code, outcome.stderr);
      match(outcome.stdout, /missed: t, paper 2, ours 1/);
    }
  });
});

Deno.test("experiment names a failed cell with the command that runs it alone", async () => {
  const text = `factors: { a: [1, 2] },
    run: ({ cell }) => { if (cell.a === 2) throw new RangeError("Cannot do two"); return { y: 1 }; }`;
  await withExperiment(text, async (folder) => {
    const options = ["--experiments", "experiments", "--out", "out", "--workers", "1"];
    const run = (...args: string[]) =>
      runInWarmProcess(["experiment", ...args, ...options], { directory: folder });
    const failed = await run("run", "00_test");
    equal(failed.code, 1);
    match(failed.stdout, /a=2 failed: RangeError: Cannot do two/);
    match(failed.stdout, /deno task experiment run 00_test --cell 'a=2'/);
    match((await run("status", "00")).stdout, /done {5}a=1\nfailed {3}a=2 .*\n1 of 2 cells/);
    const alone = await run("run", "00_test", "--cell", "a=1");
    equal(alone.code, 0);
    deepEqual(JSON.parse(alone.stdout), { a: 1, replication: 0, y: 1 });
    equal((await run("clean", "00_test")).code, 0);
    match((await run("status", "00_test")).stdout, /missing {2}a=1/);
    const misspelt = await run("run", "00_tset");
    equal(misspelt.code, 2);
    match(misspelt.stderr, /did you mean 00_test\?/);
  });
});

Deno.test("progressLine() reckons the time left from the cells that ran", () => {
  equal(
    progressLine("x", 10, 20, 0, 5),
    `x [${"=".repeat(10)}${" ".repeat(10)}] 10 of 20 cells, 5 s left`,
  );
  match(progressLine("x", 10, 20, 5, 5), /, 10 s left$/);
  match(progressLine("x", 5, 20, 5, 5), /cells$/);
});
