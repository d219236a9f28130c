import { deepEqual, equal, match, ok, rejects } from "#assert";
import { scanTable } from "../results/scan_table.ts";
import { openCellStore } from "./cell_store.ts";
import { serialExecutor, workerExecutor } from "./executor.ts";
import { planExperiment } from "./plan_experiment.ts";
import { readFigureRows } from "./read_rows.ts";
import { runExperiment } from "./run_experiment.ts";
import { withExperiment } from "./testing_experiment.ts";
import { writeExperiment } from "./write_experiment.ts";

const HOUSE = new URL("../results/table.ts", import.meta.url).href;

/** Cells that keep tables of 1000 rows each, with holes and texts. */
const TABLES = `
  replications: 2,
  factors: { rate: [2, 5], system: ["a", "b"] },
  run: async ({ cell, replication }) => {
    const { floatColumn, integerColumn, textColumn } = await import("${HOUSE}");
    const count = 1000;
    return { count, columns: [
      floatColumn("ttft_s", Float64Array.from({ length: count }, (_, i) =>
        i % 9 === 3 ? NaN : (i + replication) / cell.rate)),
      integerColumn("tokens", Int32Array.from({ length: count }, (_, i) => i * 70), 0),
      textColumn("outcome", Uint8Array.from({ length: count }, (_, i) => i % 2), ["good", "bad"]),
    ] };
  },
`;
const SUMMARISE = `
  summarise: async (rows) => {
    const sums = new Map();
    for await (const batch of rows.batches(["rate", "system", "ttft_s", "outcome"])) {
      const [rates, ttft] = [batch.numbers("rate"), batch.numbers("ttft_s")];
      const [systems, outcomes] = [batch.texts("system"), batch.texts("outcome")];
      for (let i = 0; i < batch.count; i++) {
        if (outcomes[i] !== "good" || Number.isNaN(ttft[i])) continue;
        const key = JSON.stringify({ rate: rates[i], system: systems[i], replication: 0 });
        sums.set(key, (sums.get(key) ?? 0) + ttft[i]);
      }
    }
    return [...sums].map(([key, sum]) => ({ ...JSON.parse(key), sum }));
  },
  headlines: (rows) => ({ rows: rows.length, sum: rows.reduce((sum, row) => sum + row.sum, 0) }),
`;

Deno.test("tables of cells give equal bytes in one thread and in Workers, and rows for figures", async () => {
  await withExperiment(TABLES + SUMMARISE, async (folder, module) => {
    const written: Uint8Array[][] = [];
    for (const [i, executor] of [serialExecutor(), workerExecutor(3)].entries()) {
      const plan = await planExperiment(module, `${folder}/cells-${i}`);
      const run = await runExperiment(plan, { executor });
      deepEqual(run.failed, []);
      equal(run.tables.length, 8);
      equal(run.rows.length, 4);
      const { headlines } = await writeExperiment(`${folder}/out-${i}`, plan, run, null);
      equal(headlines.rows, 4);
      deepEqual(await readFigureRows(plan.experiment, `${folder}/out-${i}`), run.rows);
      const again = await runExperiment(plan, { executor });
      deepEqual(again, { ...run, cached: 4 });
      written.push(
        ["rows/000000.parquet", "manifest.json", "targets.md"].map((name) =>
          Deno.readFileSync(`${folder}/out-${i}/${name}`)
        ),
      );
    }
    deepEqual(written[1], written[0]);
    // The law: what is scanned is what run gave, cell after cell.
    const scan = scanTable([`${folder}/out-0/rows/000000.parquet`]);
    equal(scan.count, 8000);
    const names = ["rate", "system", "replication", "ttft_s", "tokens", "outcome"];
    deepEqual(scan.columns, names);
    let row = 0;
    for await (const batch of scan.batches(names)) {
      for (let i = 0; i < batch.count; i++, row++) {
        const own = row % 1000, replication = Math.floor(row / 1000) % 2;
        const rate = row < 4000 ? 2 : 5;
        equal(batch.numbers("rate")[i], rate);
        equal(batch.texts("system")[i], Math.floor(row / 2000) % 2 === 0 ? "a" : "b");
        equal(batch.numbers("replication")[i], replication);
        equal(batch.numbers("ttft_s")[i], own % 9 === 3 ? NaN : (own + replication) / rate);
        equal(batch.numbers("tokens")[i], own === 0 ? NaN : own * 70);
        equal(batch.texts("outcome")[i], own % 2 === 0 ? "good" : "bad");
      }
    }
    equal(row, 8000);
    const { default: pl } = await import("nodejs-polars");
    const sums = await scan.lazyFrame(pl)
      .filter(pl.col("outcome").eq(pl.lit("good"))).groupBy(["rate", "system"])
      .agg(pl.col("ttft_s").sum().alias("sum")).sort(["rate", "system"]).collect();
    const ours = (await readFigureRows(
      (await planExperiment(module, folder)).experiment,
      `${folder}/out-0`,
    )).map(({ rate, system, sum }) => ({ rate, system, sum }));
    for (const [i, theirs] of (sums.toRecords() as typeof ours).entries()) {
      deepEqual([theirs.rate, theirs.system], [ours[i].rate, ours[i].system]);
      ok(Math.abs((theirs.sum as number) - (ours[i].sum as number)) < 1e-6);
    }
  });
});

