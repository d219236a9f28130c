import { deepEqual, equal, match, ok, rejects } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { simulate } from "../../run/simulate.ts";
import { openResultDirectory } from "../../results/result_directory.ts";
import { makeManifest } from "../../results/manifest.ts";
import { writeResults } from "../../results/write_results.ts";
import { DISPLAY } from "../../std/display.ts";
import { frame, frames } from "./frames.ts";
import { loadPolars } from "./load_polars.ts";

const CONFIG = loadConfig(`
workload:
  type: poisson
  arrival_rate: 20
  num_requests: 300
  classes: [{ name: gold, share: 0.3, slo: { ttft_s: 1 } }, { name: rest, share: 0.7 }]
functions: [{ name: chat, share: 0.5 }, { name: code, share: 0.5 }]
`);

Deno.test("the frames of a run have its columns, with names and derived latencies", async () => {
  const run = await simulate(CONFIG);
  const { requests, series, instances, stages, waits, gaps } = await frame(run);
  const { requests: own } = run;
  equal(requests.height, own.count);
  const column = (name: string) => requests.getColumn(name).toArray() as (number | null)[];
  const same = (name: string, of: (i: number) => number) =>
    column(name).forEach((value, i) => {
      const wanted = of(i);
      ok(Number.isNaN(wanted) ? value === null : value === wanted, `${name} of row ${i}`);
    });
  same("ttft_s", (i) => own.firstTokenAtSeconds[i] - own.arrivalAtSeconds[i]);
  same("e2e_s", (i) => own.completedAtSeconds[i] - own.arrivalAtSeconds[i]);
  same(
    "tpot_s",
    (i) =>
      own.outputTokens[i] > 1
        ? (own.completedAtSeconds[i] - own.firstTokenAtSeconds[i]) / (own.outputTokens[i] - 1)
        : NaN,
  );
  deepEqual(
    requests.getColumn("function").toArray(),
    Array.from(own.functionId, (id) => run.functionNames[id]),
  );
  deepEqual(
    requests.getColumn("class").toArray(),
    Array.from(own.classId, (id) => ["gold", "rest"][id]),
  );
  equal(series.height, run.timeSeries.count);
  equal(gaps.height, run.tbtCdf.seconds.length);
  equal(waits.height, run.coldStartWaits.count);
  equal(instances.height + stages.height, run.instances.count);
  ok(
    stages.height > 0 &&
      !stages.getColumn("stage").toArray().some((name) => String(name).startsWith("start:")),
  );
  deepEqual(
    instances.getColumn("duration_s").toArray(),
    instances.toRecords().map((row) => Number(row.end_s) - Number(row.start_s)),
  );
});

Deno.test("the frames of a directory of results are those of the run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = await simulate(CONFIG);
    const directory = openResultDirectory(`${folder}/x`);
    await writeResults(directory, run, ["parquet"]);
    directory.commit(await makeManifest(run, { config: CONFIG }));
    directory.discard();
    const [made, read] = [await frame(run), await frames(`${folder}/x`)];
    for (const name of Object.keys(made) as (keyof typeof made)[]) {
      deepEqual(read[name]!.columns, made[name]!.columns, name);
      deepEqual(read[name]!.dtypes.map(String), made[name]!.dtypes.map(String), name);
      deepEqual(read[name]!.toRecords(), made[name]!.toRecords(), name);
    }
    await rejects(frames(`${folder}/none`), /without manifest\.json: current value is/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without classes the column of classes is empty, not a number", async () => {
  const run = await simulate(
    loadConfig("workload: { type: poisson, arrival_rate: 5, num_requests: 20 }"),
  );
  const { requests } = await frame(run);
  deepEqual(new Set(requests.getColumn("class").toArray()), new Set([null]));
});

Deno.test("every frame of Polars shows itself as a table with its shape, derived ones too", async () => {
  const polars = await loadPolars();
  const made = polars.DataFrame({
    id: Array.from({ length: 18_083 }, (_, i) => i),
    ttft_s: Array.from({ length: 18_083 }, (_, i) => i % 7 === 0 ? null : i / 7),
  });
  const derived = [
    made,
    made.sort("ttft_s"),
    made.filter(polars.col("id").gtEq(0)),
    made.lazy().select("id", "ttft_s").collectSync(),
    made.groupBy("id").agg(polars.col("ttft_s").max()),
  ];
  for (const one of derived) {
    const bundle = (one as unknown as Record<symbol, () => Record<string, string>>)[DISPLAY]();
    deepEqual(Object.keys(bundle).sort(), ["text/html", "text/plain"]);
    match(bundle["text/plain"], /\.\.\. 18,073 more\n18,083 rows × 2 columns$/);
    match(bundle["text/plain"], /f64, s/);
    match(bundle["text/html"], /<th[^>]*text-align:right[^>]*>ttft_s/);
  }
});
