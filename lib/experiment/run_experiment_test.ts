import { deepEqual, equal, match, notEqual, ok, throws } from "#assert";
import { openCellStore } from "./cell_store.ts";
import { defineExperiment } from "./define_experiment.ts";
import { designCells } from "./design_cells.ts";
import { serialExecutor, workerExecutor } from "./executor.ts";
import { differences, expectedOf } from "./expected.ts";
import { planExperiment } from "./plan_experiment.ts";
import { readRows } from "./read_rows.ts";
import { runExperiment } from "./run_experiment.ts";
import { experimentText, SIMULATIONS, withExperiment } from "./testing_experiment.ts";
import { writeExperiment } from "./write_experiment.ts";

const base = { id: "00_test", version: 1, seed: 7, question: "?", run: () => ({ y: 1 }) };
const keys = (experiment: Parameters<typeof designCells>[0]) =>
  designCells(experiment).map(({ key }) => key);

Deno.test("designCells() makes the full grid, the last factor fastest", () => {
  const experiment = defineExperiment({ ...base, factors: { a: [1, 2], b: ["x", "y"] } });
  deepEqual(keys(experiment), ["a=1,b=x", "a=1,b=y", "a=2,b=x", "a=2,b=y"]);
});

Deno.test("designCells() keeps every level of every factor in a fraction", () => {
  const factors = { a: [1, 2, 3], b: [1, 2, 3], c: [1, 2, 3] };
  const experiment = defineExperiment({ ...base, factors, design: { fraction: 3 } });
  const cells = designCells(experiment).map(({ cell }) => cell);
  equal(cells.length, 9);
  for (const name of ["a", "b", "c"]) {
    for (const level of [1, 2, 3]) equal(cells.filter((cell) => cell[name] === level).length, 3);
  }
});

Deno.test("designCells() takes a list of cells, and refuses strange and double ones", () => {
  const factors = { a: [1, 2], b: ["x", "y"] };
  const of = (cells: readonly { a: 1 | 2; b: "x" | "y" }[]) =>
    keys(defineExperiment({ ...base, factors, design: { cells } } as never));
  deepEqual(of([{ a: 2, b: "x" }, { a: 1, b: "y" }]), ["a=2,b=x", "a=1,b=y"]);
  throws(() => of([{ a: 2, b: "x" }, { a: 2, b: "x" }]), /one of its own/);
  throws(() => of([{ a: 3 as 2, b: "x" }]), /levels of its factors.*"a":3/);
});

Deno.test("defineExperiment() refuses what cannot be", () => {
  const factors = { a: [1] };
  throws(() => defineExperiment({ ...base, factors, id: "Mine!" }), /"Mine!"/);
  throws(() => defineExperiment({ ...base, factors, seed: -1 }), /current value is -1/);
  throws(() => defineExperiment({ ...base, factors, version: 0 }), /current value is 0/);
  throws(() => defineExperiment({ ...base, factors: { a: [1, 1] } }), /\[1,1\]/);
});

Deno.test("runExperiment() gives the same rows in Workers as in one thread", async () => {
  await withExperiment(SIMULATIONS, async (folder, module) => {
    const runs = [];
    for (const executor of [serialExecutor(), workerExecutor(2), workerExecutor(5)]) {
      const plan = await planExperiment(module, `${folder}/cells-${runs.length}`);
      runs.push(await runExperiment(plan, { executor }));
    }
    const [serial, ...parallel] = runs;
    equal(serial.rows.length, 12);
    equal(new Set(serial.rows.map((row) => row.digest)).size, 12);
    for (const run of parallel) deepEqual(run, serial);
  });
});

Deno.test("runExperiment() takes finished cells from the store, until something changes", async () => {
  await withExperiment(
    "factors: { a: [1, 2] }, run: ({ cell }) => ({ y: cell.a })",
    async (folder, module) => {
      const plan = () => planExperiment(module, `${folder}/cells`);
      const run = async () => await runExperiment(await plan(), { executor: serialExecutor() });
      equal((await run()).cached, 0);
      const again = await run();
      equal(again.cached, 2);
      deepEqual(again.rows.map((row) => row.y), [1, 2]);
      const before = (await plan()).tasks.map((task) => task.address);
      await Deno.writeTextFile(
        new URL(module),
        experimentText("factors: { a: [1, 2] }, run: ({ cell }) => ({ y: -cell.a })"),
      );
      const after = (await plan()).tasks.map((task) => task.address);
      after.forEach((address, i) => notEqual(address, before[i]));
    },
  );
});