Deno.test("a table that is cut short or changed counts as missing, and its cell runs again", async () => {
  await withExperiment(TABLES + SUMMARISE, async (folder, module) => {
    const plan = await planExperiment(module, `${folder}/cells`);
    const whole = await runExperiment(plan, { executor: serialExecutor() });
    // One of each of three cells, which have two each.
    const [first, , second, , third] = whole.tables;
    const bytes = await Deno.readFile(first);
    await Deno.truncate(first, 100);
    const changed = await Deno.readFile(second);
    changed[500] ^= 1;
    await Deno.writeFile(second, changed);
    await Deno.remove(third);
    const again = await runExperiment(plan, { executor: serialExecutor() });
    deepEqual([again.cached, again.damaged], [1, 3]);
    deepEqual(await Deno.readFile(first), bytes);
    deepEqual(again.rows, whole.rows);
    const store = openCellStore(plan.store);
    await store.move(plan.tasks[0].address, `${folder}/other`);
    ok("shards" in (await openCellStore(`${folder}/other`).read(plan.tasks[0].address))!);
    equal(await store.read(plan.tasks[0].address), undefined);
    store.prune(plan.tasks.slice(2).map(({ address }) => address));
    equal([...Deno.readDirSync(plan.store)].length, 2 * 3);
    deepEqual(store.clear(), []);
  });
});

Deno.test("tables that cannot be collected are refused with the reason", async () => {
  const table = (columns: string) => `
    const { floatColumn } = await import("${HOUSE}");
    return { count: 1, columns: [${columns}] };`;
  const y = `floatColumn("y", new Float64Array(1))`;
  for (
    const [text, says] of [
      [`run: async () => {${table(y)}}, headlines: () => ({})`, /without .*summarise/],
      [`run: async () => {${table(`floatColumn("a", new Float64Array(1))`)}}`, /apart from/],
      [`run: async () => {${table("")}}`, /with columns/],
      [`run: () => ({ y: 1 }), summarise: () => []`, /a table, of which/],
      [
        `replications: 2, run: async ({ replication }) => {
          if (replication === 1) return { y: 1 };${table(y)}}`,
        /tables alone/,
      ],
    ] as const
  ) {
    await withExperiment(`factors: { a: [1] }, ${text}`, async (folder, module) => {
      const plan = await planExperiment(module, `${folder}/cells`);
      const { failed } = await runExperiment(plan, { executor: serialExecutor() });
      match(failed[0].error, says);
    });
  }
  const mixed = `factors: { a: [1, 2] }, run: async ({ cell }) => {
    if (cell.a === 2) return { y: 1 };${table(y)}}`;
  await withExperiment(mixed, async (folder, module) => {
    const plan = await planExperiment(module, `${folder}/cells`);
    await rejects(runExperiment(plan, { executor: serialExecutor() }), /rows in some of them/);
  });
  const other = `factors: { a: [1, 2] }, run: async ({ cell }) => {${
    table(`floatColumn("y" + cell.a, new Float64Array(1))`)
  }}`;
  await withExperiment(other, async (folder, module) => {
    const plan = await planExperiment(module, `${folder}/cells`);
    const run = await runExperiment(plan, { executor: serialExecutor() });
    await rejects(
      writeExperiment(`${folder}/out`, plan, run, null),
      /Cannot join tables as one with the columns a .*y1.*: current value is .*y2/,
    );
    ok(![...Deno.readDirSync(folder)].some(({ name }) => name === "out"));
  });
});