Deno.test("a cell that fails is told apart, loses no other, and is run again", async () => {
  const text = `factors: { a: [1, 2, 3] },
    run: ({ cell }) => {
      if (cell.a === 2) throw new RangeError("Cannot divide by two");
      return { y: cell.a };
    }`;
  await withExperiment(text, async (folder, module) => {
    for (const executor of [serialExecutor(), workerExecutor(2)]) {
      const plan = await planExperiment(module, `${folder}/cells`);
      const run = await runExperiment(plan, { executor });
      deepEqual(run.failed, [{ key: "a=2", error: "RangeError: Cannot divide by two" }]);
      deepEqual(run.rows.map((row) => row.y), [1, 3]);
      deepEqual(await openCellStore(plan.store).read(plan.tasks[1].address), {
        error: "RangeError: Cannot divide by two",
      });
    }
  });
});

Deno.test("what run returns has to be values under names of their own", async () => {
  for (const [returned, says] of [["{ a: 1 }", "apart from"], ["{ y: [1] }", "in y"]]) {
    await withExperiment(
      `factors: { a: [1] }, run: () => (${returned})`,
      async (folder, module) => {
        const plan = await planExperiment(module, `${folder}/cells`);
        const { failed } = await runExperiment(plan, { executor: serialExecutor() });
        ok(failed[0].error.startsWith("TypeError: Cannot read what 00_test measured"));
        ok(failed[0].error.includes(says), failed[0].error);
      },
    );
  }
});

Deno.test("writeExperiment() writes rows that read back, equal bytes for equal runs", async () => {
  await withExperiment(SIMULATIONS, async (folder, module) => {
    const plan = await planExperiment(module, `${folder}/cells`);
    const run = await runExperiment(plan, { executor: workerExecutor(2) });
    for (const name of ["one", "two"]) await writeExperiment(`${folder}/${name}`, plan, run, null);
    for (const file of ["rows.parquet", "manifest.json", "targets.md"]) {
      deepEqual(
        await Deno.readFile(`${folder}/one/${file}`),
        await Deno.readFile(`${folder}/two/${file}`),
      );
    }
    deepEqual(await readRows(`${folder}/one`), run.rows);
  });
});

Deno.test("rows of more texts than two bytes count read back as they were", async () => {
  const text = `factors: { a: [1] },
    run: () => Array.from({ length: 150_000 }, (_, i) => ({ name: "request " + i }))`;
  await withExperiment(text, async (folder, module) => {
    const plan = await planExperiment(module, `${folder}/cells`);
    const run = await runExperiment(plan, { executor: serialExecutor() });
    await writeExperiment(`${folder}/out`, plan, run, null);
    const rows = await readRows(`${folder}/out`);
    equal(rows.length, 150_000);
    ok(rows.every(({ name }, i) => name === `request ${i}`));
  });
});

Deno.test("differences() shows what changed without a new version, and nothing else", () => {
  const finished = [{ key: "a=1", address: "", digest: "d".repeat(64) }];
  const ours = expectedOf(2, finished, { p99: 0.11 });
  deepEqual(differences("00_test", ours, ours), []);
  const pinned = { ...ours, headlines: { p99: 0.1 }, cells: { "a=1": "c".repeat(64) } };
  const lines = differences("00_test", pinned, ours);
  match(lines[0], /changed and its version 2 did not/);
  match(lines[1], /p99: 0\.1 -> 0\.11 \(\+10\.0 %\)/);
  match(lines[2], /cell a=1: digest c{12} -> d{12}/);
  match(differences("00_test", { ...pinned, version: 1 }, ours)[0], /--pin/);
  match(differences("00_test", undefined, ours)[0], /not pinned yet/);
});
